// Command site writes the page of codes: one HTML file in which people search the catalog, for a browser or any static host.
//
//	go run ./internal/site DIR
//
// The page needs no network: styles and script are in the file. Without JavaScript the page is a table of all codes. Every code has the
// stable address #CODE.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/catalog/search"
)

var (
	//go:embed page.html
	layout string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// examples are the codes that users of the project asked for. They are shown first.
var examples = []uint32{50126, 50053, 50057, 50074, 50076, 50079, 50072, 500121, 50203, 502031, 53003, 50105, 50125, 50129, 50133, 50140,
	50155, 50158, 50088, 50089, 70044, 65001, 65002, 90072, 16003, 399218, 500011, 500113, 1000000}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: site DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	page, err := render(catalog.Embedded(), rules.Embedded())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a web server reads it as another user
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), page, 0o644) //nolint:gosec // the same
}

// A code is an entry with everything that the page says about the entry.
type code struct {
	*catalog.Entry
	Credential string
	Meaning    string // of the credential
	Source     string
	Rules      []string
	Near       []uint32 // the codes before and after this one
}

// A choice is a filter with its values.
type choice struct {
	Name, Label string
	Values      []string
}

func render(c *catalog.Catalog, set *rules.Set) ([]byte, error) {
	var codes []code
	var techniques []string
	for i := range c.Len() {
		e := c.At(i)
		one := code{Entry: e, Credential: e.Credential.String(), Meaning: e.Credential.Meaning(), Source: e.Source.Meaning()}
		for _, r := range set.Concerning(e) {
			one.Rules = append(one.Rules, r.Summary())
		}
		if i > 0 {
			one.Near = append(one.Near, c.At(i-1).Code)
		}
		if i+1 < c.Len() {
			one.Near = append(one.Near, c.At(i+1).Code)
		}
		codes = append(codes, one)
		techniques = append(techniques, e.Techniques()...)
	}
	slices.Sort(techniques)
	settings, err := json.Marshal(map[string]any{"examples": examples, "synonyms": search.Synonyms(), "columns": catalog.Columns})
	if err != nil {
		return nil, err
	}
	t, err := template.New("page").Funcs(template.FuncMap{"attack": func(id string) string {
		return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/") + "/"
	}}).Parse(layout)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = t.Execute(&page, map[string]any{
		"Style": template.CSS(style), "Script": template.JS(script), "Settings": template.JS(settings), "Codes": codes, //nolint:gosec // all three are ours
		"Choices": []choice{
			{"severity", "Severity", words(catalog.Severities())},
			{"outcome", "Outcome", words(catalog.Outcomes())},
			{"category", "Category", categories()},
			{"credential", "Credential", words(catalog.Credentials())},
			{"technique", "Technique", slices.Compact(techniques)},
		},
	})
	return page.Bytes(), err
}

func words[T fmt.Stringer](values []T) (all []string) {
	for _, v := range values {
		all = append(all, v.String())
	}
	return all
}

func categories() (all []string) {
	for _, c := range catalog.Categories() {
		all = append(all, string(c.Name))
	}
	return all
}
