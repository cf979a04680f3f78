package sink

import "context"

// Sink is one way to deliver. It is used by several goroutines at once.
type sender interface {
	// Send tries to deliver the records whose outcome is Pending, and sets the outcome of each that the receiver took
	// or refused. What stays Pending is to be retried, and its reason says why. Send keeps nothing of the chunk.
	Send(ctx context.Context, c *Chunk, out []outcome)
	// Close ends what Send left open. No Send runs when it is called.
	Close() error
}

// State is what became of a record.
type state uint8

// The zero State is Pending: a record that a sink says nothing about is sent again, never lost.
const (
	pending   state = iota // to be sent, or sent again
	delivered              // taken by the receiver in this attempt
	refused                // refused for good in this attempt
	done                   // delivered or refused in an earlier attempt
)

// Outcome is the State of one record and, unless all is well, why.
type outcome struct {
	state  state
	status int    // of the protocol, 0 if none was given; 409 with Delivered says that the receiver had the record
	reason string // no secret in it
}

// settle gives the records at these positions one outcome.
func settle(out []outcome, items []item, o outcome) {
	for _, it := range items {
		out[it.pos] = o
	}
}
