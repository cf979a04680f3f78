package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// MaxCode is the largest error code. Known codes have at most seven digits; nine digits leave room and fit into 32 bits.
const MaxCode = 999_999_999

// An Entry describes one error code.
type Entry struct {
	Code        uint32
	Name        string // Microsoft's symbolic name, or "" if none is published
	Description string // one sentence: what happened to the sign-in
	Severity    Severity
	Outcome     Outcome
	Credential  Credential
	Source      Source
	Category    Category
	Action      string // one sentence: what to do next, or ""
	Technique   string // MITRE ATT&CK ids, separated by one space, or ""
}

// Techniques returns the ATT&CK ids as a list, which may be empty.
func (e *Entry) Techniques() []string { return strings.Fields(e.Technique) }

// A Catalog is an immutable set of entries with unique codes.
type Catalog struct {
	entries   []Entry          // ascending by code
	positions map[uint32]int32 // code → position among the entries
	hasZero   bool             // code 0, which comes first and is the code of most records
	names     map[string]int32 // lower-case name → position; only names that belong to a single code
}

//go:embed codes.csv
var embedded []byte

// Embedded returns the catalog that is embedded into the program. The first call parses it.
var Embedded = sync.OnceValue(func() *Catalog {
	c, err := parse("codes.csv", embedded)
	if err != nil {
		// A test parses the same bytes, so a program built from a tested tree cannot get here.
		panic(err)
	}
	return c
})

func build(entries []Entry) *Catalog {
	slices.SortFunc(entries, func(a, b Entry) int { return int(a.Code) - int(b.Code) })
	c := &Catalog{
		entries:   entries,
		positions: make(map[uint32]int32, len(entries)),
		names:     make(map[string]int32),
	}
	c.hasZero = len(entries) > 0 && entries[0].Code == 0
	shared := make(map[string]bool)
	for i := range entries {
		c.positions[entries[i].Code] = int32(i)
		name := strings.ToLower(entries[i].Name)
		if name == "" || shared[name] {
			continue
		}
		if _, twice := c.names[name]; twice {
			delete(c.names, name)
			shared[name] = true
			continue
		}
		c.names[name] = int32(i)
	}
	return c
}

// Len returns the number of entries.
func (c *Catalog) Len() int { return len(c.entries) }

// Find returns the position of a code among the entries, for callers that keep a parallel table of their own.
func (c *Catalog) Find(code uint32) (i int, ok bool) {
	if code == 0 {
		return 0, c.hasZero
	}
	at, ok := c.positions[code]
	return int(at), ok
}

// At returns the entry at position i, where 0 ≤ i < Len. Entries are in ascending order of codes and must not be modified.
func (c *Catalog) At(i int) *Entry { return &c.entries[i] }

// Lookup returns the entry of a code, and false if the catalog does not have the code.
func (c *Catalog) Lookup(code uint32) (*Entry, bool) {
	i, ok := c.Find(code)
	if !ok {
		return nil, false
	}
	return &c.entries[i], true
}

// formerNames maps names that Microsoft has replaced, in lower case, to their codes. Old records and runbooks contain such names.
var formerNames = map[string]uint32{
	"selectuseraccount":             16000,
	"invalidmultipleresroucesscope": 700022, // misspelled by Microsoft
}

// LookupName returns the entry with a symbolic name, ignoring case. Names that Microsoft has replaced are found too. Names that several
// codes share are not. Records of the Office 365 Management Activity API may contain the name instead of the code.
func (c *Catalog) LookupName(name string) (*Entry, bool) {
	name = strings.ToLower(name)
	if i, ok := c.names[name]; ok {
		return &c.entries[i], true
	}
	if code, ok := formerNames[name]; ok {
		return c.Lookup(code)
	}
	return nil, false
}

// ParseCode parses an error code such as 50126, AADSTS50126 or aadsts50126.
func ParseCode(text string) (uint32, error) {
	digits := text
	if len(text) > 6 && strings.EqualFold(text[:6], "AADSTS") {
		digits = text[6:]
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n > MaxCode || digits[0] == '+' {
		return 0, fmt.Errorf("code %q: must be a whole number from 0 to %d", text, MaxCode)
	}
	return uint32(n), nil
}
