package filter

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
)

// broken are MessagePack values that are damaged, or odd, each in a way of its own.
var broken = map[string][]byte{
	"nothing":                 {},
	"never used byte":         {0xc1},
	"header without a body":   newHead,
	"array of 2^32":           []byte("\xdd\xff\xff\xff\xff"),
	"map of 2^32":             join(newHead, []byte("\xdf\xff\xff\xff\xff\xa1a\x01")),
	"str of 2^32":             join(newHead, []byte("\x81\xa1a\xdb\xff\xff\xff\xff")),
	"bin of 2^32":             join(newHead, []byte("\x81\xa1a\xc6\xff\xff\xff\xff")),
	"ext of 2^32":             join(newHead, []byte("\x81\xa1a\xc9\xff\xff\xff\xff\x01")),
	"map without its last":    join(newHead, []byte("\x82\xa1a\x01\xa1b")),
	"key of another map":      join(newHead, []byte("\x81\x81\xa1a\x01\xa1b")),
	"depth":                   append(bytes.Repeat([]byte{0x91}, 2000), 0xc0),
	"depth in a body":         join(newHead, bytes.Repeat([]byte("\x81\xa6status"), 200), []byte{0xc0}),
	"depth without an end":    bytes.Repeat([]byte{0x92}, 2000),
	"header in a header":      []byte("\x92\x92\x92\x92\x00\x80\x80\x80"),
	"float for a time":        join([]byte{0x92, 0xcb}, make([]byte, 8), []byte{0x80}),
	"marker":                  {0x92, 0x92, 0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0x80},
	"NaN for a code":          join(newHead, []byte("\x81\xaaresultType\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01")),
	"targets again and again": join(newHead, []byte("\xde\x00\x41\xaaresultType\xcd\xc3\xce"), bytes.Repeat([]byte("\xa8severity\x01"), 64)),
}

var badJSON = []string{
	``, ` `, `{`, `[`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,}`, `[1,]`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":1e}`, `{"a":"\x"}`, `{"a":"\u12"}`, `{'a':1}`,
	"{\"a\":\"\n\"}", `{"a":tru}`, `{"a":nul}`, `{"a":NaN}`, `{a:1}`, `{"a":1}{"b":2}`, `{"a":"` + "\xff" + `"}`, `{"a":"\ud83d"}`, strings.Repeat(`{"a":`, 70), strings.Repeat("[", 1000),
	`{"records":[`, `{"records":[{}`, `{"records":[1]}`, `{"value":[{"resultType":"50126"},2]}`, `{"records":"x"}`, `{"a":1e999}`, "\xef\xbb\xbf{}", `{"properties":"{\"status\":"}`,
}

// fuzzEngines are engines with options that together lead everywhere.
func fuzzEngines(f *testing.F) []*Engine {
	return []*Engine{
		engine(f),
		engine(f, "Schema", "ecs", "Parse_Json", "on"),
		engine(f, "Schema", "ocsf", "Overwrite", "off", "Split", "off"),
		engine(f, "Envelope_Key", "rest", "Time_From_Record", "on", "Fields", "code,technique", "Prefix", "p"),
		engine(f, "Code_Key", "a,status.errorCode,$b['c'],records[1].x[0],Status", "Json_Key", "a.b,message,Message,$['a.b']", "Parse_Json", "on", "Description_Key", "message"),
	}
}

func FuzzEnrich(f *testing.F) {
	engines := fuzzEngines(f)
	for _, b := range broken {
		f.Add(byte(0), b)
	}
	for i, s := range shapes {
		f.Add(byte(i), eventOf(f, s.record))
		f.Add(byte(i+1), join(oldHead, pack(f, `{"log":`+quote(s.record)+`,"severity":1}`)))
		f.Add(byte(i+2), eventOf(f, `{"records":[`+s.record+`,{}],"topic":"t"}`))
	}
	f.Fuzz(func(t *testing.T, n byte, chunk []byte) {
		e := engines[int(n)%len(engines)]
		chunk = chunk[:len(chunk):len(chunk)]
		before := bytes.Clone(chunk)
		r := e.Enrich(chunk)
		out := r.AppendTo(nil)
		require.Equal(t, before, chunk)
		require.Len(t, out, r.Size)
		require.LessOrEqual(t, r.Size, limitOf(len(chunk))+4096)
		require.Equal(t, chunk, append([]byte{}, undo(t, r)...))
		require.Equal(t, r.Counts.Records, r.Counts.Matched+r.Counts.Unknown+r.Counts.NoCode)
		damaged, split, changed := r.Err != nil, r.Counts.Split > 0, r.Changed
		if !changed {
			require.Equal(t, chunk, append([]byte{}, out...))
		}
		r.Release()
		checkOrigins(t, e, chunk)
		for i := 0; i < len(out); {
			if i = msgpack.Skip(out, i); i == msgpack.Bad {
				require.True(t, damaged)
				return
			}
		}
		require.False(t, damaged)
		if !split {
			_, again := enrich(t, e, out)
			require.False(t, again.Changed, "a second time changes nothing")
		}
	})
}

// checkOrigins checks that each record of the output has an origin, because an output knows its records by their origins.
func checkOrigins(t *testing.T, e *Engine, chunk []byte) {
	r := e.EnrichTraced(chunk, Version{})
	defer r.Release()
	records, out := 0, r.AppendTo(nil)
	_ = Events(out, func(ev Event) bool {
		if !ev.Marker {
			records++
		}
		return true
	})
	require.Equal(t, records, len(r.Origins))
}

