package filter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
)

// Three records of an envelope and what becomes of them.
const (
	first  = `{"category":"SignInLogs","resultType":"50126","n":1}`
	second = `{"category":"AuditLogs","resultType":"Success","n":2}`
	third  = `{"status":{"errorCode":0},"n":3}`
	three  = `[` + first + `,` + second + `,` + third + `]`
)

func threeLines() string {
	return plus(first, "Wrong password.", "medium") + "\n" + second + "\n" + plus(third, "Signed in.", "info")
}

func TestSplit(t *testing.T) {
	e := engine(t)
	for name, record := range map[string]string{
		"Event Hub, Storage":              `{"records":` + three + `}`,
		"a Graph page":                    `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":` + three + `}`,
		"kafka":                           `{"topic":"t","partition":0,"offset":7,"error":null,"key":null,"payload":` + quote(`{"records":`+three+`}`) + `}`,
		"kafka, in a line of a log":       `{"log":` + quote(`{"topic":"t","offset":7,"payload":`+quote(`{"records":`+three+`}`)+`}`) + `}`,
		"two lists":                       `{"records":[` + first + `],"value":[` + second + `,` + third + `]}`,
		"one list twice":                  `{"records":[` + first + `,` + second + `],"Records":[` + third + `],"records":[]}`,
		"two lists in a string":           `{"log":` + quote(`{"records":[`+first+`],"records":[`+second+`,`+third+`]}`) + `}`,
		"a byte order mark, and a comma":  `{"log":` + quote("\ufeff"+`{"records":`+three+"} ,\r") + `}`,
		"an array in a string":            `{"log":` + quote(three) + `}`,
		"a Graph page in a string":        `{"message":` + quote(`{"value":`+three+`}`) + `}`,
		"an envelope with space about it": `{"body":` + quote("\n { \"records\" : "+three+" }\n") + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, head := range [][]byte{newHead, oldHead, metaHead} {
				out, r := enrich(t, e, join(head, pack(t, record)))
				assert.Equal(t, threeLines(), bodies(t, out))
				assert.Equal(t, Counts{Records: 3, Matched: 2, NoCode: 1, Split: 1}, bare(r.Counts))
				assert.Equal(t, 3, bytes.Count(out, head), "each has the envelope's time and metadata")
			}
			assert.Equal(t, threeLines(), lineOf(t, e, record))
		})
	}
}

func TestSplitKeepsWhatStandsAround(t *testing.T) {
	e := engine(t)
	before, after := eventOf(t, `{"a":1}`), eventOf(t, `{"z":1}`)
	out, r := enrich(t, e, join(before, eventOf(t, `{"records":[`+first+`]}`), after))
	assert.Equal(t, `{"a":1}`+"\n"+plus(first, "Wrong password.", "medium")+"\n"+`{"z":1}`, bodies(t, out))
	assert.Equal(t, Counts{Records: 3, Matched: 1, NoCode: 2, Split: 1}, bare(r.Counts))
	assert.Equal(t, map[uint32]uint64{50126: 1}, e.Codes())
}

func TestSplitOfAuditLogsOnly(t *testing.T) {
	audit := `{"category":"AuditLogs","operationName":"Add user","n":1}`
	out, r := enrich(t, engine(t), eventOf(t, `{"records":[`+audit+`,`+audit+`]}`))
	assert.Equal(t, audit+"\n"+audit, bodies(t, out))
	assert.Equal(t, Counts{Records: 2, NoCode: 2, Split: 1}, r.Counts)
}

