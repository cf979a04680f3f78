package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// In a text, such as a page that somebody pasted, a number is taken for an error code in three cases:
//
//   - AADSTS stands before it: AADSTS50126, "AADSTS 50126", AADSTS-50126.
//   - A label stands before it: "Error Code: 53003", errorCode=50126, "error_codes":[50126], "error 50126". After "error" or
//     "code" alone, the number needs five digits.
//   - The catalog has it, it has at least five digits, and it stands alone: not inside a word, a time, a version, an address
//     or a longer number, and not behind a name and a colon or an equals sign, as in port=50126.
//
// Identifiers (GUIDs) and telephone numbers are not looked into.
var (
	stated   = regexp.MustCompile(`(?i)AADSTS[\s:#-]{0,3}(\d+)`)
	labelled = regexp.MustCompile(`(?i)(error[\s_-]?codes?|error[\s_-]?number|result[\s_-]?type|errors?|codes?)` +
		`["')\\]*\s*(?:is|was|number|no\.|nr\.)?[\s:=#/]*["'(\[\\]*(\d{1,9})`)
	alone = regexp.MustCompile(`\d{5,9}`)

	guid  = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	phone = regexp.MustCompile(`\+\d[\d ()/.-]{5,}\d|\(0?\d{2,4}\)[ -]?\d[\d -]{3,}\d|\b0\d{1,4}[ /-]\d[\d -]{3,}\d`)
)

// leastDigits is how many digits the codes of Microsoft have at least, but for 0.
const leastDigits = 5

// codesIn returns the codes that a text names, in the order in which they stand. Without bare, a number needs AADSTS or a
// label before it. Doubtful are the numbers after a label that the catalog lacks and that are too short for a code, or that
// only "code" announces. They are of use where there is nothing else: somebody who asks about "error 5012" wants an answer.
func codesIn(c *catalog.Catalog, text string, bare bool) (codes, doubtful []string) {
	text = mask(mask(text, guid), phone)
	type hit struct {
		at    int
		code  string
		doubt bool
	}
	var hits []hit
	taken := make(map[int]bool) // where the numbers begin that are judged already
	for _, m := range stated.FindAllStringSubmatchIndex(text, -1) {
		taken[m[2]] = true
		hits = append(hits, hit{at: m[2], code: text[m[2]:m[3]]})
	}
	for _, m := range labelled.FindAllStringSubmatchIndex(text, -1) {
		label, code := strings.ToLower(text[m[2]:m[3]]), text[m[4]:m[5]]
		if taken[m[4]] || !endsAlone(text, m[4], m[5]) {
			continue
		}
		taken[m[4]] = true
		weak := strings.TrimRight(label, "s") == "error" || strings.TrimRight(label, "s") == "code"
		known := isKnown(c, code)
		if weak && known && len(code) < leastDigits {
			continue // "0 errors, exit code 0"
		}
		doubt := !known && (len(code) < leastDigits || strings.HasPrefix(label, "code"))
		hits = append(hits, hit{m[4], code, doubt})
	}
	if bare {
		for _, m := range alone.FindAllStringIndex(text, -1) {
			if !taken[m[0]] && isKnown(c, text[m[0]:m[1]]) && beginsAlone(text, m[0]) && endsAlone(text, m[0], m[1]) {
				hits = append(hits, hit{at: m[0], code: text[m[0]:m[1]]})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(a.at, b.at) })
	for _, h := range hits {
		if h.doubt {
			doubtful = append(doubtful, h.code)
		} else {
			codes = append(codes, h.code)
		}
	}
	return codes, doubtful
}

// mask replaces what a pattern matches by letters, which no code stands beside.
func mask(text string, pattern *regexp.Regexp) string {
	return pattern.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
}

func isKnown(c *catalog.Catalog, text string) bool {
	code, err := catalog.ParseCode(text)
	if err != nil {
		return false
	}
	_, ok := c.Lookup(code)
	return ok
}

// beginsAlone tells whether nothing before the number at start makes it a part, or the value, of something else.
func beginsAlone(text string, start int) bool {
	before := strings.TrimRight(text[:start], `"'`)
	if before == "" {
		return true
	}
	last := before[len(before)-1]
	switch last {
	case ':', '=':
		// In 50126:50053 the number before is one too.
		digits := len(before) - 1 - len(strings.TrimRight(before[:len(before)-1], "0123456789"))
		return last == ':' && digits >= leastDigits
	case '-', '+', '.', '/', '\\', '%', '$', '@', '_':
		return false
	}
	return !isWord(last)
}

// endsAlone tells whether nothing after the number from start to end makes it a part of something else.
func endsAlone(text string, start, end int) bool {
	if end == len(text) {
		return true
	}
	var second byte
	if end+1 < len(text) {
		second = text[end+1]
	}
	switch first := text[end]; first {
	case '-':
		return !isWord(second)
	case '.', '/':
		return !isDigit(second)
	case ':':
		return !isDigit(second) || end-start >= leastDigits
	default:
		return !isWord(first)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWord takes every byte of a letter that is not ASCII for a part of a word.
func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}
