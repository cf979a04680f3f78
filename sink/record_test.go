package sink

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// pairs is a map with its order: key, value, key, value.
type pairs []any

// raw is MessagePack already.
type raw []byte

// ext is an extension.
type ext struct {
	kind int8
	data []byte
}

// pack writes MessagePack, each value in its shortest form but for negative numbers, as Fluent Bit does.
func pack(v any) []byte { return appendPacked(nil, v) }

func appendPacked(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 0xc0)
	case bool:
		if v {
			return append(b, 0xc3)
		}
		return append(b, 0xc2)
	case int:
		return appendPackedInt(b, v)
	case int8:
		return append(b, 0xd0, byte(v))
	case uint64:
		return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
	case float32:
		return binary.BigEndian.AppendUint32(append(b, 0xca), math.Float32bits(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(v))
	case string:
		if len(v) < 32 {
			return append(append(b, 0xa0|byte(len(v))), v...)
		}
		if len(v) < 256 {
			return append(append(b, 0xd9, byte(len(v))), v...)
		}
		return append(binary.BigEndian.AppendUint32(append(b, 0xdb), uint32(len(v))), v...)
	case []byte:
		return append(append(b, 0xc4, byte(len(v))), v...)
	case ext:
		return append(append(b, 0xc7, byte(len(v.data)), byte(v.kind)), v.data...)
	case raw:
		return append(b, v...)
	case []any:
		if len(v) < 16 {
			b = append(b, 0x90|byte(len(v)))
		} else {
			b = binary.BigEndian.AppendUint16(append(b, 0xdc), uint16(len(v)))
		}
		for _, e := range v {
			b = appendPacked(b, e)
		}
		return b
	case pairs:
		if len(v) < 32 {
			b = append(b, 0x80|byte(len(v)/2))
		} else {
			b = binary.BigEndian.AppendUint16(append(b, 0xde), uint16(len(v)/2))
		}
		for _, e := range v {
			b = appendPacked(b, e)
		}
		return b
	}
	panic(fmt.Sprintf("pack: %T", v))
}

func appendPackedInt(b []byte, v int) []byte {
	switch {
	case v < 0:
		return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(v))
	case v < 128:
		return append(b, byte(v))
	case v < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(v))
	case v < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), uint64(v))
}

// signIn is the n-th sign-in of a test, about as an enriched record of the diagnostic log. Its id and its marker are in no
// other.
func signIn(n int) Record {
	severity := []string{"info", "low", "medium", "high"}[n%4]
	return Record{SignIn: true, Sec: 1_700_000_000 + int64(n/7), Nsec: uint32(n), Body: pack(pairs{
		"n", n,
		"category", "SignInLogs",
		"resultType", "50126",
		"properties", pairs{
			"id", fmt.Sprintf("00000000-0000-4000-8000-%012d", n),
			"userPrincipalName", "someone@example.com",
			"status", pairs{"errorCode", 50126},
		},
		"marker", marker(n),
		"severity", severity,
		"outcome", "failure",
	})}
}

func marker(n int) string { return fmt.Sprintf("record-%06d.", n) }

// signIns are chunks of size records, n records in all.
func signIns(n, size int) []*Chunk {
	var chunks []*Chunk
	for from := 0; from < n; from += size {
		c := &Chunk{Tag: "entra"}
		var raw []byte
		for i := from; i < min(from+size, n); i++ {
			c.Records = append(c.Records, signIn(i))
			raw = append(raw, c.Records[len(c.Records)-1].Body...)
		}
		c.ID = ChunkID(c.Tag, raw)
		chunks = append(chunks, c)
	}
	return chunks
}

func nested(depth int, open, inner []byte) []byte {
	return append([]byte(strings.Repeat(string(open), depth)), inner...)
}

func TestChunkID(t *testing.T) {
	id := ChunkID("tag", []byte("bytes"))
	assert.Equal(t, id, ChunkID("tag", []byte("bytes")))
	assert.NotEqual(t, id, ChunkID("tag", []byte("byteS")))
	assert.NotEqual(t, id, ChunkID("Tag", []byte("bytes")))
	assert.NotEqual(t, ChunkID("ab", []byte("c")), ChunkID("a", []byte("bc")), "the tag ends somewhere")
}

// The ID is derived only if need be, and stays then.
func TestIdentify(t *testing.T) {
	c := Chunk{Tag: "tag", Raw: []byte("bytes")}
	assert.Equal(t, ChunkID("tag", []byte("bytes")), c.Identify())
	c.Raw = nil
	assert.Equal(t, ChunkID("tag", []byte("bytes")), c.Identify())
	c = Chunk{ID: ID{1}, Raw: []byte("bytes")}
	assert.Equal(t, ID{1}, c.Identify())
}
