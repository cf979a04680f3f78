package report

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/filter"
)

const data = "../../../test/data/inputs/"

func eventsOf(t *testing.T, name string) (all []Event) {
	t.Helper()
	x, err := NewExtractor(filter.DefaultOptions(), catalog.Embedded(), rules.Embedded())
	require.NoError(t, err)
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	r := input.Reader{Emit: func(b *input.Batch) error {
		p := &Part{Batch: b}
		x.Extract(p)
		all = append(all, p.Events...)
		return nil
	}}
	require.NoError(t, r.File(name, f))
	return all
}

// The same sign-ins say the same in every format, as far as the format goes.
func TestEventsOfEveryFormat(t *testing.T) {
	type fact struct {
		code                                   uint32
		account, address, app, country, client string
		time                                   int64
		id                                     string
		flags                                  Flags
	}
	of := func(e *Event) fact {
		return fact{e.Code, e.Account, e.Address, e.App, e.Country, e.Client, e.Time, e.ID.String(), e.Flags}
	}
	want := eventsOf(t, data+"InteractiveSignIns_2026-03-02_2026-03-03.json")
	require.Len(t, want, 6)
	assert.Equal(t, fact{500121, "dev.patel@contoso.com", "198.51.100.7", "Office 365", "NO", "Mobile Apps and Desktop clients",
		1772439344, "5b000004-7c3e-4d2b-8f10-0000000000a4", MultiFactor | Declined}, of(&want[3]))
	assert.Equal(t, Legacy, want[5].Flags)
	for _, name := range []string{"InteractiveSignIns_2026-03-02_2026-03-03.csv", "utf16.csv", "semicolons.csv", "graph.json", "graph.csv",
		"loganalytics.json", "loganalytics.csv", "crlf.jsonl", "PT1H.json.gz", "capture.avro", "elastic.ndjson", "elasticdump.ndjson"} {
		got := eventsOf(t, data+name)
		if name == "capture.avro" {
			require.Len(t, got, 9)
			got = got[:6]
		}
		require.Len(t, got, 6, name)
		for i := range want {
			w, g := of(&want[i]), of(&got[i])
			switch name {
			case "graph.csv": // has no requirement
				w.flags, g.flags = w.flags&^(MultiFactor|Declined), g.flags&^(MultiFactor|Declined)
			case "elastic.ndjson", "elasticdump.ndjson": // keep no details
				w.flags &^= Declined
			}
			assert.Equal(t, w, g, "%s, %d", name, i)
		}
	}
}

func TestEventsOfApps(t *testing.T) {
	for _, name := range []string{"ApplicationSignIns_2026-03-02_2026-03-03.csv", "MSISignIns_2026-03-02_2026-03-03.csv"} {
		for _, e := range eventsOf(t, data+name) {
			assert.True(t, e.IsApp)
			assert.NotEmpty(t, e.Account)
			assert.NotZero(t, e.Time)
		}
	}
	for i, e := range eventsOf(t, data+"NonInteractiveSignIns_2026-03-02_2026-03-03.csv") {
		assert.Equal(t, []uint32{0, 700082}[i], e.Code)
	}
}

// The shapes that the filter knows have what a report needs.
func TestEventsOfTheSamples(t *testing.T) {
	events := eventsOf(t, "../../../test/data/signins.jsonl")
	require.NotEmpty(t, events)
	accounts := 0
	for _, e := range events {
		if e.Account == "" { // a line of a log, an error of the token endpoint
			continue
		}
		accounts++
		assert.NotZero(t, e.Time, e)
	}
	assert.Greater(t, accounts, len(events)*3/4)
}

func TestTimes(t *testing.T) {
	const want = 1772442433 // 2026-03-02T09:07:13Z
	for _, s := range []string{
		"2026-03-02T09:07:13Z", "2026-03-02T09:07:13.1234567Z", "2026-03-02T09:07:13.1234567+00:00", "2026-03-02T10:07:13+01:00",
		"2026-03-02T09:07:13", "2026-03-02 09:07:13", "2026-03-02 09:07:13.5", "3/2/2026, 9:07:13.434 AM", "3/2/2026, 9:07:13 AM",
		"3/2/2026 9:07:13 AM", "02.03.2026 09:07:13", "3/2/2026 09:07:13",
	} {
		assert.EqualValues(t, want, parseTime(s), s)
	}
	for _, s := range []string{"", "yesterday", "2026-13-02T09:07:13Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-02Txx:07:13Z", "1772442433"} {
		assert.Zero(t, parseTime(s), s)
	}
}

func TestIDs(t *testing.T) {
	const guid = "5b000004-7c3e-4d2b-8f10-0000000000a4"
	assert.Equal(t, guid, parseID(guid).String())
	for _, s := range []string{"", "x", "5b000004x7c3e-4d2b-8f10-0000000000a4", "5b00000g-7c3e-4d2b-8f10-0000000000a4"} {
		assert.Empty(t, parseID(s).String(), s)
	}
}