// What stood beside the records of an envelope says where these came from. It stays with each of them.
func TestSiblingsStay(t *testing.T) {
	e := engine(t)
	record, other := `{"status":{"errorCode":50126}}`, `{"status":{"errorCode":50126},"stream":"own"}`
	fields := `"description":"Wrong password.","severity":"medium"`
	envelope := `{"records":[` + record + `,` + other + `]}`
	for name, c := range map[string]struct{ record, want, wantOther string }{
		"a line of a container": {`{"log":` + quote(envelope) + `,"kubernetes":{"pod_name":"evil"},"stream":"stdout"}`,
			`"kubernetes":{"pod_name":"evil"},"stream":"stdout"`, `"kubernetes":{"pod_name":"evil"}`},
		"the body of a request": {`{"client_ip":"203.0.113.6","body":` + quote(envelope) + `}`, `"client_ip":"203.0.113.6"`, `"client_ip":"203.0.113.6"`},
		"beside a list":         {`{"kubernetes":1,"records":[` + record + `,` + other + `]}`, `"kubernetes":1`, `"kubernetes":1`},
		"beside two lists":      {`{"value":[` + record + `],"kubernetes":1,"records":[` + other + `]}`, `"kubernetes":1`, `"kubernetes":1`},
		"beside an array":       {`{"log":` + quote(`[`+record+`,`+other+`]`) + `,"n":1}`, `"n":1`, `"n":1`},
		"on every layer": {`{"stream":"outer","a":1,"log":` + quote(`{"stream":"inner","b":2,"message":`+quote(envelope)+`}`) + `,"c":3}`,
			`"stream":"inner","b":2,"a":1,"c":3`, `"b":2,"a":1,"c":3`},
		"not those of Kafka":       {`{"topic":"t","partition":1,"offset":2,"key":"k","error":null,"more":1,"payload":` + quote(envelope) + `}`, `"more":1`, `"more":1`},
		"those of another log":     {`{"topic":"t","key":"k","payload":` + quote(envelope) + `}`, `"topic":"t","key":"k"`, `"topic":"t","key":"k"`},
		"not those of a page":      {`{"@odata.context":"c","@odata.nextLink":"n","more":1,"value":[` + record + `,` + other + `]}`, `"more":1`, `"more":1`},
		"not over a field":         {`{"severity":"none","more":1,"log":` + quote(envelope) + `}`, `"more":1`, `"more":1`},
		"a second string with one": {`{"log":` + quote(envelope) + `,"message":` + quote(`{"records":[{"n":2}]}`) + `}`, `"message":` + quote(`{"records":[{"n":2}]}`), `"message":` + quote(`{"records":[{"n":2}]}`)},
		"no evidence for a record": {`{"category":"SignInLogs","log":` + quote(`{"records":[{"ErrorCode":50126},`+record+`]}`) + `}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := record[:len(record)-1] + `,` + fields + `,` + c.want + "}\n" + other[:len(other)-1] + `,` + fields + `,` + c.wantOther + `}`
			if c.want == "" {
				want = `{"ErrorCode":50126,"category":"SignInLogs"}` + "\n" + record[:len(record)-1] + `,` + fields + `,"category":"SignInLogs"}`
			}
			assert.Equal(t, want, enriched(t, e, c.record))
			assert.Equal(t, want, lineOf(t, e, c.record))
		})
	}
}

func TestManySiblingsMakeTheHeaderWider(t *testing.T) {
	e := engine(t)
	for _, n := range []int{1, 10, 11, 12, 13, 14, 15, 16, 70_000} {
		var beside strings.Builder
		for i := range n {
			fmt.Fprintf(&beside, `,"k%d":%d`, i, i)
		}
		record := `{"log":` + quote(`{"records":[`+first+`]}`) + beside.String() + `}`
		want := plus(first, "Wrong password.", "medium")
		want = want[:len(want)-1] + beside.String() + `}`
		assert.Equal(t, want, enriched(t, e, record), n)
		assert.Equal(t, want, lineOf(t, e, record), n)
	}
}

func TestLogAnalyticsTables(t *testing.T) {
	e := engine(t)
	table := func(rows string) string {
		return `{"name":"PrimaryResult","columns":[{"name":"Type","type":"string"},{"name":"ResultType","type":"string"},{"name":"n","type":"int"}],"rows":` + rows + `}`
	}
	want := plus(`{"Type":"SigninLogs","ResultType":"50126","n":1}`, "Wrong password.", "medium") + "\n" +
		plus(`{"Type":"SigninLogs","ResultType":"0","n":null}`, "Signed in.", "info")
	for name, record := range map[string]string{
		"one table":    `{"tables":[` + table(`[["SigninLogs","50126",1],["SigninLogs","0",null]]`) + `]}`,
		"two tables":   `{"tables":[` + table(`[["SigninLogs","50126",1]]`) + `,` + table(`[["SigninLogs","0",null]]`) + `]}`,
		"an empty one": `{"tables":[` + table(`[]`) + `,` + table(`[["SigninLogs","50126",1],["SigninLogs","0",null]]`) + `]}`,
	} {
		assert.Equal(t, want, enriched(t, e, record), name)
		assert.Equal(t, want, lineOf(t, e, record), name)
		assert.Equal(t, want, enriched(t, e, `{"log":`+quote(record)+`}`), name)
	}
	for name, record := range map[string]string{
		"a row too short":     `{"tables":[` + table(`[["SigninLogs","50126",1],["SigninLogs","0"]]`) + `]}`,
		"a row too long":      `{"tables":[` + table(`[["SigninLogs","50126",1],["SigninLogs","0",1,2]]`) + `]}`,
		"a row that is none":  `{"tables":[` + table(`[["SigninLogs","50126",1],{}]`) + `]}`,
		"something else":      `{"tables":[{"name":"chairs","columns":4}]}`,
		"a column without":    `{"tables":[{"columns":[{"type":"string"}],"rows":[["50126"]]}]}`,
		"no rows":             `{"tables":[{"columns":[{"name":"ResultType"}]}]}`,
		"a table beside none": `{"tables":[` + table(`[["SigninLogs","50126",1]]`) + `,{"a":1}]}`,
	} {
		_, r := enrich(t, e, eventOf(t, record))
		assert.False(t, r.Changed, name)
		assert.Equal(t, record, lineOf(t, e, record), name)
		assert.Equal(t, record, lineOf(t, e, record), name)
	}
}

func TestNotSplit(t *testing.T) {
	for name, c := range map[string]struct{ record, off string }{
		"Split off":                            {`{"records":` + three + `}`, "off"},
		"Split off, in a string":               {`{"payload":` + quote(`{"records":`+three+`}`) + `}`, "off"},
		"Split off, an array":                  {`{"payload":` + quote(three) + `}`, "off"},
		"a record is no map":                   {`{"records":[` + first + `,1]}`, ""},
		"a record is no map, in a string":      {`{"log":` + quote(`{"records":[`+first+`,null]}`) + `}`, ""},
		"a second list with no record":         {`{"records":[` + first + `],"value":[` + second + `,1]}`, ""},
		"a second list that begins with none":  {`{"records":[` + first + `],"value":[1,` + second + `]}`, ""},
		"no records":                           {`{"records":[]}`, ""},
		"no list":                              {`{"records":` + first + `}`, ""},
		"an envelope in an envelope":           {`{"records":[{"records":[` + first + `]}]}`, ""},
		"nobody's records":                     {`{"records":[{"a":1},{"a":2}]}`, ""},
		"a list elsewhere":                     {`{"data":{"records":[` + first + `]}}`, ""},
		"a list in a string that is no holder": {`{"text":` + quote(`{"records":[`+first+`]}`) + `}`, ""},
		"a list in properties":                 {`{"properties":` + quote(`{"records":[`+first+`]}`) + `}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t)
			if c.off != "" {
				e = engine(t, "Split", c.off)
			}
			_, r := enrich(t, e, eventOf(t, c.record))
			assert.False(t, r.Changed)
			want := Counts{Records: 1, NoCode: 1}
			if strings.Contains(name, "no map") || strings.Contains(name, "second list") {
				want.Unsplit = 1
			}
			assert.Equal(t, want, r.Counts)
			assert.Equal(t, c.record, lineOf(t, e, c.record))
		})
	}
}

