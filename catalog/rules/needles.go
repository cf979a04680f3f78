package rules

// needles finds several texts in one pass over another (Wu and Manber): by two letters of the text it knows how far the next place
// where one of them could end is away. User agents are long, and every record has one, so reading each letter for each needle would
// cost more than everything else that the rules do.
type needles struct {
	list   []needle
	length int               // of the shortest
	shift  [1 << 10]uint8    // by two letters that end at the shortest needle's length: how far to go
	bucket [1 << 10][]uint16 // where the shift is 0: the needles that these letters are in
}

// A needle is a text that is looked for, and the bit of the condition that it is a value of.
type needle struct {
	lower string
	bit   uint16
}

// minNeedle is the shortest text that may be looked for, in bytes. Shorter ones stand in nearly every text.
const minNeedle = 3

// lower is the lower case of each byte.
var lower = func() (lower [256]uint8) {
	for c := range lower {
		lower[c] = fold(byte(c))
	}
	return lower
}()

func pair(a, b byte) uint { return (uint(lower[a])<<5 ^ uint(lower[b])) & (1<<10 - 1) }

// add looks for one more text.
func (n *needles) add(lower string, bit uint16) { n.list = append(n.list, needle{lower, bit}) }

// prepare is called once, after the last add.
func (n *needles) prepare() {
	if len(n.list) == 0 {
		return
	}
	n.length = len(n.list[0].lower)
	for _, one := range n.list {
		n.length = min(n.length, len(one.lower))
	}
	for i := range n.shift {
		n.shift[i] = uint8(n.length - 1)
	}
	for i, one := range n.list {
		for end := 1; end < n.length; end++ {
			at := pair(one.lower[end-1], one.lower[end])
			n.shift[at] = min(n.shift[at], uint8(n.length-1-end))
		}
		last := pair(one.lower[n.length-2], one.lower[n.length-1])
		n.bucket[last] = append(n.bucket[last], uint16(i))
	}
}

// find sets the bit of each needle that stands in s, in any case, and reports whether there is one.
func (n *needles) find(s string, found *Answer) (stands bool) {
	for end := n.length - 1; uint(end) < uint(len(s)); {
		at := pair(s[end-1], s[end])
		if shift := n.shift[at]; shift != 0 {
			end += int(shift)
			continue
		}
		rest := s[end-n.length+1:]
		for _, i := range n.bucket[at] {
			if one := &n.list[i]; len(rest) >= len(one.lower) && equalFold(rest[:len(one.lower)], one.lower) {
				found.set(one.bit)
				stands = true
			}
		}
		end++
	}
	return stands
}

// plainTexts remembers some texts without a needle. The same few user agents come in nearly all records, and to compare a text with
// one that was searched before takes a fifth of the time of the search.
type plainTexts [16]struct {
	of   *needles
	text []byte
}

// maxPlain is the longest text to remember, in bytes.
const maxPlain = 256

// search is find for a text that may have been searched before.
func (t *plainTexts) search(n *needles, s string, found *Answer) {
	if len(s) < n.length {
		return
	}
	last := &t[(len(s)^int(s[len(s)/2]))%len(t)]
	if last.of == n && string(last.text) == s {
		return
	}
	if !n.find(s, found) && len(s) <= maxPlain {
		last.of, last.text = n, append(last.text[:0], s...)
	}
}
