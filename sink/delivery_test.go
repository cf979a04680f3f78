package sink

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scripted is a sink that does what a test says.
type scripted struct {
	send   func(ctx context.Context, c *Chunk, out []outcome)
	closed atomic.Int32
	err    error
}

func (s *scripted) Send(ctx context.Context, c *Chunk, out []outcome) { s.send(ctx, c, out) }

func (s *scripted) Close() error {
	s.closed.Add(1)
	return s.err
}

func scriptedDelivery(t *testing.T, s *scripted, deadPath string) (*Delivery, *logged) {
	t.Helper()
	var dead *deadLetters
	if deadPath != "" {
		var err error
		dead, err = openDeadLetters(deadPath)
		require.NoError(t, err)
		t.Cleanup(func() { _ = dead.file.close() })
	}
	l := &logged{}
	return newDelivery(s, "sink test", dead, l.log), l
}

func TestDeliverSendsOnlyWhatIsMissing(t *testing.T) {
	var sent [][]int
	s := &scripted{send: func(_ context.Context, _ *Chunk, out []outcome) {
		var now []int
		for pos := range out {
			if out[pos].state == pending {
				now = append(now, pos)
			}
		}
		sent = append(sent, now)
		switch len(sent) {
		case 1: // 0 delivered, 1 refused, 2 and 3 left
			out[0] = outcome{state: delivered}
			out[1] = outcome{state: refused, status: 400, reason: "wrong"}
			out[2] = outcome{reason: "busy"}
			out[3] = outcome{reason: "busy too"}
		case 2:
			out[3] = outcome{state: delivered, status: 409}
			out[2] = outcome{reason: "still busy"}
		default:
			settle(out, []item{{pos: now[0]}}, outcome{state: delivered})
		}
	}}
	d, l := scriptedDelivery(t, s, "")
	c := signIns(4, 4)[0]
	assert.Equal(t, Verdict{Answer: Retry, Delivered: 1, Refused: 1, Left: 2, Reason: "busy"}, d.Deliver(t.Context(), c))
	assert.Equal(t, Verdict{Answer: Retry, Delivered: 1, Left: 1, Reason: "still busy"}, d.Deliver(t.Context(), c))
	assert.Equal(t, Verdict{Answer: OK, Delivered: 1}, d.Deliver(t.Context(), c))
	assert.Equal(t, [][]int{{0, 1, 2, 3}, {2, 3}, {2}}, sent)
	assert.Equal(t, Stats{Delivered: 3, Existing: 1, Refused: 1, Retried: 3}, d.Stats())
	assert.Contains(t, l.String(), "1 of 4 records are refused for good, they are dropped; set Dead_Letter_File to keep them; the first: wrong")
	assert.Contains(t, l.String(), "2 of 4 records are left for a retry: busy")
	assert.Contains(t, l.String(), "delivery works again")
}

func TestDeliverOfAllRefusedIsOK(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead")
	s := &scripted{send: func(_ context.Context, _ *Chunk, out []outcome) {
		for pos := range out {
			out[pos] = outcome{state: refused, status: 400, reason: "not allowed"}
		}
	}}
	d, l := scriptedDelivery(t, s, path)
	assert.Equal(t, Verdict{Answer: OK, Refused: 3}, d.Deliver(t.Context(), signIns(3, 3)[0]))
	assert.Len(t, fileLines(t, path), 3)
	assert.Contains(t, l.String(), "they go to "+path)
}

func TestDeliverOfNothing(t *testing.T) {
	d, l := scriptedDelivery(t, &scripted{send: func(context.Context, *Chunk, []outcome) {}}, "")
	assert.Equal(t, Verdict{}, d.Deliver(t.Context(), &Chunk{}))
	assert.Empty(t, l.String())
}