func TestEnvelopeKey(t *testing.T) {
	e := engine(t, "Envelope_Key", "kafka")
	for name, c := range map[string]struct{ record, want string }{
		"the rest": {
			`{"topic":"t","records":[` + first + `],"offset":7}`,
			plus(first[:len(first)-1]+`,"kafka":{"topic":"t","offset":7}}`, "Wrong password.", "medium")},
		"nothing else": {
			`{"records":[` + first + `]}`,
			plus(first[:len(first)-1]+`,"kafka":{}}`, "Wrong password.", "medium")},
		"from a string": {
			`{"topic":"t","payload":` + quote(`{"records":[`+first+`]}`) + `}`,
			plus(first[:len(first)-1]+`,"kafka":{"topic":"t"}}`, "Wrong password.", "medium")},
		"the record has that key": {
			`{"topic":"t","records":[{"kafka":1,"resultType":"50126"}]}`,
			`{"kafka":1,"resultType":"50126","description":"Wrong password.","severity":"medium"}`},
		"an empty record among them": {
			`{"topic":"t","records":[{},` + first + `]}`,
			`{"kafka":{"topic":"t"}}` + "\n" + plus(first[:len(first)-1]+`,"kafka":{"topic":"t"}}`, "Wrong password.", "medium")},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, enriched(t, e, c.record))
			assert.Equal(t, c.want, lineOf(t, e, c.record))
		})
	}
}

func TestEnvelopeKeyMakesTheHeaderWider(t *testing.T) {
	e := engine(t, "Envelope_Key", "rest")
	record := `{"resultType":"50126"`
	for i := range 14 {
		record += fmt.Sprintf(`,"k%d":%d`, i, i)
	}
	record += `}`
	want := plus(record[:len(record)-1]+`,"rest":{"topic":"t"}}`, "Wrong password.", "medium")
	assert.Equal(t, want, enriched(t, e, `{"topic":"t","records":[`+record+`]}`))
}

