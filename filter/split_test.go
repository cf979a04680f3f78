package filter

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
		"beside other keys":               `{"a":1,"records":` + three + `,"z":{"y":2}}`,
		"a Graph page":                    `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":` + three + `}`,
		"kafka":                           `{"topic":"t","partition":0,"payload":` + quote(`{"records":`+three+`}`) + `}`,
		"kafka, in a line of a log":       `{"log":` + quote(`{"topic":"t","payload":`+quote(`{"records":`+three+`}`)+`}`) + `}`,
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

func TestNotSplit(t *testing.T) {
	for name, c := range map[string]struct{ record, off string }{
		"Split off":                            {`{"records":` + three + `}`, "off"},
		"Split off, in a string":               {`{"payload":` + quote(`{"records":`+three+`}`) + `}`, "off"},
		"Split off, an array":                  {`{"payload":` + quote(three) + `}`, "off"},
		"a record is no map":                   {`{"records":[` + first + `,1]}`, ""},
		"a record is no map, in a string":      {`{"log":` + quote(`{"records":[`+first+`,null]}`) + `}`, ""},
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
			assert.Equal(t, Counts{Records: 1, NoCode: 1}, r.Counts)
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
	assert.Equal(t, Counts{Records: 1, NoCode: 1}, r.Counts)

	// The rest of an envelope may be repeated as little.
	e = engine(t, "Envelope_Key", "rest")
	rest := `{"rest":"` + strings.Repeat("r", 1000) + `","records":[` + strings.Repeat(`{"resultType":"50126"},`, 9999) + `{}]}`
	_, r = enrich(t, e, eventOf(t, rest))
	assert.False(t, r.Changed)
	assert.Equal(t, rest, lineOf(t, e, rest))
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
