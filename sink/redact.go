package sink

import (
	"bytes"
	"cmp"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// redactor replaces secrets in a text with ***. A receiver may repeat a secret in an escaped form. The text is therefore searched as it
// is, and after removing escapes in any order and nesting: escapes of JSON and programming languages (\/, \u002f, \x2f), of HTML
// (&#47;, &sol;) and of URLs (%2F).
type redactor struct {
	secrets []string
}

// struck replaces a secret.
const struck = "***"

// maxViews limits the forms of a text that are searched. Escapes of all three kinds make eight forms. A text with more forms than the
// limit is not shown at all.
const maxViews = 32

func newRedactor(secrets []string) redactor {
	var all []string
	for _, s := range secrets {
		// A secret may itself look escaped. Unescaping the text changes such a secret too.
		forms, _ := views(s, false)
		for _, v := range forms {
			if len(v.text) > 0 {
				all = append(all, string(v.text))
			}
		}
	}
	// The longest first: if a secret begins with another secret, the rest of it must not stay.
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return redactor{slices.Compact(all)}
}

// redact returns text without the secrets. cut says that text was cut off: then its end may be the beginning of a secret, which is
// hidden as well.
func (r redactor) redact(text string, cut bool) string {
	if len(r.secrets) == 0 {
		return text
	}
	forms, all := views(text, cut)
	if !all {
		return struck
	}
	hidden := make([]bool, len(text))
	for _, v := range forms {
		for _, secret := range r.secrets {
			v.hide(secret, hidden, cut)
		}
		// An incomplete escape at the end may be part of the first character of a secret.
		for i := v.from[len(v.text)]; i < len(hidden); i++ {
			hidden[i] = true
		}
	}
	var shown strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			shown.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			shown.WriteString(struck)
		}
	}
	return shown.String()
}

// views returns the forms of a text, beginning with the text itself. all is false if there are more than maxViews.
func views(text string, cut bool) (forms []view, all bool) {
	first := view{[]byte(text), make([]int, len(text)+1)}
	for i := range first.from {
		first.from[i] = i
	}
	forms = []view{first}
	seen := map[string]bool{text: true}
	for i := 0; i < len(forms); i++ {
		for _, e := range escapes {
			v := forms[i].unescape(e, cut)
			if seen[string(v.text)] {
				continue
			}
			if len(forms) == maxViews {
				return forms, false
			}
			seen[string(v.text)] = true
			forms = append(forms, v)
		}
	}
	return forms, true
}

// A view is a text with some of its escapes removed.
type view struct {
	text []byte
	from []int // for each byte of text, where it begins in the original; then the end of the last
}

// hide marks the bytes of the original that belong to a secret.
func (v view) hide(secret string, hidden []bool, cut bool) {
	for i := range v.text {
		n := common(v.text[i:], secret)
		if n < len(secret) && (!cut || i+n < len(v.text)) {
			continue
		}
		end := v.from[i+n]
		if n < len(secret) {
			end = len(hidden)
		}
		for at := v.from[i]; at < end; at++ {
			hidden[at] = true
		}
	}
}

// common returns the length of the common beginning of text and secret. A plus matches a blank, because forms of HTML encode blanks so.
func common(text []byte, secret string) int {
	n := 0
	for n < len(text) && n < len(secret) && (text[n] == secret[n] || secret[n] == ' ' && text[n] == '+') {
		n++
	}
	return n
}

// An escape is one way to escape characters.
type escape struct {
	lead byte
	// read decodes the escape at the start of s and returns its length, or 0 if there is none.
	read func(s []byte) (plain []byte, n int)
	// unfinished reports whether s, the end of a text that was cut off, may be the beginning of an escape.
	unfinished func(s []byte) bool
}

var escapes = []escape{
	{'\\', readBackslash, func(s []byte) bool {
		return len(s) == 1 || strings.IndexByte("uUx", s[1]) >= 0 && len(s) < 10 && allIn(s[2:], hexLetters)
	}},
	{'%', readPercent, func(s []byte) bool { return len(s) < 3 && allIn(s[1:], hexLetters) }},
	{'&', readEntity, func(s []byte) bool { return len(s) < maxEntity && allIn(s[1:], entityLetters) }},
}

