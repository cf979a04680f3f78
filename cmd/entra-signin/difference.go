package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/terminal"
)

// longestExcerpt is how many characters of the text of a new code are shown.
const longestExcerpt = 200

// compareWith compares the catalog with a published list. The exit status is that of diff: 0 if nothing differs, 1 if something
// differs, 2 after an error.
func (a *app) compareWith(name, overlay string, wanted *selection) error {
	c, err := load(overlay)
	if err != nil {
		return trouble{err}
	}
	list, err := a.published(name)
	if err != nil {
		return trouble{fmt.Errorf("%s: %w", shown(name), plain(err))}
	}
	if n := len(list.skipped); n > 0 {
		a.say("%s: %s skipped; the first has the code %q", shown(name), number(n, "row", "rows"), terminal.Cut(list.skipped[0], 40))
	}
	if list.isPage && wanted.isAll() {
		// Microsoft's page has only some of the codes. A code that the page never had is not gone.
		wanted.sources = []catalog.Source{catalog.Reference}
	}
	d := differenceOf(c, wanted.of(c), list)
	out := bufio.NewWriter(a.out)
	if err = d.write(out); err == nil {
		err = out.Flush()
	}
	if err != nil {
		return trouble{cannotWrite(err)}
	}
	a.say("%s: %s compared with %d of the catalog: %d new, %d gone, %d renamed", shown(name),
		number(len(list.codes), "code", "codes"), d.compared, len(d.added), len(d.gone), len(d.renamed))
	if len(d.added)+len(d.gone)+len(d.renamed) > 0 {
		return failure{}
	}
	return nil
}

func (a *app) published(name string) (*publishedList, error) {
	f, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPublished(f)
}

// A difference is the result of comparing a published list with the catalog. All lists are in ascending order of codes.
type difference struct {
	list     *publishedList
	compared int              // number of entries that were expected in the list
	added    []uint32         // codes that only the list has
	gone     []*catalog.Entry // entries that only the catalog has
	renamed  []*catalog.Entry // entries whose name differs in the list
}

// differenceOf compares a list with a catalog. Expected entries that the list lacks are gone.
func differenceOf(c *catalog.Catalog, expected []*catalog.Entry, list *publishedList) difference {
	d := difference{list: list, compared: len(expected)}
	for _, code := range slices.Sorted(maps.Keys(list.codes)) {
		e, ok := c.Lookup(code)
		name := list.codes[code].name
		switch {
		case !ok:
			d.added = append(d.added, code)
		case name != "" && name != e.Name: // a list without names cannot rename a code
			d.renamed = append(d.renamed, e)
		}
	}
	for _, e := range expected {
		if _, ok := list.codes[e.Code]; !ok {
			d.gone = append(d.gone, e)
		}
	}
	slices.SortFunc(d.gone, func(a, b *catalog.Entry) int { return cmp.Compare(a.Code, b.Code) }) // a search orders entries by relevance
	return d
}

func (d *difference) write(w io.Writer) error {
	for _, code := range d.added {
		p := d.list.codes[code]
		if err := writeDifference(w, "new", code, p.name, terminal.Cut(p.text, longestExcerpt)); err != nil {
			return err
		}
	}
	for _, e := range d.gone {
		if err := writeDifference(w, "gone", e.Code, e.Name, ""); err != nil {
			return err
		}
	}
	for _, e := range d.renamed {
		if err := writeDifference(w, "renamed", e.Code, e.Name, "-> "+d.list.codes[e.Code].name); err != nil {
			return err
		}
	}
	return nil
}

// writeDifference writes one line: what happened, the code, its name or a hyphen, and more if not empty.
func writeDifference(w io.Writer, what string, code uint32, name, more string) error {
	if name == "" {
		name = "-"
	}
	if more != "" {
		more = "  " + more
	}
	_, err := fmt.Fprintf(w, "%-7s  %-9d  %s%s\n", what, code, name, more)
	return err
}
