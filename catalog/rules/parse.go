package rules

import (
	"io"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/csvfile"
)

// parser holds what reading one file needs.
type parser struct {
	base     *Set            // what an overlay changes
	complete bool            // it is no overlay
	names    map[string]bool // of rules and topics, of the file and of base
	changed  []Rule          // the rules of base, as the file leaves them
	own      []Rule
	lines    map[string]int // of a rule: its first line
}

func (p *parser) read(file string, in io.Reader) error {
	data, err := csvfile.ReadAll(file, in)
	if err != nil {
		return err
	}
	format := csvfile.Format{Kind: "rule file", Columns: Columns, Complete: p.complete}
	p.names, p.lines, p.changed = make(map[string]bool), make(map[string]int), slices.Clone(p.base.rules)
	for i := range p.base.rules {
		p.names[p.base.rules[i].Name], p.names[p.base.rules[i].Topic] = true, true
	}
	// A rule may switch off one that stands further down, so all names are collected before the rows are checked. What is wrong
	// with the file is reported once, by the second reading.
	_ = csvfile.Read(file, data, format, func(r *csvfile.Row) {
		p.names[strings.ToLower(strings.TrimSpace(r.Cell("rule")))] = true
		p.names[strings.ToLower(strings.TrimSpace(r.Cell("topic")))] = true
	})
	return csvfile.Read(file, data, format, p.row)
}

// row reads one line after the header and notes everything that is wrong with it.
func (p *parser) row(r *csvfile.Row) {
	name := p.name(r)
	var when []Comparison
	if condition := r.Cell("condition"); strings.TrimSpace(condition) != "" {
		var bad *conditionError
		if when, bad = parseCondition(condition); bad != nil {
			r.FailAt("condition", bad.at, "%w", bad.err)
		}
	}
	rule := Rule{Name: name, Reason: r.Text("reason"), Description: r.Text("description"), Source: r.Text("source")}
	rule.Topic = p.word(r, "topic")
	if text := r.Text("effect"); text != "" {
		var err error
		if rule.Effect, err = parseEffect(text); err != nil {
			r.Fail("effect", "%w", err)
		}
	}
	for _, target := range rule.Effect.Ignore {
		if !p.names[target] {
			r.Fail("effect", "no rule and no topic is called %q%s", target, similar(target, p.known()))
		}
	}
	rule.Technique, rule.Credential = technique(r), credential(r)
	if r.Failed() {
		return
	}
	switch {
	case len(when) > 0:
		p.add(r, rule, when)
	case p.complete:
		r.Fail("", "rule %s needs a condition", name)
	default:
		p.change(r, rule)
	}
}

// name reads the name of a row's rule, which becomes the label of a metric.
func (p *parser) name(r *csvfile.Row) string {
	name := p.word(r, "rule")
	if name == "" && !r.Failed() {
		r.Fail("rule", "a row needs the name of its rule")
	}
	return name
}

// word reads a name: letters, digits, hyphens and underscores.
func (p *parser) word(r *csvfile.Row, column string) string {
	word := strings.ToLower(r.Text(column))
	if len(word) > 64 {
		r.Fail(column, "%s: a name of %d bytes; at most 64 are allowed", column, len(word))
		return ""
	}
	for i := range len(word) {
		if c := word[i]; c != '-' && (c == '.' || !isName(c)) {
			r.Fail(column, "%s %q: use letters, digits, hyphens and underscores only", column, word)
			return ""
		}
	}
	return word
}