// unescape removes one layer of escapes. If the text was cut off, an incomplete escape at the end is left out.
func (v view) unescape(e escape, cut bool) view {
	inner := view{from: make([]int, 0, len(v.from))}
	end := v.from[len(v.text)]
	for i := 0; i < len(v.text); {
		plain, n := v.text[i:i+1], 1
		if rest := v.text[i:]; plain[0] == e.lead {
			p, length := e.read(rest)
			switch {
			case cut && (length == 0 && e.unfinished(rest) || length > 0 && halfPair(rest)):
				plain, n, end = nil, len(rest), v.from[i]
			case length > 0:
				plain, n = p, length
			}
		}
		for range plain {
			inner.from = append(inner.from, v.from[i])
		}
		inner.text = append(inner.text, plain...)
		i += n
	}
	inner.from = append(inner.from, end)
	return inner
}

func readPercent(s []byte) (plain []byte, n int) {
	if r, ok := hexRune(s, 1, 2); ok {
		return []byte{byte(r)}, 3
	}
	return nil, 0
}

// maxEntity is longer than every named character reference of HTML.
const maxEntity = 33

func readEntity(s []byte) (plain []byte, n int) {
	end := bytes.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 0 || !allIn(s[1:end], entityLetters) {
		return nil, 0
	}
	entity := string(s[:end+1])
	if text := html.UnescapeString(entity); text != entity {
		return []byte(text), end + 1
	}
	return nil, 0
}

func readBackslash(s []byte) (plain []byte, n int) {
	if len(s) == 1 {
		return nil, 0
	}
	digits := 0
	switch s[1] {
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case 'x':
		digits = 2
	case 'n', 'r', 't', 'b', 'f':
		return []byte{' '}, 2 // a secret has no control character
	default:
		return s[1:2], 2
	}
	r, ok := hexRune(s, 2, digits)
	switch {
	case !ok:
		return nil, 0
	case s[1] == 'x':
		return []byte{byte(r)}, 4
	case utf16.IsSurrogate(r) && len(s) > 7 && s[6] == '\\' && s[7] == 'u':
		if low, ok := hexRune(s, 8, 4); ok {
			return utf8.AppendRune(nil, utf16.DecodeRune(r, low)), 12
		}
	}
	return utf8.AppendRune(nil, r), 2 + digits
}

// halfPair reports whether s begins with the first half of a surrogate pair and ends within the second.
func halfPair(s []byte) bool {
	r, ok := hexRune(s, 2, 4)
	return ok && s[0] == '\\' && s[1] == 'u' && utf16.IsSurrogate(r) && len(s) < 12
}

const (
	hexLetters    = "0123456789abcdefABCDEF"
	entityLetters = "#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func allIn(s []byte, set string) bool {
	for _, c := range s {
		if strings.IndexByte(set, c) < 0 {
			return false
		}
	}
	return true
}

// hexRune reads a number of so many hexadecimal digits at s[at].
func hexRune(s []byte, at, digits int) (r rune, ok bool) {
	if len(s) < at+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[at:at+digits]), 16, 31)
	return rune(n), err == nil
}

// minSecret is the length from which a part of a URL or the value of a header counts as a secret, in bytes. Hiding shorter ones would
// remove too many words from messages.
const minSecret = 8

// urlSecrets returns the parts of a URL that may be a token: the path and the query, and each part of these that is long enough,
// except what the protocol has added.
func (p *protocol) urlSecrets(u *url.URL) []string {
	var secrets []string
	if path := strings.Trim(strings.TrimSuffix(u.Path, p.path), "/"); path != "" {
		secrets = append(secrets, "/"+path)
		secrets = append(secrets, strings.Split(path, "/")...)
	}
	for name, values := range u.Query() {
		for _, value := range values {
			if name != p.queryName() {
				secrets = append(secrets, name+"="+value, value)
			}
		}
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return len(s) < minSecret })
}
