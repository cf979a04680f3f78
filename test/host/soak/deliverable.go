package main

import (
	"slices"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// deliverable yields the lines that an output writes for an enriched chunk. A group marker is not a record, the output refuses a
// record that is not a map, and nothing behind damage can be delivered.
func deliverable(chunk []byte, yield func(line []byte)) {
	_ = filter.Events(chunk, func(e filter.Event) bool {
		if e.Marker || !isMap(e.Body) {
			return true
		}
		object, _, err := sink.AppendJSON(nil, e.Body)
		if err != nil {
			return true
		}
		if !gjson.GetBytes(object, `\@timestamp`).Exists() {
			object = withTime(object, &e)
		}
		yield(object)
		return true
	})
}

func isMap(body []byte) bool {
	return body[0]&0xf0 == 0x80 || body[0] == 0xde || body[0] == 0xdf
}

// withTime puts the time of the event before the members of an object.
func withTime(object []byte, e *filter.Event) []byte {
	head := append(sink.AppendTime([]byte(`{"@timestamp":"`), e.Sec, e.Nsec), '"')
	if len(object) > len("{}") {
		head = append(head, ',')
	}
	return slices.Concat(head, object[1:])
}