func FuzzEnrichJSON(f *testing.F) {
	engines := fuzzEngines(f)
	for _, text := range badJSON {
		f.Add(byte(0), []byte(text))
	}
	for i, s := range shapes {
		f.Add(byte(i), []byte(s.record))
		f.Add(byte(i+1), []byte(`{"log":`+quote(s.record)+`}`))
		f.Add(byte(i+2), []byte(`{"records":[`+s.record+`,{}],"topic":"t"}`))
	}
	f.Fuzz(func(t *testing.T, n byte, doc []byte) {
		e := engines[int(n)%len(engines)]
		doc = doc[:len(doc):len(doc)]
		out, counts, err := e.EnrichJSON(nil, doc)
		trimmed := bytes.Trim(doc, " \t\r\n")
		isObject := len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(doc) && depth(string(doc)) <= jsontext.MaxDepth
		require.Equal(t, isObject, err == nil, "as encoding/json has it")
		require.Equal(t, counts.Records, counts.Matched+counts.Unknown+counts.NoCode)
		if err != nil {
			require.Equal(t, string(bytes.TrimRight(doc, "\r\n"))+"\n", string(out))
			return
		}
		lines := bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
		require.Len(t, lines, int(counts.Records))
		for _, line := range lines {
			require.True(t, json.Valid(line), "%q", line)
		}
		if counts.Matched+counts.Unknown+counts.Split == 0 && !e.options.ParseJSON {
			require.Equal(t, string(oneLine(trimmed))+"\n", string(out))
		}
	})
}

// FuzzSplit has a JSON text in a string, which is where everything of the JSON side and of MessagePack meets.
func FuzzSplit(f *testing.F) {
	engines := fuzzEngines(f)
	for i, s := range shapes {
		f.Add(byte(i), `{"records":[`+s.record+`,{"a":1}]}`)
		f.Add(byte(i+1), `[`+s.record+`]`)
		f.Add(byte(i+2), `{"value":[{"time":"2026-03-02T09:07:13Z"},`+s.record+`]}`)
	}
	for _, text := range badJSON {
		f.Add(byte(0), text)
		f.Add(byte(3), `{"records":[{"resultType":"50126"},`+text+`]}`)
	}
	f.Fuzz(func(t *testing.T, n byte, text string) {
		e := engines[int(n)%len(engines)]
		body := msgp.AppendString([]byte("\x82\xa5topic\xa1t\xa7payload"), text)
		chunk := join(metaHead, body)
		r := e.Enrich(chunk)
		defer r.Release()
		out := r.AppendTo(nil)
		require.Equal(t, chunk, undo(t, r))
		events := uint64(0)
		require.NoError(t, Events(out, func(ev Event) bool {
			events++
			require.Equal(t, []byte("\x81\xa1m\x01"), ev.Metadata)
			return true
		}))
		require.Equal(t, r.Counts.Records, events)
		checkOrigins(t, e, chunk)
		if r.Counts.Split > 0 {
			require.True(t, json.Valid([]byte(text)))
		}
		if jsontext.Valid(text) {
			packed := jsontext.AppendMsgpack(nil, text)
			rest, err := msgp.Skip(packed)
			require.NoError(t, err)
			require.Empty(t, rest)
		}
	})
}

// FuzzOptions sets options to anything: what is taken works, what is refused says so.
func FuzzOptions(f *testing.F) {
	for _, s := range []string{
		"", "a", "a.b.c", "$a['b']", "$['a.b']", "status.errorCode", "resultType,ErrorCode", "a..b", "$", "message", "properties.x.y", "event.original", "1.2.3.4.5.6.7.8", "RESULTTYPE", "a[1][0].b", "$['a, b']",
	} {
		f.Add(s, "log", "description,severity", "", "", "")
		f.Add("", s, "code", "d", "s", "p_")
	}
	f.Fuzz(func(t *testing.T, codeKey, jsonKey, fields, description, severity, prefix string) {
		o := DefaultOptions()
		value := map[string]string{"Code_Key": codeKey, "Json_Key": jsonKey, "Fields": fields, "Description_Key": description, "Severity_Key": severity, "Prefix": prefix}
		for _, opt := range o.List() {
			if v, ok := value[opt.Name]; ok {
				if err := opt.Apply(v); err != nil {
					require.ErrorContains(t, err, "option "+opt.Name+": ")
					return
				}
			}
		}
		e, err := New(o, words(t))
		if err != nil {
			require.ErrorContains(t, err, "option ")
			return
		}
		if len(o.CodeKey) == 0 {
			return
		}
		path, err := parsePath(o.CodeKey[0])
		require.NoError(t, err)
		for _, grouped := range groupings(path) {
			body := msgp.AppendInt(nil, 50126)
			for _, step := range slices.Backward(grouped) {
				if step.Key == "" {
					list := msgp.AppendArrayHeader(nil, uint32(step.Index+1))
					body = append(append(list, bytes.Repeat([]byte{0xc0}, step.Index)...), body...)
				} else {
					body = append(msgp.AppendString([]byte{0x81}, step.Key), body...)
				}
			}
			r := e.Enrich(join(newHead, body))
			require.Equal(t, uint64(1), r.Counts.Matched, "%q", grouped)
			r.Release()
		}
	})
}

// depth returns how deep the brackets of a JSON text nest: what skipJSON is held against.
func depth(text string) int {
	now, most := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			now++
			most = max(most, now)
		case '}', ']':
			now--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return most
}
