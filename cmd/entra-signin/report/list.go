package report

import "iter"

// A list is a slice that grows without a copy of what it holds: a place in it stays where it is until the list is cut.
type list[T any] struct {
	chunks [][]T
	n      int
}

const chunk = 1 << 10

func (l *list[T]) len() int { return l.n }

// at returns a place below len.
func (l *list[T]) at(i uint32) *T { return &l.chunks[i/chunk][i%chunk] }

// add adds a value and returns its place.
func (l *list[T]) add(value T) (uint32, *T) {
	if l.n == len(l.chunks)*chunk {
		l.chunks = append(l.chunks, make([]T, chunk))
	}
	i := uint32(l.n)
	l.n++
	p := l.at(i)
	*p = value
	return i, p
}

// cut drops what is not below n.
func (l *list[T]) cut(n int) {
	l.chunks = l.chunks[: (n+chunk-1)/chunk : (n+chunk-1)/chunk]
	if rest := n % chunk; rest > 0 {
		clear(l.chunks[len(l.chunks)-1][rest:])
	}
	l.n = n
}

// all yields the places in order.
func (l *list[T]) all() iter.Seq2[uint32, *T] {
	return func(yield func(uint32, *T) bool) {
		for i := range uint32(l.n) {
			if !yield(i, l.at(i)) {
				return
			}
		}
	}
}
