package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEvents(t *testing.T) {
	marker := []byte{0x92, 0x92, 0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0x80}
	chunk := join(newHead, []byte{0x80}, metaHead, []byte{0x81, 1, 2}, oldHead, []byte{0x80}, []byte{0x92, 7, 0x80}, marker, []byte("\xa3odd"), newHead, []byte{0xc0})
	var got []Event
	require.NoError(t, Events(chunk, func(ev Event) bool { got = append(got, ev); return true }))
	assert.Equal(t, []Event{
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte{0x80}, Body: []byte{0x80}},
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte("\x81\xa1m\x01"), Body: []byte{0x81, 1, 2}},
		{Sec: 1_700_000_000, Nsec: 5, Body: []byte{0x80}},
		{Sec: 7, Body: []byte{0x80}},
		{Sec: 0xffffffff, Marker: true, Metadata: []byte{0x80}, Body: []byte{0x80}},
		{Body: []byte("\xa3odd")},
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte{0x80}, Body: []byte{0xc0}},
	}, got)
}

func TestEventsStops(t *testing.T) {
	n := 0
	require.NoError(t, Events([]byte{1, 2, 3}, func(Event) bool { n++; return n < 2 }))
	assert.Equal(t, 2, n)
}

func TestEventsOfADamagedChunk(t *testing.T) {
	n := 0
	err := Events(join(newHead, []byte{0x80}, newHead), func(Event) bool { n++; return true })
	assert.EqualError(t, err, "the chunk is damaged at byte 14 of 27: no whole MessagePack value (0x92)")
	assert.Equal(t, 1, n)
	assert.NoError(t, Events(nil, func(Event) bool { panic("an empty chunk has no event") }))
}

func TestTopKeys(t *testing.T) {
	body := pack(t, `{"a":{"x":1},"b":[1,2],"c":3}`)
	assert.Equal(t, []string{"a", "b", "c"}, TopKeys(body, 10))
	assert.Equal(t, []string{"a", "b"}, TopKeys(body, 2))
	for i := range body {
		assert.LessOrEqual(t, len(TopKeys(body[:i], 10)), 3, "cut off")
	}
	assert.Empty(t, TopKeys([]byte{0x93, 1, 2, 3}, 10))
	assert.Empty(t, TopKeys(nil, 10))
}
