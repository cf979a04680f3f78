package filter

import (
	"slices"

	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

// An eventHost is an event whose record may be inside it.
type eventHost struct {
	*pass
	event
}

func (ev *eventHost) jsonOf(v *foundValue) (text string, ok bool) {
	if !ev.mayBeRecords(v) {
		return "", false
	}
	json, ok := jsontext.AppendJSON(make([]byte, 0, (v.end-v.start)*9/8), ev.chunk, v.start)
	return view.String(json), ok
}

// mayBeRecords reports whether a map or list at Json_Key is worth a closer look. Maps of others stand there too, above all the map log of
// the Elastic Common Schema.
func (ev *eventHost) mayBeRecords(v *foundValue) bool {
	e := ev.engine
	in := e.scanner()
	defer in.end()
	n, i, isList := msgpack.ArrayHead(ev.chunk, v.start)
	if !isList {
		n, i = 1, v.start
	}
	for ; n > 0; n-- {
		in.found.reset()
		in.found.scan(e.trie, ev.chunk, i)
		if in.found.seen&(e.masks.candidates|e.masks.lists|e.masks.json) != 0 || e.ofAzure(&in.found) {
			return true
		}
		i = msgpack.Skip(ev.chunk, i)
	}
	return false
}

func (ev *eventHost) parsed(object string) []byte {
	parsed := ev.out.arena.begin()
	// MessagePack is shorter than JSON, but for short floats.
	parsed.write(len(object), func(dst []byte) []byte { return jsontext.AppendMsgpack(dst, object) })
	return parsed.bytes()
}

// split replaces the event by an event for each record of the envelope.
func (ev *eventHost) split(v *foundValue, in *layer) bool {
	var (
		lists, level = ev.open(v)
		texts        []jsonList
		outer        [][]sibling
	)
	if in != nil {
		texts, outer = ev.engine.openLayers(in, msgpackEncoding{})
	}
	s := newSplitter(ev, ev.engine.siblings(append(outer, level)...))
	defer s.in.drop()
	for i := 0; i < len(lists) && s.ok; i++ {
		s.ok = s.eachRecord(lists[i])
	}
	for i := 0; i < len(texts) && s.ok; i++ {
		s.ok = texts[i].eachRecord(s.addJSON)
	}
	return s.end()
}

// A packedList is a list of records in MessagePack: which of listKeys it stands under, and where.
type packedList struct {
	kind  string
	start int
}

// open returns the lists of records of an event, if v is nil, and its siblings: the pairs of its body that hold neither records nor v.
func (ev *eventHost) open(v *foundValue) (lists []packedList, level []sibling) {
	b, known := ev.chunk, ev.engine.listOf(&ev.found)
	for i := ev.body.head; i < ev.body.end; {
		key, _, _ := msgpack.Text(b, i)
		value := msgpack.Skip(b, i)
		next := known.end // of a list: to find its end again would take as long as to enrich it
		if value != known.start || next == 0 {
			next = msgpack.Skip(b, value)
		}
		pair := b[i:next]
		i = next
		if v != nil && v.start >= value && v.start < next {
			continue
		}
		if kind := listKey(key); v == nil && kind != "" {
			n, first, isArray := msgpack.ArrayHead(b, value)
			if isArray && n == 0 {
				continue
			}
			if isArray && ev.hasRecords(kind, n, first) {
				lists = append(lists, packedList{kind, value})
				continue
			}
		}
		if words, _, isText := msgpack.Text(b, value); isText && ev.engine.options.ParseJSON {
			if n := ev.engine.trie.child(key); n != nil && n.rules&ev.engine.masks.json != 0 {
				if object, ok := jsonObject(words); ok {
					pair = jsontext.AppendMsgpack(slices.Clone(pair[:len(pair)-(next-value)]), object)
				}
			}
		}
		level = append(level, sibling{key, pair})
	}
	return lists, level
}

// hasRecords reports whether one of n values, the first of which is at i, is a record, or for tables a table.
func (ev *eventHost) hasRecords(kind string, n uint64, i int) bool {
	for ; n > 0; n-- {
		if _, _, isMap := msgpack.MapHead(ev.chunk, i); isMap && (kind != tablesKey || tableAt(ev.chunk, i).ok) {
			return true
		}
		i = msgpack.Skip(ev.chunk, i)
	}
	return false
}

// eachRecord adds every record of a list. It returns false if an element of the list is not a record, or if there is no room.
func (s *splitter) eachRecord(list packedList) bool {
	b := s.ev.chunk
	n, i, _ := msgpack.ArrayHead(b, list.start)
	if n*s.each > s.left {
		s.microsofts = s.ev.isMicrosofts(i)
		return false
	}
	for ; n > 0; n-- {
		end := msgpack.Skip(b, i)
		if list.kind == tablesKey {
			if !s.eachRow(tableAt(b, i), end-i) {
				return false
			}
		} else if !s.add(b[i:end]) {
			return false
		}
		i = end
	}
	return true
}

// isMicrosofts reports whether the record at i is Microsoft's.
func (ev *eventHost) isMicrosofts(i int) bool {
	e := ev.engine
	in := e.scanner()
	defer in.end()
	in.found.scan(e.trie, ev.chunk, i)
	return e.ofAzure(&in.found) || e.decide(&in.found, ev.state.catalog).verdict != noCode
}

// A splitter makes events of the records of an envelope, one at a time, and enriches them.
type splitter struct {
	ev       *eventHost
	in       *pass    // through one event at a time
	parts    [][]byte // the events so far, but for those in made
	made     piece
	row      []byte    // one row of a table as a record
	enriched []byte    // one enriched event, before siblings are added
	head     []byte    // what each event begins with
	siblings []sibling // what each gets of the envelope
	rest     []byte    // the same as a map, for Envelope_Key; nil without that option
	each     uint64    // bytes that every event repeats
	left     uint64    // how many bytes may still be repeated
	room     int       // how many bytes the events may still have
	ok       bool      // so far
	origins  []Origin  // of the events so far, if they are wanted
	beside   []byte    // what each gets of the envelope, as bytes

	microsofts bool // the envelope was recognized before its records were added
}

func newSplitter(ev *eventHost, siblings []sibling) *splitter {
	s := &splitter{ev: ev, in: ev.engine.begin(nil), made: ev.out.arena.begin(), head: ev.chunk[ev.start:ev.header.body], siblings: siblings, ok: true}
	s.in.fromEnvelope = true
	s.in.use(ev.state)
	s.each = uint64(len(s.head))
	if ev.engine.options.EnvelopeKey != "" {
		s.rest = mapOf(s.siblings)
		s.siblings = nil
		s.each += uint64(len(s.rest))
	}
	for _, beside := range s.siblings {
		s.each += uint64(len(beside.pair))
	}
	if ev.traced {
		for _, beside := range siblings {
			s.beside = append(s.beside, beside.pair...)
		}
	}
	s.left = maxRepeat * uint64(ev.body.end-ev.start)
	s.room = ev.out.limit - ev.out.Size
	return s
}

// add makes an event of a record. It returns false if the record is not a map, or one too many.
func (s *splitter) add(record []byte) bool {
	return s.start() && s.finish(append(s.in.scratch, record...), record)
}

// addJSON is add for the record in JSON that a text begins with. It returns the length of the record.
func (s *splitter) addJSON(from string) (length int, ok bool) {
	if !s.start() {
		return 0, false
	}
	b, length := jsontext.AppendFirst(s.in.scratch, from)
	return length, s.finish(b, view.Bytes(from[:length]))
}

// start begins an event, if there is room for what every event repeats.
func (s *splitter) start() bool {
	if s.each > s.left {
		return false
	}
	s.left -= s.each
	s.in.scratch = append(s.in.scratch[:0], s.head...)
	return true
}

// finish enriches the event b, made of a record, and adds it to the output.
func (s *splitter) finish(b, record []byte) bool {
	if _, _, isMap := msgpack.MapHead(b, len(s.head)); !isMap {
		return false
	}
	in, out := s.in, s.in.out
	b = s.ev.engine.finishEvent(b, s.ev.header.shift(-s.ev.start), s.rest)
	in.scratch, in.chunk, out.chunk, out.Size = b, b, b, len(b)
	before := out.Counts.NoCode
	in.enrichEvent(0)
	if s.ev.traced {
		s.origins = append(s.origins, Origin{Record: record, Beside: s.beside, SignIn: out.Counts.NoCode == before})
	}
	if s.room -= out.Size; s.room < 0 {
		return false
	}
	if len(s.siblings) == 0 {
		s.keep(out.Size, out.AppendTo)
	} else {
		s.enriched = withSiblings(out.AppendTo(s.enriched[:0]), s.siblings)
		s.keep(len(s.enriched), func(dst []byte) []byte { return append(dst, s.enriched...) })
	}
	in.resetForNext()
	return true
}

// keep adds an event of n bytes to those made so far. If the arena needs a new block, the events so far stay in the old one.
func (s *splitter) keep(n int, appendTo func(dst []byte) []byte) {
	if !s.made.fits(n) && len(s.made.bytes()) > 0 {
		s.parts = append(s.parts, s.made.bytes())
		s.made = s.ev.out.arena.begin()
	}
	s.made.write(n, appendTo)
}

// end replaces the envelope by the events.
func (s *splitter) end() bool {
	ev := s.ev
	if !s.ok || len(s.parts)+len(s.made.bytes()) == 0 || !ev.merge(s.in) {
		if !s.ok && (s.microsofts || s.in.hasMicrosofts()) {
			ev.out.Counts.Unsplit++
		}
		s.made.drop()
		return false
	}
	ev.out.Origins = append(ev.out.Origins, s.origins...)
	start := ev.start
	for _, part := range append(s.parts, s.made.bytes()) {
		ev.out.edit(start, ev.body.end, part)
		start = ev.body.end
	}
	return true
}

// mapOf returns a MessagePack map of pairs.
func mapOf(pairs []sibling) []byte {
	m := msgp.AppendMapHeader(nil, uint32(len(pairs)))
	for _, p := range pairs {
		m = append(m, p.pair...)
	}
	return m
}

// withSiblings adds siblings to the map of the event b, except those whose key the map has.
func withSiblings(b []byte, siblings []sibling) []byte {
	h, _ := readHeader(b, 0)
	n, head, _ := msgpack.MapHead(b, h.body)
	var own ownKeys
	own.reset(siblings)
	for i := head; i < len(b); i = msgpack.Skip(b, msgpack.Skip(b, i)) {
		if key, _, ok := msgpack.Text(b, i); ok {
			own.note(key)
		}
	}
	for i := range siblings {
		if !own.has(i) {
			b = append(b, siblings[i].pair...)
			n++
		}
	}
	var room [5]byte
	wide := appendMapHead(room[:0], n, head-h.body)
	if more := len(wide) - (head - h.body); more > 0 {
		b = append(b, room[:more]...)
		copy(b[head+more:], b[head:])
	}
	copy(b[h.body:], wide)
	return b
}

// finishEvent gives an event from an envelope, which is all of b, what Envelope_Key and Time_From_Record want.
func (e *Engine) finishEvent(b []byte, h header, rest []byte) []byte {
	if rest != nil {
		b = appendEnvelope(b, h.body, e.options.EnvelopeKey, rest)
	}
	if !e.options.TimeFromRecord {
		return b
	}
	if stamp, ok := e.timeOf(b, h.body); ok {
		tail := append([]byte(nil), b[msgpack.Skip(b, h.stamp):]...)
		b = append(append(b[:h.stamp], stamp[:]...), tail...)
	}
	return b
}

// appendEnvelope adds the rest of the envelope to the map at body, which ends b, unless the map has that key itself.
func appendEnvelope(b []byte, body int, key string, rest []byte) []byte {
	pairs, head, _ := msgpack.MapHead(b, body)
	for i := head; i < len(b); {
		if own, _, ok := msgpack.Text(b, i); ok && own == key {
			return b
		}
		i = msgpack.Skip(b, msgpack.Skip(b, i))
	}
	own := append([]byte(nil), b[head:]...)
	b = append(msgp.AppendMapHeader(b[:body], uint32(pairs)+1), own...)
	return append(msgp.AppendString(b, key), rest...)
}

// timeOf returns the time that the record at body states, as a timestamp of Fluent Bit.
func (e *Engine) timeOf(b []byte, body int) (stamp [10]byte, ok bool) {
	in := e.scanner()
	defer in.end()
	in.found.scan(e.trie, b, body)
	return e.stampOf(&in.found)
}