func TestSplitIsBounded(t *testing.T) {
	e := engine(t)
	metadata := msgp.AppendString([]byte{0x81, 0xa1, 'm'}, strings.Repeat("m", 1000))
	head := join([]byte{0x92, 0x92}, stamp, metadata)
	record := pack(t, `{"resultType":"50126"}`)
	envelope := func(n int) []byte {
		b := msgp.AppendArrayHeader([]byte("\x81\xa7records"), uint32(n))
		return join(head, b, bytes.Repeat(record, n))
	}
	_, r := enrich(t, e, envelope(4))
	assert.Equal(t, uint64(4), r.Counts.Records, "a few times its metadata is no harm")
	_, r = enrich(t, e, envelope(10_000))
	assert.False(t, r.Changed, "10,000 times is")
	assert.Equal(t, Counts{Records: 1, NoCode: 1, Unsplit: 1}, r.Counts)

	// The rest of an envelope may be repeated as little.
	e = engine(t, "Envelope_Key", "rest")
	rest := `{"rest":"` + strings.Repeat("r", 1000) + `","records":[` + strings.Repeat(`{"resultType":"50126"},`, 9999) + `{}]}`
	_, r = enrich(t, e, eventOf(t, rest))
	assert.False(t, r.Changed)
	assert.Equal(t, rest, lineOf(t, e, rest))

	// And the names of a table's columns.
	e = engine(t)
	for rows, split := range map[int]bool{4: true, 1000: false} {
		table := `{"tables":[{"columns":[{"name":"ResultType"},{"name":"` + strings.Repeat("c", 1000) + `"}],"rows":[` +
			strings.Repeat(`["50126",1],`, rows-1) + `["50126",1]]}]}`
		for _, record := range []string{table, `{"log":` + quote(table) + `}`} {
			_, r = enrich(t, e, eventOf(t, record))
			assert.Equal(t, split, r.Changed, "%d rows", rows)
			assert.Equal(t, !split, r.Counts.Unsplit == 1, "%d rows: %v", rows, r.Counts)
			assert.Equal(t, !split, lineOf(t, e, record) == record, "%d rows", rows)
		}
	}
}

func TestSplitKeepsOrder(t *testing.T) {
	var records, want []string
	for i := range 1000 {
		record := fmt.Sprintf(`{"n":%d,"status":{"errorCode":50126}}`, i)
		records = append(records, record)
		want = append(want, plus(record, "Wrong password.", "medium"))
	}
	e := engine(t)
	envelope := `{"value":[` + strings.Join(records, ",") + `]}`
	assert.Equal(t, strings.Join(want, "\n"), enriched(t, e, envelope))
	assert.Equal(t, strings.Join(want, "\n"), lineOf(t, e, envelope))
	assert.Equal(t, strings.Join(want, "\n"), enriched(t, e, `{"payload":`+quote(envelope)+`}`))
}

// An envelope gives the same events as a map, as JSON in a string, in a string inside a string, and as a line of JSON.
func TestFormsOfAnEnvelopeAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	record := func() string {
		pairs := []string{`"n":` + strconv.Itoa(random.IntN(9))}
		for range random.IntN(4) {
			pairs = append(pairs, pick(`"category":"SignInLogs"`, `"resultType":"50126"`, `"status":{"errorCode":0}`, `"stream":"own"`,
				`"severity":"none"`, `"message":"AADSTS50053: x"`, `"kubernetes":[1]`, `"log":"{}"`, `"category":"AuditLogs"`))
		}
		return pick("{"+strings.Join(pairs, ",")+"}", "{}", "{"+strings.Join(pairs, ",")+"}", "{"+strings.Join(pairs, ",")+"}", "1")
	}
	list := func() string {
		records := make([]string, random.IntN(4))
		for i := range records {
			records[i] = record()
		}
		return "[" + strings.Join(records, ",") + "]"
	}
	for range 1000 {
		var pairs []string
		for range 1 + random.IntN(5) {
			pairs = append(pairs, pick(`"records":`+list(), `"value":`+list(), `"Records":`+list(), `"stream":"out"`, `"kubernetes":{"pod":"p"}`,
				`"topic":"t"`, `"offset":7`, `"@odata.context":"c"`, `"severity":"low"`, `"message":"words"`, `"a":{"b":[1,{"c":2}]}`))
		}
		envelope := "{" + strings.Join(pairs, ",") + "}"
		for _, settings := range [][]string{{}, {"Envelope_Key", "rest"}, {"Overwrite", "off"}, {"Schema", "ecs"}} {
			e := engine(t, settings...)
			out, r := enrich(t, e, eventOf(t, envelope))
			want := bodies(t, out)
			require.Equal(t, want, lineOf(t, e, envelope), "%v %s", settings, envelope)
			if r.Counts.Split == 0 {
				continue // what does not split stays in its string
			}
			require.Equal(t, want, enriched(t, e, `{"log":`+quote(envelope)+`}`), "%v %s", settings, envelope)
			require.Equal(t, want, enriched(t, e, `{"log":`+quote(`{"payload":`+quote(envelope)+`}`)+`}`), "%v %s", settings, envelope)
			require.Equal(t, want, lineOf(t, e, `{"log":`+quote(envelope)+`}`), "%v %s", settings, envelope)
			again, second := enrich(t, e, out)
			if second.Counts.Split == 0 {
				require.Equal(t, out, again, "a second time changes nothing: %v %s", settings, envelope)
			}
		}
	}
}
