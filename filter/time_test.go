package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]int64{
		"2026-03-02T09:07:13Z":              1772442433_000_000_000,
		"2026-03-02T09:07:13.1234567Z":      1772442433_123_456_700,
		"2026-03-02T09:07:13.9490387+00:00": 1772442433_949_038_700,
		"2026-03-02T10:07:13+01:00":         1772442433_000_000_000,
		"2026-03-02T09:07:13":               1772442433_000_000_000,
		"2026-03-02 09:07:13":               1772442433_000_000_000,
		"2026-03-02 09:07:13.678":           1772442433_678_000_000,
		"2026-03-02 09:07:13Z":              1772442433_000_000_000,
		" 2026-03-02 09:07:13Z ":            1772442433_000_000_000,
		"3/2/2026 9:07:13 AM":               1772442433_000_000_000,
		"3/2/2026 9:07:13 PM":               1772485633_000_000_000,
		"3/2/2026, 9:07:13.434 AM":          1772442433_434_000_000,
		"2038-01-19T03:14:07Z":              2147483647_000_000_000,
	} {
		got, ok := parseTime(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got.UnixNano(), text)
	}
	for _, text := range []string{
		"", "x", "yesterday", "1772442433", "2026-03-02", "2026-13-02T09:07:13Z", "2026-03-02T09:07:65", "2026-03-02T25:07:13Z",
		"1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z",
	} {
		_, ok := parseTime(text)
		assert.False(t, ok, text)
	}
}

func TestTimeFromRecord(t *testing.T) {
	e := engine(t, "Time_From_Record", "on")
	const march = 1772442433 // 2026-03-02T09:07:13Z
	own, ext := int64(1_700_000_000), uint32(5)
	for name, c := range map[string]struct {
		record string
		sec    int64
		nsec   uint32
	}{
		"Azure Monitor":                {`{"time":"2026-03-02T09:07:13.1234567Z","category":"SignInLogs","resultType":"50126"}`, march, 123456700},
		"Graph":                        {`{"createdDateTime":"2026-03-02T09:07:13Z","status":{"errorCode":0}}`, march, 0},
		"Log Analytics":                {`{"TimeGenerated":"2026-03-02T09:07:13Z","Type":"SigninLogs","ResultType":"0"}`, march, 0},
		"Office 365":                   {`{"CreationTime":"2026-03-02T09:07:13","Operation":"UserLoggedIn","ErrorNumber":"0"}`, march, 0},
		"a zone":                       {`{"time":"2026-03-02T10:07:13+01:00","resultType":"50126"}`, march, 0},
		"a portal's export":            {`{"time":"3/2/2026 9:07:13 AM","resultType":"50126"}`, march, 0},
		"in properties":                {`{"properties":{"createdDateTime":"2026-03-02T09:07:13Z"},"resultType":"50126"}`, march, 0},
		"in properties as a string":    {`{"properties":"{\"createdDateTime\":\"2026-03-02T09:07:13Z\"}","resultType":"50126"}`, march, 0},
		"a bad time, then a good one":  {`{"time":"2026-03-02T09:07:65Z","createdDateTime":"2026-03-02T09:07:13Z","resultType":"50126"}`, march, 0},
		"a bad time":                   {`{"time":"yesterday","resultType":"50126"}`, own, ext},
		"a number":                     {`{"time":1772442433,"resultType":"50126"}`, own, ext},
		"no time":                      {`{"resultType":"50126"}`, own, ext},
		"before 1970":                  {`{"time":"0001-01-01T00:00:00Z","resultType":"50126"}`, own, ext},
		"later than Fluent Bit counts": {`{"time":"2040-01-01T00:00:00Z","resultType":"50126"}`, own, ext},
		"a year of five digits":        {`{"time":"12026-01-01T00:00:00Z","resultType":"50126"}`, own, ext},
	} {
		t.Run(name, func(t *testing.T) {
			for _, head := range [][]byte{newHead, oldHead, metaHead, join([]byte{0x92}, []byte{0xce, 0x65, 0x53, 0xf1, 0x00})} {
				out, r := enrich(t, e, join(head, pack(t, `{"records":[`+c.record+`]}`)))
				require.Equal(t, uint64(1), r.Counts.Split)
				require.NoError(t, Events(out, func(ev Event) bool {
					assert.Equal(t, c.sec, ev.Sec)
					if len(head) > 6 || c.sec == march { // a number of seconds has no fraction
						assert.Equal(t, c.nsec, ev.Nsec)
					}
					return true
				}))
				assert.NotContains(t, bodies(t, out), "records")
			}
		})
	}
}

// The time is that of every sign-in, whether it came in an envelope or alone, as a map or as JSON in a string.
func TestTimeFromRecordOfEverySignIn(t *testing.T) {
	const march = 1772442433 // 2026-03-02T09:07:13Z
	record := `{"time":"2026-03-02T09:07:13.5Z","resultType":"50126"}`
	for name, c := range map[string]struct {
		record string
		timed  bool
	}{
		"a map":                        {record, true},
		"in a string":                  {`{"log":` + quote(record) + `,"time":7}`, true},
		"in a string in a string":      {`{"log":` + quote(`{"message":`+quote(record)+`}`) + `}`, true},
		"a sign-in without a code":     {`{"category":"SignInLogs","time":"2026-03-02T09:07:13.5Z"}`, true},
		"another log":                  {`{"category":"AuditLogs","time":"2026-03-02T09:07:13.5Z"}`, false},
		"a program's log":              {`{"level":"info","time":"2026-03-02T09:07:13.5Z"}`, false},
		"a time that cannot be read":   {`{"time":"noon","resultType":"50126"}`, false},
		"the line of a log has a time": {`{"time":"2026-03-02T09:07:13.5Z","log":` + quote(`{"resultType":"50126"}`) + `}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, parse := range []string{"off", "on"} {
				e := engine(t, "Time_From_Record", "on", "Parse_Json", parse)
				plain := engine(t, "Parse_Json", parse)
				for _, head := range [][]byte{newHead, oldHead, metaHead, join([]byte{0x92}, []byte{0xce, 0x65, 0x53, 0xf1, 0x00})} {
					chunk := join(head, pack(t, c.record))
					out, _ := enrich(t, e, chunk)
					assert.Equal(t, enriched(t, plain, c.record), bodies(t, out))
					require.NoError(t, Events(out, func(ev Event) bool {
						if c.timed {
							assert.EqualValues(t, march, ev.Sec)
							assert.EqualValues(t, 500_000_000, ev.Nsec)
						} else {
							assert.EqualValues(t, 1_700_000_000, ev.Sec)
						}
						return true
					}))
					again, _ := enrich(t, e, out)
					assert.Equal(t, out, again, "a second time changes nothing")
				}
			}
		})
	}
}
