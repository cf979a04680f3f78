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

// redactor replaces secrets in a text by ***. A receiver may repeat a secret in another form than it was sent, so the text is
// searched as it is and then with its escapes removed, layer by layer: those of JSON and of programming languages (\/, \u002f,
// \x2f), of HTML (&#47;, &sol;) and of URLs (%2F).
type redactor struct {
	secrets []string
}

// struck is what is shown in place of a secret.
const struck = "***"

// maxLayers bounds the escapes upon escapes that are removed. What has more is not shown at all.
const maxLayers = 8

func newRedactor(secrets []string) redactor {
	var all []string
	for _, s := range secrets {
		// A secret may itself look escaped, and is then changed with the text around it.
		v := viewOf(s)
		for more := true; more && len(v.text) > 0; v, more = v.unescape(false) {
			all = append(all, string(v.text))
		}
	}
	// The longest goes first: of a secret that begins with another, the end would be left standing.
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return redactor{slices.Compact(all)}
}

// redact returns text without the secrets. cut says that text was longer and ends at any place: a secret of which only the
// beginning is there is then a secret too.
func (r redactor) redact(text string, cut bool) string {
	if len(r.secrets) == 0 {
		return text
	}
	hide := make([]bool, len(text))
	v := viewOf(text)
	for layer := 0; ; layer++ {
		if layer == maxLayers {
			return struck
		}
		for _, secret := range r.secrets {
			v.hide(secret, hide, cut)
		}
		var more bool
		if v, more = v.unescape(cut); !more {
			break
		}
	}
	var shown strings.Builder
	for i := range len(text) {
		switch {
		case !hide[i]:
			shown.WriteByte(text[i])
		case i == 0 || !hide[i-1]:
			shown.WriteString(struck)
		}
	}
	return shown.String()
}

// view is a text without its outer escapes.
type view struct {
	text []byte
	from []int // where in the original the i-th byte begins; one more, for the end
}

func viewOf(text string) view {
	v := view{[]byte(text), make([]int, len(text)+1)}
	for i := range v.from {
		v.from[i] = i
	}
	return v
}

// hide marks the places of a secret in the original.
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

// common is the length of what text and secret begin with. In a form, a blank is written as a plus.
func common(text []byte, secret string) int {
	n := 0
	for n < len(text) && n < len(secret) && (text[n] == secret[n] || secret[n] == ' ' && text[n] == '+') {
		n++
	}
	return n
}

// unescape removes one layer of escapes; more is false if there was none. If the text was cut, an escape that it ends in is
// left out.
func (v view) unescape(cut bool) (inner view, more bool) {
	for i := 0; i < len(v.text); {
		plain, n := unescape(v.text[i:])
		switch {
		case cut && (n == 0 && unfinished(v.text[i:]) || n > 0 && halfPair(v.text[i:])):
			plain, n, more = nil, len(v.text)-i, true
		case n > 0:
			more = true
		default:
			plain, n = v.text[i:i+1], 1
		}
		for range plain {
			inner.from = append(inner.from, v.from[i])
		}
		inner.text = append(inner.text, plain...)
		i += n
	}
	inner.from = append(inner.from, v.from[len(v.text)])
	return inner, more
}

// maxEntity is longer than every name that HTML has for a character.
const maxEntity = 33

// unescape reads the escape that s begins with, and returns what it stands for and its length, 0 if there is none.
func unescape(s []byte) (plain []byte, n int) {
	switch s[0] {
	case '\\':
		return unescapeBackslash(s)
	case '%':
		if r, ok := hexRune(s, 1, 2); ok {
			return []byte{byte(r)}, 3
		}
	case '&':
		if end := bytes.IndexByte(s[:min(len(s), maxEntity)], ';'); end > 0 {
			escape := string(s[:end+1])
			if text := html.UnescapeString(escape); text != escape {
				return []byte(text), end + 1
			}
		}
	}
	return nil, 0
}

func unescapeBackslash(s []byte) (plain []byte, n int) {
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
		return []byte{' '}, 2 // a secret has no such character
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

// unfinished says whether s, the end of a text that was cut, may be the beginning of an escape.
func unfinished(s []byte) bool {
	rest := s[1:]
	switch s[0] {
	case '%':
		return len(rest) < 2 && allIn(rest, hexLetters)
	case '&':
		return len(rest) < maxEntity && allIn(rest, "#"+alphanumeric)
	case '\\':
		return len(rest) == 0 || strings.IndexByte("uUx", rest[0]) >= 0 && len(rest) < 9 && allIn(rest[1:], hexLetters)
	}
	return false
}

// halfPair says whether s begins with the first half of a character that JSON escapes as two, and ends within the second.
func halfPair(s []byte) bool {
	r, ok := hexRune(s, 2, 4)
	return ok && s[0] == '\\' && s[1] == 'u' && utf16.IsSurrogate(r) && len(s) < 12
}

const (
	hexLetters   = "0123456789abcdefABCDEF"
	alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func allIn(s []byte, set string) bool {
	for _, c := range s {
		if strings.IndexByte(set, c) < 0 {
			return false
		}
	}
	return true
}

// hexRune reads digits of a number in hexadecimal.
func hexRune(s []byte, at, digits int) (r rune, ok bool) {
	if len(s) < at+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[at:at+digits]), 16, 31)
	return rune(n), err == nil
}

// minURLSecret is the length from which a part of a URL is taken for a secret wherever it appears: with shorter ones too many
// words of a message would be struck out.
const minURLSecret = 8

// urlSecrets are the parts of a URL that may be a token: its path and query, and each part of these that is long enough. ownPath is the
// end of the path that belongs to the protocol.
func urlSecrets(u *url.URL, ownPath string) []string {
	var secrets []string
	if path := strings.Trim(strings.TrimSuffix(u.Path, ownPath), "/"); path != "" {
		secrets = append(secrets, "/"+path)
		secrets = append(secrets, strings.Split(path, "/")...)
	}
	for name, values := range u.Query() {
		for _, value := range values {
			if name != "filter_path" {
				secrets = append(secrets, name+"="+value, value)
			}
		}
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return len(s) < minURLSecret })
}
