package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"
)

// A capture is one event of Event Hubs as Capture writes it: a record Microsoft.ServiceBus.Messaging.EventData. Its other fields
// say where the event was in the hub. (Microsoft, "Explore captured Avro files in Azure Event Hubs".)
type capture struct {
	Body *[]byte `avro:"Body"`
}

// captureSchema is what is read of a record; what else it has is passed over.
var captureSchema = avro.MustParse(`{"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging",` +
	`"fields":[{"name":"Body","type":["null","bytes"]}]}`)

// avro reads the bodies of the events of a capture, which are JSON as Azure Monitor sends it to an event hub.
func (r *Reader) avro(name string, src io.Reader) error {
	in, err := ocf.NewReader(src, ocf.WithReaderSchema(captureSchema))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("damaged Avro file, it may be cut short: %w", err)
	}
	if err != nil {
		return fmt.Errorf("damaged Avro file, or none that Event Hubs Capture wrote: %w", err)
	}
	defer in.Close()
	if !bytes.Contains(in.Metadata()["avro.schema"], []byte(`"Body"`)) {
		return errors.New("must be Avro as Event Hubs Capture writes it: records EventData with a Body")
	}
	return r.json(name, &bodies{in: in})
}

// bodies is the text of the bodies, each on a line of its own.
type bodies struct {
	in     *ocf.Reader
	event  capture
	rest   []byte
	events int
}

func (b *bodies) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		b.event.Body = nil
		err := b.in.Decode(&b.event)
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("damaged Avro file, after %d events: %w", b.events, err)
		}
		b.events++
		if b.event.Body != nil {
			b.rest = append(*b.event.Body, '\n')
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}
