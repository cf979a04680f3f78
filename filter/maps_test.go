package filter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/jsontext"
)

// inPayload is a message of Fluent Bit's kafka input: with format none the payload is a text, with format json a map or a list.
func inPayload(payload string) (text, parsed string) {
	const head, tail = `{"topic":"t","partition":1,"offset":7,"error":null,"key":null,"payload":`, `}`
	return head + quote(payload) + tail, head + payload + tail
}

// A record of any shape is found in a map as in a text.
func TestShapesInMaps(t *testing.T) {
	e := engine(t)
	for _, s := range shapes {
		description, severity := entry(t, s.code)
		_, parsed := inPayload(s.record)
		assert.JSONEq(t, plus(parsed, description, severity), enriched(t, e, parsed), s.name)
		assert.Equal(t, plus(parsed, description, severity), lineOf(t, e, parsed), s.name)
	}
}

// What a payload holds is the same to the plugin, whether it came as a text or as a map: with the options that touch it, and where texts
// and maps hold each other.
func TestTextAndMapAgree(t *testing.T) {
	const (
		envelope = `{"records":` + three + `}`
		table    = `{"tables":[{"name":"PrimaryResult","columns":[{"name":"ResultType"},{"name":"Type"}],"rows":[["50126","SigninLogs"],["0","SigninLogs"]]}]}`
		timed    = `{"records":[{"time":"2026-03-02T09:07:13.5Z","category":"SignInLogs","resultType":"50126"}]}`
	)
	_, message := inPayload(envelope)
	for name, payload := range map[string]string{
		"a record":                    first,
		"a record of something else":  second,
		"an envelope":                 envelope,
		"an envelope with siblings":   `{"host":"h","records":` + three + `,"n":0,"@odata.context":"c"}`,
		"a list":                      three,
		"a list of others":            `[` + second + `,` + second + `]`,
		"a list with a number":        `[` + first + `,7]`,
		"an empty list":               `[]`,
		"an empty map":                `{}`,
		"two lists":                   `{"records":[` + first + `],"value":[` + second + `,` + third + `]}`,
		"a table":                     table,
		"a text in a map":             `{"pod":"p","message":` + quote(envelope) + `}`,
		"a map in a map":              `{"pod":"p","message":` + envelope + `}`,
		"a list in a map":             `{"pod":"p","body":` + three + `}`,
		"a record in a map in a map":  `{"pod":"p","body":{"log":` + first + `}}`,
		"a map in a text in a map":    `{"log":` + quote(`{"body":`+envelope+`}`) + `}`,
		"a message in a message":      message,
		"too many inside each other":  `{"log":{"log":{"log":{"log":` + first + `}}}}`,
		"numbers of every kind":       `{"records":[{"resultType":"50126","a":[0,-1,18446744073709551615,-9223372036854775808,1.5,1e300,-0.0,1.0,123456789012345678901234]}]}`,
		"texts of every kind":         `{"records":[{"resultType":"50126","a":["é","\u0000\n\"\\/","😀",""],"":{"":null,"b":true}}]}`,
		"a code in a text":            `{"records":[{"message":"AADSTS50126: x","severity":"low"}]}`,
		"a code that nobody knows":    `{"records":[{"category":"SignInLogs","resultType":"4242"}]}`,
		"with a time":                 timed,
		"something with a word in it": `{"message":"failed: AADSTS50126"}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, settings := range [][]string{
				nil, {"Envelope_Key", "kafka"}, {"Split", "off"}, {"Parse_Json", "on"}, {"Time_From_Record", "on"}, {"Schema", "ocsf"},
				{"Overwrite", "off"}, {"Code_Key", "resultType"}, {"Schema", "ecs"},
			} {
				text, parsed := inPayload(payload)
				assertAgree(t, settings, text, parsed)
			}
		})
	}
}

// The same for payloads that chance makes.
func TestRandomTextsAndMapsAgree(t *testing.T) {
	g := newGenerator(16)
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	split := 0
	for range rounds {
		payload := g.json(2)
		switch g.IntN(5) {
		case 0:
			payload = `{"records":[` + payload + `,` + g.json(1) + `],"n":1}`
		case 1:
			payload = `[` + payload + `,` + g.json(1) + `]`
		case 2:
			payload = `{"body":` + payload + `,"a":1}`
		case 3:
			payload = `{"log":{"value":[` + payload + `]},"a":1}`
		}
		text, parsed := inPayload(payload)
		split += assertAgree(t, pick(g, [][]string{nil, {"Envelope_Key", "rest"}, {"Schema", "ocsf"}, {"Time_From_Record", "on"}}), text, parsed)
	}
	require.Greater(t, split, rounds/10, "the generator makes envelopes often enough")
}

// assertAgree checks that a record with a text and one with the same as a map become the same, but for the text and the map where they
// stay. It returns 1 if they were split.
func assertAgree(t *testing.T, settings []string, text, parsed string) (split int) {
	t.Helper()
	e := engine(t, settings...)
	fromText, wantCounts := enrich(t, e, join(metaHead, jsontext.AppendMsgpack(nil, text)))
	fromMap, counts := enrich(t, e, join(metaHead, jsontext.AppendMsgpack(nil, parsed)))
	require.Equal(t, wantCounts.Counts, counts.Counts, "%v %s", settings, parsed)
	if counts.Counts.Split > 0 {
		require.Equal(t, string(fromText), string(fromMap), "%v %s", settings, parsed)
	} else {
		require.Equal(t, withoutPayload(t, bodies(t, fromText)), withoutPayload(t, bodies(t, fromMap)), "%v %s", settings, parsed)
		require.Contains(t, string(fromMap), string(jsontext.AppendMsgpack(nil, parsed)[1:]), "the map stays as it is")
	}
	lineOfText, wantCounts2, err := e.EnrichJSON(nil, []byte(text))
	require.NoError(t, err)
	lineOfMap, counts2, err := e.EnrichJSON(nil, []byte(parsed))
	require.NoError(t, err)
	require.Equal(t, wantCounts2, counts2, "%v %s", settings, parsed)
	if counts2.Split > 0 {
		require.Equal(t, string(lineOfText), string(lineOfMap), "%v %s", settings, parsed)
		return 1
	}
	require.Equal(t, withoutPayload(t, string(lineOfText)), withoutPayload(t, string(lineOfMap)), "%v %s", settings, parsed)
	return 0
}

func withoutPayload(t *testing.T, record string) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(record), &m), record)
	delete(m, "payload")
	return m
}

// What no JSON can say is not touched: a record that would be damaged on the way through JSON stays whole.
func TestMapsThatAreNotJSON(t *testing.T) {
	e := engine(t)
	record := pack(t, first)
	for name, odd := range map[string][]byte{
		"a binary":           msgp.AppendBytes(nil, []byte("x")),
		"an extension":       {0xd4, 5, 1},
		"NaN":                {0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1},
		"a key that is none": {0x81, 0x01, 0x01},
		"65 levels":          []byte(strings.Repeat("\x91", jsontext.MaxDepth+1) + "\xc0"),
	} {
		t.Run(name, func(t *testing.T) {
			list := msgp.AppendArrayHeader([]byte("\x82\xa3odd"), 0)
			list = append(list[:len(list)-1], odd...)
			list = append(msgp.AppendArrayHeader(append(list, "\xa7records"...), 1), record...)
			chunk := join(newHead, []byte("\x81\xa7payload"), list)
			out, r := enrich(t, e, chunk)
			assert.Equal(t, chunk, out)
			assert.Equal(t, Counts{Records: 1, NoCode: 1}, bare(r.Counts))
		})
	}
}

// A map that the fields are written into is no record inside the record.
func TestAMapForFieldsIsNoRecord(t *testing.T) {
	const record = `{"log":{"level":"info","resultType":"50126"}}`
	assert.Equal(t, record, enriched(t, engine(t, "Schema", "ecs"), record))
	assert.Equal(t, record, lineOf(t, engine(t, "Schema", "ecs"), record))
	assert.Equal(t, plus(record, "Wrong password.", "medium"), enriched(t, engine(t), record))
}

// in_kafka with format json hands over an envelope as a map: what that costs against a text.
func BenchmarkEnrichMapInPayload(b *testing.B) {
	records := make([]string, 25)
	for i := range records {
		records[i] = signInRecord
	}
	text, parsed := inPayload(`{"records":[` + strings.Join(records, ",") + `]}`)
	e := engine(b)
	for name, record := range map[string]string{"text": text, "map": parsed} {
		chunk := join(newHead, jsontext.AppendMsgpack(nil, record))
		b.Run(fmt.Sprintf("%s/%d", name, len(records)), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(chunk)))
			for b.Loop() {
				e.Enrich(chunk).Release()
			}
		})
	}
}
