package sink

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// A receiver that honours keys, has a limit for the size of a request, refuses some records, and loses answers after it has
// stored: whatever happens in whatever order, each record is stored once or in the dead letters once.
func TestRandomFaultsDoubleNothing(t *testing.T) {
	for seed := range uint64(20) {
		for _, kind := range networkKinds() {
			t.Run(fmt.Sprint(kind, seed), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, 1))
				const records, each = 600, 200
				r := startRig(t, kind, map[string]string{"Batch_Bytes": fmt.Sprint(2000 + random.IntN(60_000))})
				// Not the last of a chunk: a record is only refused as too large if the receiver takes another one after it.
				hopeless := marker(random.IntN(records/each)*each + random.IntN(each-1))
				most := 1000 + random.IntN(20_000)
				r.server.SetFault(func(x *sinktest.Exchange) bool {
					lost, before := random.IntN(4), random.IntN(4)
					switch {
					case before == 0:
						x.Reset(nil)
					case len(x.Body) > most || strings.Contains(string(x.Body), hopeless):
						x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
					case lost == 0:
						return sinktest.ResetBeforeHeaders(x)
					case lost == 1:
						x.Apply()
						x.Answer(sinktest.Reply{Status: []int{408, 409, 500, 502, 504}[random.IntN(5)]})
					default:
						return false
					}
					return true
				})
				r.mayRepeat = testKinds[kind].repeats
				chunks := signIns(records, each)
				for round := 0; len(chunks) > 0; round++ {
					require.Less(t, round, 3000, "still not done: %s", r.logged)
					if round == 200 {
						r.server.SetFault(sinktest.TooLarge(hopeless))
					}
					var back []*Chunk
					for _, c := range chunks {
						if r.Deliver(t.Context(), c).Answer == Retry {
							back = append(back, c)
						}
					}
					chunks = back
				}
				assert.Len(t, r.checkOnce(t, records), 1)
			})
		}
	}
}

// A receiver that refuses the credentials is asked once, says what to do, and gets everything when it is right again.
func TestRefusedRequestKeepsTheRecords(t *testing.T) {
	for status, advice := range map[int]string{401: "check the credentials", 403: "check the credentials", 404: "check the option", 405: "check the option"} {
		for _, kind := range networkKinds() {
			t.Run(fmt.Sprint(kind, status), func(t *testing.T) {
				t.Parallel()
				r := startRig(t, kind, map[string]string{"Timeout": "1s"})
				r.server.SetFault(sinktest.Say(sinktest.Reply{Status: status}))
				chunks := signIns(2000, 100)
				began := time.Now()
				for _, c := range chunks {
					v := r.Deliver(t.Context(), c)
					require.Equal(t, Verdict{Answer: Retry, Left: 100, Reason: v.Reason}, v)
					assert.Contains(t, v.Reason, advice)
				}
				if time.Since(began) < time.Second/2 { // else the machine is too slow to tell
					assert.Equal(t, 1, r.server.Requests())
				}
				assert.Equal(t, 1, strings.Count(r.logged.String(), advice), "said once: %s", r.logged)
				r.server.SetFault(nil)
				require.Eventually(t, func() bool { return r.Deliver(t.Context(), chunks[0]).Answer == OK }, 10*time.Second, 50*time.Millisecond)
				for _, c := range chunks[1:] {
					require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
				}
				assert.Empty(t, r.checkOnce(t, 2000))
			})
		}
	}
}

// A receiver that judges the request and not the records keeps Fluent Bit's records, whatever the status.
func TestNoOtherStatusRefusesRecords(t *testing.T) {
	for status := 300; status < 600; status++ {
		if status == 400 || status == 413 || status == 422 {
			continue
		}
		r := startRig(t, HTTP, nil)
		r.server.SetFault(sinktest.Say(sinktest.Reply{Status: status}))
		v := r.Deliver(t.Context(), signIns(3, 3)[0])
		require.Equal(t, Verdict{Answer: Retry, Left: 3, Reason: v.Reason}, v, status)
		r.server.Stop()
	}
}

