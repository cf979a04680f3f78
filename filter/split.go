package filter

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/tinylib/msgp/msgp"
)

// An event is one of a chunk: r.chunk[start:body.end].
type event struct {
	*Result
	start  int
	header header
	body   container
}

func (ev *event) parsed(object string) []byte {
	p := ev.arena.begin()
	p.room(len(object)) // MessagePack is shorter but for short floats
	p.arena.block = appendMsgpack(p.arena.block, object)
	return p.bytes()
}

func (ev *event) split(v *value, in *layer) bool {
	e := ev.engine
	lists, level := ev.open(v)
	var texts []jsonList
	levels := [][]sibling{level}
	if in != nil {
		var inner []sibling
		texts, inner = e.open(in, msgpackEncoding{})
		levels = append(append([][]sibling{inner}, e.levels(in, msgpackEncoding{})...), level)
	}
	s := ev.begin(e.siblings(levels...))
	defer s.in.Release()
	for i := 0; i < len(lists) && s.ok; i++ {
		s.ok = s.eachRecord(lists[i])
	}
	for i := 0; i < len(texts) && s.ok; i++ {
		s.ok = texts[i].eachRecord(s.addJSON)
	}
	return s.end()
}

// A list with records in MessagePack: which of listKeys it stands under, and where.
type packedList struct {
	kind  string
	start int
}

// open returns the lists with records of an event, where v is nil, and the pairs of its body that hold neither records nor v.
func (ev *event) open(v *value) (lists []packedList, level []sibling) {
	b, known := ev.chunk, ev.list()
	for i := ev.body.head; i < ev.body.end; {
		key, _, _ := text(b, i)
		value := skip(b, i)
		next := known.end // of a list: to find its end again would take as long as to enrich it
		if value != known.start || next == 0 {
			next = skip(b, value)
		}
		pair := b[i:next]
		i = next
		if v != nil && v.start >= value && v.start < next {
			continue
		}
		if kind := listKey(key); v == nil && kind != "" {
			n, first, isArray := arrayHead(b, value)
			if isArray && n == 0 {
				continue
			}
			if isArray && ev.hasRecords(kind, n, first) {
				lists = append(lists, packedList{kind, value})
				continue
			}
		}
		if words, _, isText := text(b, value); isText && ev.engine.options.ParseJSON {
			if n := ev.engine.root.child(key); n != nil && n.places&ev.engine.masks.json != 0 {
				if object, ok := jsonObject(words); ok {
					pair = appendMsgpack(slices.Clone(pair[:len(pair)-(next-value)]), object)
				}
			}
		}
		level = append(level, sibling{key, pair})
	}
	return lists, level
}

// hasRecords reports whether one of n values, the first of which is at i, is a record, or for tables a table.
func (ev *event) hasRecords(kind string, n uint64, i int) bool {
	for ; n > 0; n-- {
		if _, _, isMap := mapHead(ev.chunk, i); isMap && (kind != tablesKey || ev.tableAt(i).ok) {
			return true
		}
		i = skip(ev.chunk, i)
	}
	return false
}

