package filter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
)

// testCatalog has fixed words, so that no test depends on how the embedded one puts things.
const testCatalog = `code,name,description,severity,outcome,category,action,technique,credential,source
0,,Signed in.,info,success,success,,,accepted,
50053,IdsLocked,Locked.,high,failure,account,Unlock it.,T1110 T1110.003,,
50076,UserStrongAuthClientAuthNRequired,MFA asked for.,info,interrupt,mfa,,,accepted,
50126,InvalidUserNameOrPassword,Wrong password.,medium,failure,credential,Try again.,T1110,rejected,
50140,KmsiInterrupt,Stay signed in?,info,interrupt,session,,,,
65001,DelegationDoesNotExist,No consent.,low,failure,consent,,,,
70008,ExpiredOrRevokedGrant,Expired.,low,failure,session,,,,
500011,InvalidResource,No such resource.,low,failure,application,,,,
7000215,InvalidClientSecret,Wrong secret.,medium,failure,client_credential,,T1552,rejected,
`

func words(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Parse("test.csv", strings.NewReader(testCatalog))
	require.NoError(t, err)
	return c
}

// engine returns an engine over the test catalog, its options as the settings say: "Code_Key", "a.b", …
func engine(t testing.TB, settings ...string) *Engine {
	t.Helper()
	o := DefaultOptions()
	set(t, &o, settings...)
	e, err := New(o, words(t))
	require.NoError(t, err)
	return e
}

func set(t testing.TB, o *Options, settings ...string) {
	t.Helper()
	for i := 0; i < len(settings); i += 2 {
		found := false
		for _, opt := range o.List() {
			if opt.Name == settings[i] {
				found = true
				require.NoError(t, opt.Apply(settings[i+1]))
			}
		}
		require.True(t, found, "no option is called %s", settings[i])
	}
}

// pack encodes a JSON text as MessagePack: keys in order, integers as integers. It knows nothing of the engine's own way.
func pack(t testing.TB, text string) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	b, err := packNext(d, nil)
	require.NoError(t, err, text)
	return b
}

func packNext(d *json.Decoder, b []byte) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		var inner []byte
		n := uint32(0)
		for ; d.More(); n++ {
			if inner, err = packNext(d, inner); err != nil {
				return nil, err
			}
		}
		if _, err = d.Token(); err != nil {
			return nil, err
		}
		if v == '{' {
			return append(msgp.AppendMapHeader(b, n/2), inner...), nil
		}
		return append(msgp.AppendArrayHeader(b, n), inner...), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return msgp.AppendInt64(b, n), nil
		}
		f, err := v.Float64()
		return msgp.AppendFloat64(b, f), err
	}
	return msgp.AppendIntf(b, token)
}

// Headers of events, up to the body: 1,700,000,000 seconds and 5 nanoseconds.
var (
	stamp    = []byte{0xd7, 0, 0x65, 0x53, 0xf1, 0x00, 0, 0, 0, 5}
	newHead  = join([]byte{0x92, 0x92}, stamp, []byte{0x80})
	oldHead  = join([]byte{0x92}, stamp)
	metaHead = join([]byte{0x92, 0x92}, stamp, []byte("\x81\xa1m\x01"))
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// eventOf is a record, given in JSON, as Fluent Bit hands it over since 2.1.
func eventOf(t testing.TB, record string) []byte { return join(newHead, pack(t, record)) }

// enrich runs a chunk through an engine and returns the output with the result's public part.
func enrich(t testing.TB, e *Engine, chunk []byte) ([]byte, Result) {
	t.Helper()
	before := bytes.Clone(chunk)
	r := e.Enrich(chunk)
	defer r.Release()
	out := r.AppendTo(nil)
	require.Equal(t, before, chunk, "the chunk was written to")
	require.Len(t, out, r.Size)
	if !r.Changed {
		require.Equal(t, string(chunk), string(out))
	}
	return out, Result{Changed: r.Changed, Size: r.Size, Err: r.Err, Counts: r.Counts, Unknown: append([]uint32(nil), r.Unknown...)}
}

// bodies returns the bodies of a chunk's events as JSON, one a line.
func bodies(t testing.TB, chunk []byte) string {
	t.Helper()
	var out bytes.Buffer
	err := Events(chunk, func(ev Event) bool {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		_, err := msgp.UnmarshalAsJSON(&out, ev.Body)
		require.NoError(t, err)
		return true
	})
	require.NoError(t, err)
	return out.String()
}

// enriched is what becomes of one record, in JSON, as an event.
func enriched(t testing.TB, e *Engine, record string) string {
	t.Helper()
	out, _ := enrich(t, e, eventOf(t, record))
	return bodies(t, out)
}

// line is what becomes of one record as a line of JSON, without the line break.
func lineOf(t testing.TB, e *Engine, record string) string {
	t.Helper()
	out, _, err := e.EnrichJSON(nil, []byte(record))
	require.NoError(t, err)
	require.Equal(t, "\n", string(out[len(out)-1:]))
	return string(out[:len(out)-1])
}

// quote is a text as a JSON string.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// plus is a record in JSON with the default fields behind its own.
func plus(record, description, severity string) string {
	comma := ","
	if strings.TrimSpace(record[1:len(record)-1]) == "" {
		comma = ""
	}
	return fmt.Sprintf(`%s%s"description":%q,"severity":%q}`, record[:len(record)-1], comma, description, severity)
}
