package filter

import (
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// codePrefix stands before the number wherever Microsoft writes a code into a text.
const codePrefix = "AADSTS"

// Codes in a text have this many digits. Fewer are not a code, and more are something else that only begins like a code.
const minDigits, maxDigits = 4, 9

// code reads a value that is an error code: a number, a text of digits, or a text that begins like AADSTS50126. named reports
// the last form, which only Microsoft's codes have.
func (v *value) code() (code uint32, named, ok bool) {
	switch v.kind {
	case numeric:
		return uint32(v.num), false, 0 <= v.num && v.num <= catalog.MaxCode
	case textual:
		s := trimBlanks(v.text)
		if len(s) >= 2 && s[0] == '[' && s[len(s)-1] == ']' { // "[500011]" was seen from a token endpoint
			s, _, _ = strings.Cut(s[1:len(s)-1], ",")
			s = strings.Trim(s, " ")
		}
		if len(s) > len(codePrefix) && strings.EqualFold(s[:len(codePrefix)], codePrefix) {
			code, ok := statedCode(s[len(codePrefix):])
			return code, true, ok
		}
		code, n := digits(s)
		return code, false, n > 0 && n == len(s) && (s[0] != '0' || n == 1)
	}
	return 0, false, false
}

// codeIn finds the first code in free text, as in "AADSTS50126: Error validating credentials".
func codeIn(s string) (code uint32, ok bool) {
	for !ok {
		i := strings.Index(s, codePrefix)
		if i < 0 {
			return 0, false
		}
		s = s[i+len(codePrefix):]
		code, ok = statedCode(s)
	}
	return code, true
}

// statedCode reads the number behind codePrefix. AADSTS00000 was seen in an error, so it must not count as a success.
func statedCode(s string) (uint32, bool) {
	code, n := digits(s)
	return code, n >= minDigits && s[0] != '0'
}

// digits reads the number that a text begins with, and the number of its digits: 0 if there are none or too many.
func digits(s string) (code uint32, n int) {
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		if n == maxDigits {
			return 0, 0
		}
		code = code*10 + uint32(s[n]-'0')
		n++
	}
	return code, n
}
