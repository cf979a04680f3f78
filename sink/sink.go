package sink

import "context"

// A sender is an open sink. Several goroutines use it at once.
type sender interface {
	// Send tries to deliver the records whose outcome is pending, and sets the outcome of each record that the receiver took or
	// refused. A record that stays pending will be sent again; its reason says why. Send keeps nothing of the chunk.
	Send(ctx context.Context, c *Chunk, out []outcome)
	// Close releases files and connections. No Send runs at that time.
	Close() error
}

// state is what became of a record.
type state uint8

// The zero state is pending: a record that a sink does not mention is sent again, never lost.
const (
	pending   state = iota // to be sent, or sent again
	delivered              // taken by the receiver in this attempt
	refused                // refused for good in this attempt
	done                   // delivered or refused in an earlier attempt
)

// An outcome is the state of one record and, unless the record was delivered, the reason.
type outcome struct {
	state  state
	status int    // of the protocol, 0 for none; 409 with delivered means that the receiver had the record
	reason string // without secrets
}

// settle gives all items the same outcome.
func settle(out []outcome, items []item, o outcome) {
	for _, it := range items {
		out[it.pos] = o
	}
}
