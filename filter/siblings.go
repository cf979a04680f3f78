package filter

import (
	"slices"
	"strings"
)

// A sibling is a pair that stands beside the records of an envelope: its key, and the whole pair in the encoding of the host.
//
// Records get their siblings because these say where the records came from. Without them, whoever can write a line into a log
// could make an event that nobody can tell from Microsoft's.
type sibling struct {
	key  string
	pair []byte
}

// maxRepeat bounds how much larger splitting makes a record. Every event of an envelope repeats the timestamp, the metadata and
// the siblings, and every row of a table the names of the columns, which could multiply a small input without end. All
// repetitions together may be so many times the length of the envelope, or of the table. Those of real envelopes stay below
// twice.
const maxRepeat = 4

// kafkaKeys are the keys of a message of Fluent Bit's kafka input, but for the payload.
var kafkaKeys = []string{"topic", "partition", "offset", "key", "headers", "error", "timestamp"}

// withoutTransport removes what belongs to the transport of an envelope and says nothing about its records: the keys of a
// Kafka message, and the annotations of a page of Microsoft Graph.
func withoutTransport(level []sibling) []sibling {
	has := func(key string) bool {
		return slices.ContainsFunc(level, func(s sibling) bool { return s.key == key })
	}
	kafka := has("topic") && (has("partition") || has("offset"))
	return slices.DeleteFunc(level, func(s sibling) bool {
		return strings.HasPrefix(s.key, "@odata.") || kafka && slices.Contains(kafkaKeys, s.key)
	})
}

// siblings gathers the siblings of all layers, the innermost first. If several layers have a key, the innermost counts.
func (e *Engine) siblings(levels ...[]sibling) (all []sibling) {
	var taken map[string]bool
	for i, level := range levels {
		if e.options.EnvelopeKey == "" {
			level = withoutTransport(level)
		}
		before := len(all)
		for _, s := range level {
			if !taken[s.key] {
				all = append(all, s)
			}
		}
		if i == len(levels)-1 {
			break
		}
		for _, s := range all[before:] {
			if taken == nil {
				taken = map[string]bool{}
			}
			taken[s.key] = true
		}
	}
	return all
}

// ownKeys tells which siblings a record has itself.
type ownKeys struct {
	siblings []sibling
	few      uint64          // bit n: the record has the key of siblings[n]
	many     map[string]bool // the same if there are more siblings than bits
}

func (o *ownKeys) reset(siblings []sibling) {
	o.siblings, o.few = siblings, 0
	if len(siblings) > 64 {
		o.many = map[string]bool{}
	}
}

// note notes a key of the record.
func (o *ownKeys) note(key string) {
	if o.many != nil {
		o.many[key] = true
		return
	}
	for i := range o.siblings {
		if o.siblings[i].key == key {
			o.few |= 1 << i
		}
	}
}

func (o *ownKeys) has(i int) bool {
	return o.few>>i&1 != 0 || o.many[o.siblings[i].key]
}
