package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

// ownCode is a code that only the catalog file and the probes have.
const ownCode = 999_000_001

// contents are the contents that the catalog file may have. The plugin activates the good ones.
var contents = []struct {
	name, text string
	good       bool
}{
	{"good, severity low", "code,description,severity\n999000001,Ours.,low\n", true},
	{"good, severity high", "code,description,severity\n999000001,Ours.,high\n999000002,Another.,low\n", true},
	{"good, without the code", "code,description,severity\n999000003,Another.,low\n", true},
	{"good, thousands of rows", "code,description,severity\n" + manyRows(3000), true},
	{"bad severity", "code,description,severity\n999000001,Ours.,dreadful\n", false},
	{"bad row", "code,description,severity\n999000001,\"Ours.,low\n", false},
	{"no CSV", "\x7fELF\x02\x01\x01\x00\x00\x00\n", false},
	{"empty", "", false},
	{"missing", "", false},
	{"a folder", "", false},
	{"too large", strings.Repeat("x", 17<<20), false},
}

func manyRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,One of many.,low\n", 999_100_000+i)
	}
	return b.String()
}

// A catalogFile replaces the Catalog file of the first filter.
type catalogFile struct {
	path  string
	rand  *rand.Rand
	put   tally
	mu    sync.Mutex // held while the content must stay
	good  bool       // the content of now
	turns int
}

// replace replaces the content of the file, for a reader in one step.
func (c *catalogFile) replace(n int) error {
	content := contents[n]
	c.put.add(content.name)
	c.good = content.good
	c.turns++
	next := fmt.Sprintf("%s.%d", c.path, c.turns)
	if content.name == "missing" || content.name == "a folder" {
		if err := os.RemoveAll(c.path); err != nil || content.name == "missing" {
			return err
		}
		return os.Mkdir(c.path, 0o750)
	}
	if err := os.WriteFile(next, []byte(content.text), 0o600); err != nil {
		return err
	}
	if info, err := os.Stat(c.path); err == nil && info.IsDir() {
		if err := os.Remove(c.path); err != nil {
			return err
		}
	}
	return os.Rename(next, c.path)
}

// another replaces the content by one that is usually good. The largest file is rare.
func (c *catalogFile) another() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.rand.IntN(len(contents))
	if contents[n].name == "too large" && c.rand.IntN(20) > 0 {
		n = 0
	}
	return c.replace(n)
}

func (c *catalogFile) run(done <-chan struct{}, fail func(error)) {
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Duration(100+c.rand.IntN(500)) * time.Millisecond):
		}
		if err := c.another(); err != nil {
			fail(err)
			return
		}
	}
}

// probes returns, for each catalog that a filter may have, an engine that does what the filter does.
func probes(options []string) (map[string]*filter.Engine, error) {
	list := make(map[string]*filter.Engine)
	for _, content := range contents {
		if !content.good || strings.HasSuffix(content.name, "rows") {
			continue // with the rows it is as without the code
		}
		c, err := catalog.Embedded().Overlay("", strings.NewReader(content.text))
		if err != nil {
			return nil, err
		}
		if list[content.name], err = newEngine(c, options); err != nil {
			return nil, err
		}
	}
	return list, nil
}
