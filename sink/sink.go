package sink

import "context"

// Sink is one way to deliver. It is used by several goroutines at once.
type Sink interface {
	// Send tries to deliver the records whose outcome is Pending, and sets the outcome of each that the receiver took
	// or refused. What stays Pending is to be retried, and its reason says why. Send keeps nothing of the chunk.
	Send(ctx context.Context, c *Chunk, out []Outcome)
	// Close ends what Send left open. No Send runs when it is called.
	Close() error
}

// State is what became of a record.
type State uint8

// The zero State is Pending: a record that a sink says nothing about is sent again, never lost.
const (
	Pending   State = iota // to be sent, or sent again
	Delivered              // taken by the receiver in this attempt
	Refused                // refused for good in this attempt
	Done                   // delivered or refused in an earlier attempt
)

// Outcome is the State of one record and, unless all is well, why.
type Outcome struct {
	State  State
	Status int    // of the protocol, 0 if none was given; 409 with Delivered says that the receiver had the record
	Reason string // no secret in it
}

// settle gives the records at these positions one outcome.
func settle(out []Outcome, items []item, o Outcome) {
	for _, it := range items {
		out[it.pos] = o
	}
}