// A receiver that took requests until a moment ago, and then finds everything too large, has not judged a single record.
func TestTooLargeFromNowOn(t *testing.T) {
	for _, kind := range networkKinds() {
		t.Run(kind, func(t *testing.T) {
			r := startRig(t, kind, map[string]string{"Timeout": "400ms"})
			chunks := signIns(2000, 200)
			require.Equal(t, OK, r.Deliver(t.Context(), chunks[0]).Answer)
			var requests atomic.Int64
			r.server.SetFault(func(x *sinktest.Exchange) bool {
				if requests.Add(1) == 1 {
					return false // the first batch of the chunk
				}
				x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
				return true
			})
			for _, c := range chunks[1:] {
				v := r.Deliver(t.Context(), c)
				require.Equal(t, Retry, v.Answer)
				require.Zero(t, v.Refused, v.Reason)
			}
			r.server.SetFault(sinktest.TooLarge(marker(777), marker(778)))
			for end := time.Now().Add(time.Minute); len(chunks) > 1; time.Sleep(5 * time.Millisecond) {
				require.True(t, time.Now().Before(end), "still not done: %s", r.logged)
				chunks = append(chunks[:1], slices.DeleteFunc(chunks[1:], func(c *Chunk) bool {
					return r.Deliver(t.Context(), c).Answer == OK
				})...)
			}
			assert.ElementsMatch(t, []int{777, 778}, r.checkOnce(t, 2000), "what is too large itself is refused")
		})
	}
}

// After a 504 the records may be stored, so the next attempt makes the same request, whatever was learnt in between.
func TestGatewayTimeoutKeepsTheRequest(t *testing.T) {
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "5M"})
	r.server.SetFault(sinktest.First(1, func(x *sinktest.Exchange) bool {
		x.Apply()
		x.Answer(sinktest.Reply{Status: http.StatusGatewayTimeout})
		return true
	}))
	chunk := signIns(5000, 5000)[0]
	require.Equal(t, Retry, r.Deliver(t.Context(), chunk).Answer)
	r.sink.(*network).limit.refused(1, time.Now())
	require.Equal(t, OK, r.Deliver(t.Context(), chunk).Answer)
	assert.Equal(t, 2, r.server.Requests())
	assert.Empty(t, r.checkOnce(t, 5000))
}

// A receiver that finds every request too large costs a few requests, not two for every record.
func TestTooLargeForEverIsBounded(t *testing.T) {
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "5M"})
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: http.StatusRequestEntityTooLarge}))
	v := r.Deliver(t.Context(), signIns(5000, 5000)[0])
	assert.Equal(t, Retry, v.Answer)
	assert.Zero(t, v.Refused)
	assert.Less(t, r.server.Requests(), 50)
	assert.Contains(t, v.Reason, "413")
	assert.Contains(t, v.Reason, "raise its limit for the size of a request")
}

// The requests of one chunk begin within twice Timeout, however many there would be.
func TestFlushHasADeadline(t *testing.T) {
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "2000", "Timeout": "300ms"})
	r.server.SetFault(func(*sinktest.Exchange) bool {
		time.Sleep(100 * time.Millisecond)
		return false
	})
	chunk := signIns(1000, 1000)[0]
	began := time.Now()
	v := r.Deliver(t.Context(), chunk)
	assert.Equal(t, Retry, v.Answer)
	assert.Less(t, time.Since(began), 5*time.Second)
	assert.NotZero(t, v.Delivered)
	assert.Contains(t, v.Reason, "was not done within 2 times 300ms (option Timeout)")
	r.server.SetFault(nil)
	for v.Answer == Retry {
		v = r.Deliver(t.Context(), chunk)
	}
	assert.Empty(t, r.checkOnce(t, 1000))
}

// What was learnt about a size is forgotten, and never keeps a batch small for the sake of one record.
func TestLimit(t *testing.T) {
	var l sizeLimit
	now := time.Now()
	assert.False(t, l.exceeded(1<<30, now))
	l.refused(300<<10, now)
	assert.True(t, l.exceeded(300<<10, now))
	assert.False(t, l.exceeded(300<<10-1, now))
	l.refused(400<<10, now)
	assert.True(t, l.exceeded(300<<10, now), "the smaller one counts")
	l.refused(1<<10, now)
	assert.False(t, l.exceeded(leastLimit-1, now))
	assert.True(t, l.exceeded(leastLimit, now))
	assert.False(t, l.exceeded(1<<30, now.Add(limitFor)))
}
