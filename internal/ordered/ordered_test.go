package ordered

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type square struct{ n, result int }

func TestOrderIsKept(t *testing.T) {
	const items = 2000
	for _, workers := range []int{1, 2, 7} {
		used := make([]atomic.Bool, workers)
		var got []int
		err := Run(context.Background(), workers, func(emit func(*square) error) error {
			for i := range items {
				if err := emit(&square{n: i}); err != nil {
					return err
				}
			}
			return nil
		}, func(worker int, s *square) {
			used[worker].Store(true)
			if rand.IntN(20) == 0 {
				time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
			}
			s.result = s.n * s.n
		}, func(s *square) error {
			got = append(got, s.result)
			return nil
		})
		require.NoError(t, err)
		require.Len(t, got, items)
		for i := range got {
			require.Equal(t, i*i, got[i])
		}
		for i := range used {
			assert.True(t, used[i].Load(), "worker %d of %d", i, workers)
		}
	}
}

func TestErrors(t *testing.T) {
	broken := errors.New("broken")
	none := func(int, int) {}
	consumed := 0
	count := func(int) error { consumed++; return nil }
	err := Run(context.Background(), 2, func(emit func(int) error) error {
		for range 3 {
			require.NoError(t, emit(1))
		}
		return broken
	}, none, count)
	assert.Equal(t, broken, err)
	assert.Equal(t, 3, consumed, "what came before the error is consumed")

	produced := make(chan error, 1)
	err = Run(context.Background(), 2, func(emit func(int) error) error {
		for {
			if err := emit(1); err != nil {
				produced <- err
				return err
			}
		}
	}, none, func(int) error { return broken })
	assert.Equal(t, broken, err)
	assert.Error(t, <-produced, "the producer learns that nothing more is wanted")
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	hang := make(chan struct{})
	defer close(hang)
	consumed := 0
	err := Run(ctx, 2, func(emit func(int) error) error {
		for i := range 3 {
			require.NoError(t, emit(i))
		}
		cancel()
		<-hang // in a read
		return nil
	}, func(int, int) {}, func(int) error { consumed++; return nil })
	assert.Equal(t, context.Canceled, err)
	assert.Equal(t, 3, consumed)

	err = Run(ctx, 2, func(emit func(int) error) error { return emit(1) }, func(int, int) {}, func(int) error { return nil })
	assert.Equal(t, context.Canceled, err, "it has ended before")
}
