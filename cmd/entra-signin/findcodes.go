package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// In a text, such as a pasted page, a number is an error code in three cases:
//
//   - The number follows AADSTS: AADSTS50126, "AADSTS 50126", AADSTS-50126.
//   - The number follows a label: "Error Code: 53003", errorCode=50126, "error_codes":[50126], "error 50126". After "error" or "code"
//     alone, the number needs five digits.
//   - The number is in the catalog, has at least five digits, and stands alone: it is not part of a word, a time, a version, an
//     address or a longer number, and does not follow a name with a colon or an equals sign, as in port=50126.
//
// GUIDs and telephone numbers are ignored.
var (
	stated   = regexp.MustCompile(`(?i)AADSTS[\s:#-]{0,3}(\d+)`)
	labelled = regexp.MustCompile(`(?i)(error[\s_-]?codes?|error[\s_-]?number|result[\s_-]?type|errors?|codes?)` +
		`["')\\]*\s*(?:is|was|number|no\.|nr\.)?[\s:=#/]*["'(\[\\]*(\d{1,9})`)
	alone = regexp.MustCompile(`\d{5,9}`)

	guid  = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	phone = regexp.MustCompile(`\+\d[\d ()/.-]{5,}\d|\(0?\d{2,4}\)[ -]?\d[\d -]{3,}\d|\b0\d{1,4}[ /-]\d[\d -]{3,}\d`)
)

// leastDigits is the number of digits of the shortest code except 0.
const leastDigits = 5

// codesIn returns the codes in a text, in order. Unless bare is set, a number counts only after AADSTS or a label. Numbers after a label
// that are not in the catalog are doubtful if they are too short for a code, or if the label is only "code". Doubtful numbers are used
// if there are no codes, because somebody who asks about "error 5012" expects an answer.
func codesIn(c *catalog.Catalog, text string, bare bool) (codes, doubtful []string) {
	text = mask(mask(text, guid), phone)
	type hit struct {
		at    int
		code  string
		doubt bool
	}
	var hits []hit
	taken := make(map[int]bool) // offsets of numbers that have been handled
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

// mask replaces every match of a pattern with letters, so that nothing in it looks like a code.
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

// beginsAlone reports whether the text before start allows the number at start to be a code.
func beginsAlone(text string, start int) bool {
	before := strings.TrimRight(text[:start], `"'`)
	if before == "" {
		return true
	}
	last := before[len(before)-1]
	switch last {
	case ':', '=':
		// In 50126:50053 both numbers are codes.
		digits := len(before) - 1 - len(strings.TrimRight(before[:len(before)-1], "0123456789"))
		return last == ':' && digits >= leastDigits
	case '-', '+', '.', '/', '\\', '%', '$', '@', '_':
		return false
	}
	return !isWord(last)
}

// endsAlone reports whether the text after end allows the number from start to end to be a code.
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

// isWord reports whether c belongs to a word. Every byte that is not ASCII does.
func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}