// known are the names that ignore may have behind it.
func (p *parser) known() (names []string) {
	for name := range p.names {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func technique(r *csvfile.Row) string {
	text := r.Text("technique")
	if text == "" || strings.EqualFold(text, NoTechnique) {
		return strings.ToLower(text)
	}
	ids, err := catalog.ParseTechniques(text)
	if err != nil {
		r.Fail("technique", "%w", err)
	}
	return ids
}

func credential(r *csvfile.Row) catalog.Credential {
	text := r.Text("credential")
	if text == "" {
		return catalog.NoCredential
	}
	c, err := catalog.ParseCredential(text)
	if err != nil {
		r.Fail("credential", "%w", err)
	}
	return c
}

// add keeps a row with a condition: a rule of the file's own, or another alternative of one.
func (p *parser) add(r *csvfile.Row, rule Rule, when []Comparison) {
	if i := slices.IndexFunc(p.own, func(own Rule) bool { return own.Name == rule.Name }); i >= 0 {
		p.alternative(r, &p.own[i], rule, when)
		return
	}
	if first, twice := p.lines[rule.Name]; twice {
		r.Fail("condition", "rule %s has a condition here and none in line %d: write it in both or in none", rule.Name, first)
		return
	}
	p.lines[rule.Name] = r.Line
	if r.Text("effect") == "" {
		r.Fail("", "rule %s needs an effect: use %s", rule.Name, effects)
		return
	}
	switch rule.Effect.Kind {
	case Keep:
		if rule.Description == "" && rule.Technique == "" && rule.Credential == catalog.NoCredential {
			r.Fail("effect", "rule %s keeps everything: add a description, a technique or a credential, or use another effect", rule.Name)
		}
	case Floor, Cap, Fixed:
		if rule.Reason == "" {
			if p.complete {
				r.Fail("", "rule %s needs a reason", rule.Name)
			}
			rule.Reason = "rule " + rule.Name
		}
	}
	rule.When, rule.Own = [][]Comparison{when}, !p.complete
	p.own = append(p.own, rule)
	p.changed = slices.DeleteFunc(p.changed, func(old Rule) bool { return old.Name == rule.Name })
}

// alternative adds the conditions of a further row to a rule. Whatever else the row says must be what the first row says.
func (p *parser) alternative(r *csvfile.Row, first *Rule, rule Rule, when []Comparison) {
	for _, c := range []struct{ column, first, here string }{
		{"effect", first.Effect.String(), rule.Effect.String()},
		{"reason", first.Reason, rule.Reason},
		{"topic", first.Topic, rule.Topic},
		{"description", first.Description, rule.Description},
		{"technique", first.Technique, rule.Technique},
		{"credential", first.Credential.String(), rule.Credential.String()},
	} {
		if r.Text(c.column) != "" && c.here != c.first {
			r.Fail(c.column, "rule %s has the %s %q in line %d: leave the cell empty, or give this rule another name",
				first.Name, c.column, c.first, p.lines[first.Name])
		}
	}
	first.When = append(first.When, when)
}

// change lets a row without a condition change a rule of the base.
func (p *parser) change(r *csvfile.Row, rule Rule) {
	if first, twice := p.lines[rule.Name]; twice {
		r.Fail("rule", "rule %s is in the file twice, first in line %d", rule.Name, first)
		return
	}
	i := slices.IndexFunc(p.changed, func(old Rule) bool { return old.Name == rule.Name })
	if i < 0 {
		names := make([]string, p.base.Len())
		for j := range names {
			names[j] = p.base.rules[j].Name
		}
		r.Fail("rule", "no built-in rule is called %q%s, and a rule of your own needs a condition", rule.Name, similar(rule.Name, names))
		return
	}
	p.lines[rule.Name] = r.Line
	c := &p.changed[i]
	if r.Text("effect") != "" {
		c.Effect = rule.Effect
		if c.Reason == "" && rule.Reason == "" {
			c.Reason = "rule " + c.Name
		}
	}
	for _, text := range []struct {
		to   *string
		from string
	}{
		{&c.Reason, rule.Reason}, {&c.Topic, rule.Topic}, {&c.Description, rule.Description}, {&c.Technique, rule.Technique}, {&c.Source, rule.Source},
	} {
		if text.from != "" {
			*text.to = text.from
		}
	}
	if rule.Credential != catalog.NoCredential {
		c.Credential = rule.Credential
	}
}
