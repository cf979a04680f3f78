package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

func TestReportOfDamageCountsWhatItLeavesOut(t *testing.T) {
	r := newReport()
	var l lines
	err := errors.New("byte 7: odd")
	now := time.Unix(1000, 0)
	for range 3 {
		r.damaged(&l, err, "is lost", now)
	}
	r.damaged(&l, err, "is lost", now.Add(quiet))
	assert.Equal(t, []line{
		{levelWarn, "damaged chunk: byte 7: odd; the events before the damage are enriched, the rest is lost"},
		{levelWarn, "damaged chunk: byte 7: odd; the events before the damage are enriched, the rest is lost (and 2 more since the last such line)"},
	}, drained(&l))
}

func TestReportOfFaultsDoesNotHideDamage(t *testing.T) {
	r := newReport()
	var l lines
	now := time.Unix(1000, 0)
	r.panicked(&l, "boom (f, x.go:1)", "is to be sent again", now)
	r.panicked(&l, "boom (f, x.go:1)", "is to be sent again", now)
	r.damaged(&l, errors.New("odd"), "is lost", now)
	got := drained(&l)
	assert.Len(t, got, 2)
	assert.Equal(t, line{levelError, "fault in the plugin: boom (f, x.go:1); the chunk is to be sent again"}, got[0])
}

func TestReportOfUnknownCodesIsBounded(t *testing.T) {
	r := newReport()
	var l lines
	said := 0
	for code := range uint32(maxSeen + 500) {
		r.unknown(&l, []uint32{code, code})
		said += len(drained(&l))
	}
	assert.Equal(t, maxSeen+1, said)
	r.unknown(&l, []uint32{0, maxSeen + 1000})
	assert.Empty(t, drained(&l))
	assert.Len(t, r.seen, maxSeen)
}

func TestSummary(t *testing.T) {
	c := filter.Counts{Records: 10, Matched: 6, Unknown: 1, NoCode: 3, Malformed: 2, Split: 4}
	c.Judged[catalog.Failure][catalog.Low] = 4
	c.Judged[catalog.Interrupt][catalog.Low] = 1
	c.Judged[catalog.Failure][catalog.Critical] = 1
	assert.Equal(t, "records=10 matched=6 unknown=1 no_code=3 malformed=2 split=4 info=0 low=5 medium=0 high=0 critical=1 unsplit=0 over_limit=0", summary(c))
}
