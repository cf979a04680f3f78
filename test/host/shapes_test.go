package host_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/test/host"
)

// A shape is one kind of event. Severity is what the filter appends; "" for an event that it leaves alone.
type shape struct {
	name     string
	severity string
	make     func(i int) []byte
}

const second = 1772442433

func event(line string) []byte {
	return host.AppendEvent(nil, second, 5, host.AppendLine(nil, []byte(line)))
}

func lines(format string) func(int) []byte {
	return func(i int) []byte { return event(fmt.Sprintf(format, i)) }
}

// framed puts a body of code 50126 behind bytes that begin an event.
func framed(head ...byte) func(int) []byte {
	return func(i int) []byte {
		return host.AppendLine(append([]byte(nil), head...), fmt.Appendf(nil, `{"resultType":"50126","n":%d}`, i))
	}
}

func wrap(head []byte, time []byte, tail ...byte) []byte {
	return append(append(head, time...), tail...)
}

func eventTime() []byte { return host.AppendTime(nil, second, 5) }

var shapes = []shape{
	{"graph", "medium", lines(`{"id":"%d","status":{"errorCode":50126,"failureReason":"x"}}`)},
	{"envelope of Azure Monitor", "medium", lines(`{"n":%d,"properties":{"status":{"errorCode":50126}},"category":"SignInLogs"}`)},
	{"Log Analytics, digits", "medium", lines(`{"ResultType":"50126","Id":"%d"}`)},
	{"AADSTS", "medium", lines(`{"resultType":"AADSTS50126: text","Id":"%d"}`)},
	{"success", "info", lines(`{"Id":"%d","status":{"errorCode":0}}`)},
	{"whole float", "medium", lines(`{"status":{"errorCode":50126.0},"Id":"%d"}`)},
	{"unparsed", "medium", lines(`{"log":"{\"status\":{\"errorCode\":50126},\"n\":%d}"}`)},
	{"more than fifteen keys", "medium", lines(`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":%d,"resultType":50126}`)},
	{"unknown code", "unknown", lines(`{"status":{"errorCode":987654321},"Id":"%d"}`)},
	{"not a sign-in", "", lines(`{"message":"disk full","n":%d}`)},
	{"not JSON", "", lines(`plain text %d`)},
	{"object for a code", "", lines(`{"status":{"errorCode":{"x":%d}}}`)},
	{"no status", "", lines(`{"status":null,"n":%d}`)},
	{"Fluent Bit 1", "medium", framed(wrap([]byte{0x92}, eventTime())...)},
	{"seconds", "medium", framed(0x92, 0xce, 0x69, 0xa5, 0x55, 0x01)},
	{"float seconds", "medium", framed(0x92, 0xcb, 0x41, 0xda, 0x69, 0x55, 0x40, 0x40, 0, 0)},
	{"ext8 time", "medium", framed(0x92, 0x92, 0xc7, 8, 0, 0x69, 0xa5, 0x55, 1, 0, 0, 0, 5, 0x80)},
	{"long array headers", "medium", framed(wrap([]byte{0xdd, 0, 0, 0, 2, 0xdd, 0, 0, 0, 2}, eventTime(), 0xdf, 0, 0, 0, 0)...)},
	{"metadata", "medium", framed(wrap([]byte{0x92, 0x92}, eventTime(), 0x81, 0xa4, 'o', 't', 'l', 'p', 0x81, 0xa1, 'k', 0xc4, 2, 1, 2)...)},
	{"group start", "", func(int) []byte {
		return wrap([]byte{0x92, 0x92}, host.AppendTime(nil, 0xffffffff, 0), 0x81, 0xa6, 's', 'c', 'h', 'e', 'm', 'a', 0xa4, 'o', 't', 'l', 'p', 0x80)
	}},
	{"group end", "", func(int) []byte {
		return wrap([]byte{0x92, 0x92}, host.AppendTime(nil, 0xfffffffe, 0), 0x80, 0x80)
	}},
	{"body is no map", "", func(int) []byte { return wrap([]byte{0x92, 0x92}, eventTime(), 0x80, 0xa1, 'x') }},
	{"keys are bin", "", func(int) []byte {
		return wrap([]byte{0x92, 0x92}, eventTime(), 0x80, 0x81, 0xc4, 3, 'a', 'b', 'c', 0xc0)
	}},
}

// mixed returns n events of all shapes in turn, one chunk.
func mixed(n int) (events [][]byte, chunk []byte) {
	for i := range n {
		e := shapes[i%len(shapes)].make(i)
		events = append(events, e)
		chunk = append(chunk, e...)
	}
	return events, chunk
}

// bodyOf returns the offset of an event's body.
func bodyOf(t *testing.T, event []byte) int {
	t.Helper()
	n, rest, err := msgp.ReadArrayHeaderBytes(event)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	rest, err = msgp.Skip(rest)
	require.NoError(t, err)
	return len(event) - len(rest)
}

// checkMixed compares an enriched chunk with the events that it was made of. Expected fields follow the last byte of the body, whose
// count of keys is two higher. Every other byte is unchanged.
func checkMixed(t *testing.T, events [][]byte, out []byte) {
	t.Helper()
	for i, was := range events {
		s := shapes[i%len(shapes)]
		rest, err := msgp.Skip(out)
		require.NoError(t, err, "event %d, %s", i, s.name)
		is := out[:len(out)-len(rest)]
		out = rest
		if s.severity == "" {
			require.Equal(t, was, is, "event %d, %s", i, s.name)
			continue
		}
		body := bodyOf(t, was)
		require.Equal(t, was[:body], is[:body], "head of event %d, %s", i, s.name)
		keys, pairs, err := msgp.ReadMapHeaderBytes(was[body:])
		require.NoError(t, err)
		now, added, err := msgp.ReadMapHeaderBytes(is[body:])
		require.NoError(t, err)
		require.Equal(t, keys+2, now, "event %d, %s", i, s.name)
		require.Equal(t, pairs, added[:min(len(pairs), len(added))], "body of event %d, %s", i, s.name)
		checkFields(t, added[len(pairs):], s.severity)
	}
	require.Empty(t, out)
}

func checkFields(t *testing.T, b []byte, severity string) {
	t.Helper()
	for _, want := range []string{"description", "", "severity", severity} {
		var got string
		var err error
		got, b, err = msgp.ReadStringBytes(b)
		require.NoError(t, err)
		if want == "" {
			require.NotEmpty(t, got)
			continue
		}
		require.Equal(t, want, got)
	}
	require.Empty(t, b)
}

// signIn is one event with a code.
func signIn(code int) []byte { return event(fmt.Sprintf(`{"status":{"errorCode":%d}}`, code)) }

// severityOf reads the field severity of the only event of a chunk; "" where there is none.
func severityOf(t *testing.T, chunk []byte) string {
	t.Helper()
	n, b, err := msgp.ReadMapHeaderBytes(chunk[bodyOf(t, chunk):])
	require.NoError(t, err)
	for range n {
		var key string
		key, b, err = msgp.ReadStringBytes(b)
		require.NoError(t, err)
		if key == "severity" {
			value, _, err := msgp.ReadStringBytes(b)
			require.NoError(t, err)
			return value
		}
		b, err = msgp.Skip(b)
		require.NoError(t, err)
	}
	return ""
}