// eachRecord adds every record of a list. It returns false where an element of the list is no record, and where there is no
// room.
func (s *splitter) eachRecord(list packedList) bool {
	b := s.ev.chunk
	n, i, _ := arrayHead(b, list.start)
	if n*s.each > s.left {
		s.microsofts = s.ev.isMicrosofts(i)
		return false
	}
	for ; n > 0; n-- {
		end := skip(b, i)
		if list.kind == tablesKey {
			if !s.eachRow(s.ev.tableAt(i), end-i) {
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
func (ev *event) isMicrosofts(i int) bool {
	in := ev.engine.result(nil)
	defer in.Release()
	in.seen.scan(ev.engine.root, ev.chunk, i)
	return in.ofAzure() || ev.engine.decide(&in.seen, ev.state.catalog).verdict != noCode
}

// A table is one of an answer of Log Analytics: the names of its columns, and where the array of its rows begins.
type table struct {
	names []string
	rows  int
	ok    bool
}

// tableAt reads the table at i; ok is false where something else is.
func (ev *event) tableAt(i int) (t table) {
	b := ev.chunk
	columns, rows := bad, bad
	ev.pairs(i, func(key string, value int) {
		switch key {
		case "columns":
			columns = value
		case "rows":
			rows = value
		}
	})
	n, at, isArray := arrayHead(b, columns)
	_, _, hasRows := arrayHead(b, rows)
	if !isArray || !hasRows {
		return t
	}
	t.rows, t.ok = rows, true
	for ; n > 0; n-- {
		name := bad
		ev.pairs(at, func(key string, value int) {
			if key == "name" {
				name = value
			}
		})
		s, _, isText := text(b, name)
		if !isText {
			return table{}
		}
		t.names = append(t.names, s)
		at = skip(b, at)
	}
	return t
}

// pairs calls yield with each text key of the map at i, if there is one, and the index of its value.
func (ev *event) pairs(i int, yield func(key string, value int)) {
	n, i, ok := mapHead(ev.chunk, i)
	for ; ok && n > 0; n-- {
		key, _, isText := text(ev.chunk, i)
		i = skip(ev.chunk, i)
		if isText {
			yield(key, i)
		}
		i = skip(ev.chunk, i)
	}
}

// eachRow adds every row of a table of so many bytes, as a map with the names of the columns. It returns false where a row does not
// fit the columns, and where there is no room.
func (s *splitter) eachRow(t table, size int) bool {
	b := s.ev.chunk
	n, i, ok := arrayHead(b, t.rows)
	if !t.ok || !ok {
		return false
	}
	each, left := 0, maxRepeat*size
	for _, name := range t.names {
		each += len(name)
	}
	for ; n > 0; n-- {
		cells, cell, ok := arrayHead(b, i)
		if left -= each; left < 0 || !ok || cells != uint64(len(t.names)) {
			return false
		}
		s.row = msgp.AppendMapHeader(s.row[:0], uint32(cells))
		for _, name := range t.names {
			next := skip(b, cell)
			s.row = append(msgp.AppendString(s.row, name), b[cell:next]...)
			cell = next
		}
		row := s.row
		if s.ev.traced {
			row = slices.Clone(row) // an origin refers to it
		}
		if !s.add(row) {
			return false
		}
		i = cell
	}
	return true
}

// A splitter makes events of the records of an envelope, one at a time, and enriches them.
type splitter struct {
	ev       *event
	in       *Result
	parts    [][]byte // the events so far, but for those in out
	out      piece
	row      []byte    // one row of a table as a record
	made     []byte    // one enriched event, before siblings are put into it
	head     []byte    // what each event begins with
	siblings []sibling // what each gets of the envelope
	rest     []byte    // the same as a map, where Envelope_Key names a place for it; nil where nothing does
	each     uint64    // bytes that every event repeats
	left     uint64    // how much may be repeated yet
	room     int       // how many bytes the events may have yet
	ok       bool      // so far
	origins  []Origin  // of the events so far, where they are wanted
	beside   []byte    // what each gets of the envelope, as bytes

	microsofts bool // the envelope was recognised before its records were added
}

func (ev *event) begin(siblings []sibling) *splitter {
	s := &splitter{ev: ev, in: ev.engine.result(nil), out: ev.arena.begin(), head: ev.chunk[ev.start:ev.header.body], ok: true}
	s.in.inner, s.in.state = true, ev.state
	s.siblings = siblings
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
	s.room = ev.limit - ev.Size
	return s
}

// add makes an event of a record; false where the record is no map, or one too many.
func (s *splitter) add(record []byte) bool {
	return s.start() && s.finish(append(s.in.scratch, record...), record)
}

// addJSON is add for a record in JSON.
func (s *splitter) addJSON(record string) bool {
	return s.start() && s.finish(appendMsgpack(s.in.scratch, record), bytesOf(record))
}

// start begins an event, if another may repeat what all events repeat.
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
	if _, _, isMap := mapHead(b, len(s.head)); !isMap {
		return false
	}
	in := s.in
	b = s.ev.engine.finish(b, s.ev.header.shift(-s.ev.start), s.rest)
	in.scratch, in.chunk, in.Size = b, b, len(b)
	none := in.Counts.NoCode
	in.enrichEvent(0)
	if s.ev.traced {
		s.origins = append(s.origins, Origin{Record: record, Beside: s.beside, SignIn: in.Counts.NoCode == none})
	}
	if s.room -= in.Size; s.room < 0 {
		return false
	}
	if len(s.siblings) == 0 {
		s.makeRoom(in.Size)
		s.out.arena.block = in.AppendTo(s.out.arena.block)
	} else {
		s.made = withSiblings(in.AppendTo(s.made[:0]), s.siblings)
		s.makeRoom(len(s.made))
		s.out.arena.block = append(s.out.arena.block, s.made...)
	}
	in.next()
	return true
}

// makeRoom makes room for an event of so many bytes. Where the arena needs a new block, the events so far stay in the old one.
func (s *splitter) makeRoom(n int) {
	if block := s.out.arena.block; cap(block)-len(block) < n && len(s.out.bytes()) > 0 {
		s.parts = append(s.parts, s.out.bytes())
		s.out = s.ev.arena.begin()
	}
	s.out.room(n)
}

// end puts the events in the place of the envelope.
func (s *splitter) end() bool {
	ev := s.ev
	if !s.ok || len(s.parts)+len(s.out.bytes()) == 0 || !ev.take(s.in) {
		if !s.ok && (s.microsofts || s.in.ofMicrosoft()) {
			ev.Counts.Unsplit++
		}
		s.out.drop()
		return false
	}
	ev.Origins = append(ev.Origins, s.origins...)
	start := ev.start
	for _, part := range append(s.parts, s.out.bytes()) {
		ev.edit(start, ev.body.end, part)
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

// withSiblings puts pairs into the map of the event b, except those whose key the map has.
func withSiblings(b []byte, siblings []sibling) []byte {
	h, _ := readHeader(b, 0)
	n, head, _ := mapHead(b, h.body)
	var own present
	own.reset(siblings)
	for i := head; i < len(b); i = skip(b, skip(b, i)) {
		if key, _, ok := text(b, i); ok {
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

// shift moves a header by so many bytes.
func (h header) shift(by int) header {
	h.stamp += by
	h.body += by
	if h.metadata != bad {
		h.metadata += by
	}
	return h
}

// finish gives an event, which is all of b, what the options want of one that comes from an envelope.
func (e *Engine) finish(b []byte, h header, rest []byte) []byte {
	if rest != nil {
		b = appendEnvelope(b, h.body, e.options.EnvelopeKey, rest)
	}
	if !e.options.TimeFromRecord {
		return b
	}
	if stamp, ok := e.timeOf(b, h.body); ok {
		tail := append([]byte(nil), b[skip(b, h.stamp):]...)
		b = append(append(b[:h.stamp], stamp[:]...), tail...)
	}
	return b
}

// appendEnvelope puts the rest of the envelope into the map at body, which ends b, unless it has that key itself.
func appendEnvelope(b []byte, body int, key string, rest []byte) []byte {
	pairs, head, _ := mapHead(b, body)
	for i := head; i < len(b); {
		if own, _, ok := text(b, i); ok && own == key {
			return b
		}
		i = skip(b, skip(b, i))
	}
	own := append([]byte(nil), b[head:]...)
	b = append(msgp.AppendMapHeader(b[:body], uint32(pairs)+1), own...)
	return append(msgp.AppendString(b, key), rest...)
}

// timeOf returns the time that the record at body states, as a timestamp of Fluent Bit.
func (e *Engine) timeOf(b []byte, body int) (stamp [10]byte, ok bool) {
	in := e.result(nil)
	defer in.Release()
	in.seen.scan(e.root, b, body)
	return e.stampOf(&in.seen)
}

// stampOf returns the time that a record states at one of its places, as a timestamp of Fluent Bit.
func (e *Engine) stampOf(s *sighting) (stamp [10]byte, ok bool) {
	for seen := s.seen & e.masks.times; seen != 0; seen &= seen - 1 {
		v := &s.values[bits.TrailingZeros64(seen)]
		if v.kind != textual {
			continue
		}
		if t, ok := parseTime(v.text); ok {
			stamp[0] = 0xd7 // ext of 8 bytes, type 0
			binary.BigEndian.PutUint32(stamp[2:], uint32(t.Unix()))
			binary.BigEndian.PutUint32(stamp[6:], uint32(t.Nanosecond()))
			return stamp, true
		}
	}
	return stamp, false
}