func TestRefusedIsNotLostWithoutItsLetter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "dead")
	s := &scripted{send: func(_ context.Context, _ *Chunk, out []outcome) {
		for pos := range out {
			switch {
			case out[pos].state != pending:
			case pos == 1:
				out[pos] = outcome{state: refused, status: 400, reason: "wrong"}
			default:
				out[pos] = outcome{state: delivered}
			}
		}
	}}
	d, l := scriptedDelivery(t, s, path)
	c := signIns(3, 3)[0]

	// A directory in the place of the file: even root cannot write to it.
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Mkdir(path, 0o700))
	v := d.Deliver(t.Context(), c)
	assert.Equal(t, Retry, v.Answer)
	assert.Equal(t, 2, v.Delivered)
	assert.Equal(t, 1, v.Left)
	assert.Zero(t, v.Refused)
	assert.Contains(t, l.String(), "option Dead_Letter_File: ")
	assert.Contains(t, l.String(), "not a regular file")

	require.NoError(t, os.Remove(path))
	assert.Equal(t, Verdict{Answer: OK, Refused: 1}, d.Deliver(t.Context(), c))
	assert.Len(t, fileLines(t, path), 1)
}

func TestDeliverOfEqualChunksAtOnce(t *testing.T) {
	var mu sync.Mutex
	counts := map[int]int{}
	attempts := 0
	s := &scripted{send: func(_ context.Context, _ *Chunk, out []outcome) {
		mu.Lock()
		defer mu.Unlock()
		attempts++
		for pos := range out {
			if out[pos].state == pending && (pos+attempts)%3 == 0 {
				out[pos] = outcome{state: delivered}
				counts[pos]++
			}
		}
	}}
	d, _ := scriptedDelivery(t, s, "")
	c := signIns(100, 100)[0]
	const equal = 8
	var all sync.WaitGroup
	for range equal {
		all.Go(func() {
			for d.Deliver(t.Context(), c).Answer != OK {
				runtime.Gosched()
			}
		})
	}
	all.Wait()
	for pos := range c.Records {
		assert.Equal(t, equal, counts[pos], "record %d", pos)
	}
}

func TestCloseWaits(t *testing.T) {
	started, finish := make(chan struct{}), make(chan struct{})
	s := &scripted{err: errors.New("from the sink")}
	s.send = func(_ context.Context, _ *Chunk, out []outcome) {
		close(started)
		<-finish
		out[0].state = delivered
	}
	d, _ := scriptedDelivery(t, s, "")
	verdict := make(chan Verdict)
	go func() { verdict <- d.Deliver(context.Background(), signIns(1, 1)[0]) }()
	<-started
	closed := make(chan error)
	go func() { closed <- d.Close(context.Background()) }()
	assert.Zero(t, s.closed.Load())
	close(finish)
	assert.Equal(t, OK, (<-verdict).Answer)
	assert.ErrorIs(t, <-closed, s.err)
	assert.EqualValues(t, 1, s.closed.Load())
	require.NoError(t, d.Close(context.Background()), "a second time")
	assert.EqualValues(t, 1, s.closed.Load())

	v := d.Deliver(context.Background(), signIns(1, 1)[0])
	assert.Equal(t, Verdict{Answer: Retry, Left: 1, Reason: "the output is closed"}, v)
}

// A host may flush while the output exits. The flush must come back although another one keeps Close waiting.
func TestDeliverDoesNotWaitForClose(t *testing.T) {
	started, finish := make(chan struct{}), make(chan struct{})
	var sends atomic.Int64
	s := &scripted{send: func(_ context.Context, _ *Chunk, out []outcome) {
		if sends.Add(1) == 1 {
			close(started)
			<-finish
		}
		out[0].state = delivered
	}}
	d, _ := scriptedDelivery(t, s, "")
	first, closed := make(chan Verdict), make(chan error)
	go func() { first <- d.Deliver(context.Background(), signIns(1, 1)[0]) }()
	<-started
	go func() { closed <- d.Close(context.Background()) }()
	assert.Eventually(t, func() bool { return d.Deliver(context.Background(), signIns(1, 1)[0]).Answer == Retry },
		10*time.Second, time.Millisecond)
	close(finish)
	assert.Equal(t, OK, (<-first).Answer)
	require.NoError(t, <-closed)
}

func TestCloseCancelsWhenItsTimeIsUp(t *testing.T) {
	started := make(chan struct{})
	s := &scripted{send: func(ctx context.Context, _ *Chunk, out []outcome) {
		close(started)
		<-ctx.Done()
		out[0].reason = "stopped"
	}}
	d, _ := scriptedDelivery(t, s, "")
	verdict := make(chan Verdict)
	go func() { verdict <- d.Deliver(context.Background(), signIns(1, 1)[0]) }()
	<-started
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	require.NoError(t, d.Close(ctx))
	assert.Equal(t, Retry, (<-verdict).Answer)
}
