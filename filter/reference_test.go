package filter

import (
	"strconv"
	"strings"

	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
)

// A second implementation of what a record's code is and what is appended, for the default options without Json_Key, to compare the
// engine with. It decodes with msgp, takes its time, and knows neither records inside records nor envelopes.

type refPair struct {
	raw, rawValue []byte
	key, value    any
}

type refMap []refPair

// refDecode decodes a value; anything but maps, arrays, texts and numbers becomes nil.
func refDecode(b []byte) (any, []byte) {
	rest, err := msgp.Skip(b)
	if err != nil {
		panic(err)
	}
	switch msgp.NextType(b) {
	case msgp.MapType:
		n, b, _ := msgp.ReadMapHeaderBytes(b)
		m := refMap{}
		for range n {
			var p refPair
			start := b
			p.key, b = refDecode(b)
			p.rawValue = b
			p.value, b = refDecode(b)
			p.rawValue = p.rawValue[:len(p.rawValue)-len(b)]
			p.raw = start[:len(start)-len(b)]
			m = append(m, p)
		}
		return m, rest
	case msgp.ArrayType:
		n, b, _ := msgp.ReadArrayHeaderBytes(b)
		list := []any{}
		for range n {
			var v any
			v, b = refDecode(b)
			list = append(list, v)
		}
		return list, rest
	case msgp.StrType:
		s, _, _ := msgp.ReadStringBytes(b)
		return s, rest
	case msgp.BinType:
		s, _, _ := msgp.ReadBytesZC(b)
		return string(s), rest
	case msgp.IntType, msgp.UintType:
		if n, _, err := msgp.ReadInt64Bytes(b); err == nil {
			return n, rest
		}
	case msgp.Float32Type:
		f, _, _ := msgp.ReadFloat32Bytes(b)
		return refFloat(float64(f)), rest
	case msgp.Float64Type:
		f, _, _ := msgp.ReadFloat64Bytes(b)
		return refFloat(f), rest
	}
	return nil, rest
}

func refFloat(f float64) any {
	if s := strconv.FormatFloat(f, 'f', -1, 64); !strings.ContainsAny(s, ".NI") && len(s) < 16 {
		n, _ := strconv.ParseInt(s, 10, 64)
		return n
	}
	return nil
}

// find returns what stands at a path, in the order of the record.
func (m refMap) find(path string, exact bool) (found []any) {
	for _, p := range m {
		key, isText := p.key.(string)
		if !isText {
			continue
		}
		same := key == path || !exact && toLower(key) == toLower(path)
		below := len(path) > len(key) && path[len(key)] == '.' && (key == path[:len(key)] || !exact && toLower(key) == toLower(path[:len(key)]))
		if inner, isMap := p.value.(refMap); below && isMap {
			found = append(found, inner.find(path[len(key)+1:], exact)...)
		} else if same {
			found = append(found, p.value)
		}
	}
	return found
}

// first returns the first value at a path that says more than 0.
func (m refMap) first(path string, exact bool) (v any, ok bool) {
	for i, found := range m.find(path, exact) {
		if list, isList := found.([]any); isList {
			found = nil
			if len(list) > 0 {
				switch list[0].(type) {
				case string, int64:
					found = list[0]
				case refMap:
					found = list // which may be records
				}
			}
		}
		if _, isMap := found.(refMap); isMap {
			found = nil
		}
		if i == 0 || v == nil || v == "" || v == "0" || v == int64(0) {
			v, ok = found, true
		}
	}
	return v, ok
}

func (m refMap) text(path string, exact bool) (string, bool) {
	v, _ := m.first(path, exact)
	s, ok := v.(string)
	return s, ok
}

// says is 1 for a record that says it is a sign-in, -1 for one that says it is not, else 0.
func (m refMap) says() int {
	says := 0
	if s, ok := m.text("category", false); ok {
		says = map[bool]int{true: 1, false: -1}[strings.Contains(strings.ToLower(s), "signin")]
	}
	if s, ok := m.text("Type", true); ok && says >= 0 {
		says = map[bool]int{true: 1, false: -1}[strings.Contains(strings.ToLower(s), "signin")]
	}
	if says != 0 {
		return says
	}
	for path, word := range map[string]string{"operationName": "sign-in activity", "event.action": "sign-in activity", "Operation": "userloggedin"} {
		if s, ok := m.text(path, false); ok && strings.ToLower(s) == word {
			return 1
		}
	}
	for _, path := range []string{"event.dataset", "data_stream.dataset"} {
		if s, ok := m.text(path, false); ok && strings.Contains(strings.ToLower(s), "signin") {
			return 1
		}
	}
	for _, path := range []string{"AccountUpn", "AccountObjectId"} {
		if len(m.find(path, true)) > 0 {
			return 1
		}
	}
	return 0
}

func (m refMap) has(paths ...string) bool {
	for _, path := range paths {
		if len(m.find(path, false)) > 0 {
			return true
		}
	}
	return false
}

// code finds the code of a record; words is whether the code stands in free text.
func (m refMap) code(c *catalog.Catalog) (code uint32, words, ok bool) {
	var codes []uint32
	var texts []bool
	says, who := m.says(), m.has("userPrincipalName", "properties.userPrincipalName", "servicePrincipalId", "properties.servicePrincipalId")
	for _, place := range []struct{ path, needs string }{
		{"status.errorCode", "own"}, {"properties.status.errorCode", "own"}, {"azure.signinlogs.properties.status.error_code", "own"},
		{"resultType", "shared"}, {"azure.signinlogs.result_type", "own"}, {"ErrorNumber", "mark"}, {"properties.ErrorCode", "mark"}, {"ErrorCode", "mark"},
		{"error_codes", "shared"}, {"error.code", "mark"}, {"error_description", "text"}, {"message", "text"}, {"log", "text"}, {"LogonError", "name"},
	} {
		v, found := m.first(place.path, false)
		if !found {
			continue
		}
		code, stated, ok := refCode(v, place.needs, c)
		if !ok || place.needs == "name" && len(codes) > 0 && codes[0] == 0 {
			continue
		}
		_, inCatalog := c.Lookup(code)
		telling := inCatalog && code != 0
		switch {
		case place.needs == "text":
			ok = says >= 0
		case stated || says > 0:
		case says < 0:
			ok = place.needs == "own" && telling
		case place.needs == "mark":
			ok = false
		case place.needs != "own":
			ok = telling || who
		}
		if ok {
			codes = append(codes, code)
			texts = append(texts, place.needs == "text")
		}
	}
	for _, known := range []func(uint32) bool{
		func(n uint32) bool { _, in := c.Lookup(n); return in && n != 0 },
		func(n uint32) bool { _, in := c.Lookup(n); return !in },
		func(n uint32) bool { return n == 0 },
	} {
		for i, code := range codes {
			if known(code) {
				return code, texts[i], true
			}
		}
	}
	return 0, false, false
}

// refCode reads a code; stated is whether Microsoft's letters stand before it.
func refCode(v any, needs string, c *catalog.Catalog) (code uint32, stated, ok bool) {
	switch v := v.(type) {
	case int64:
		return uint32(v), false, needs != "text" && needs != "name" && v >= 0 && v <= 999_999_999
	case string:
		switch needs {
		case "name":
			if e, ok := c.LookupName(v); ok {
				return e.Code, false, true
			}
			return 0, false, false
		case "text":
			_, after, found := strings.Cut(v, "AADSTS")
			after, _, _ = strings.Cut(after, ":")
			code, err := catalog.ParseCode(after)
			return code, true, found && err == nil && code >= 1000
		}
		head, _, _ := strings.Cut(v, ":")
		code, err := catalog.ParseCode(head)
		stated := len(head) > 6
		return code, stated, err == nil && (stated && code >= 1000 || !stated && head == v)
	}
	return 0, false, false
}

// refEnrich is what becomes of a record's body.
func refEnrich(body []byte, c *catalog.Catalog) []byte {
	decoded, _ := refDecode(body)
	m := decoded.(refMap)
	code, words, ok := m.code(c)
	if !ok {
		return body
	}
	fields := []struct{ key, value string }{{"description", ""}, {"severity", "unknown"}}
	if e, ok := c.Lookup(code); ok {
		fields[0].value, fields[1].value = e.Description, e.Severity.String()
	} else {
		fields[0].value = "The catalog has no entry for code " + strconv.Itoa(int(code))
		if reason := m.reason(); reason != "" {
			fields[0].value += "; the record says: " + reason
		} else {
			fields[0].value += "."
		}
	}
	var pairs []byte
	had := map[any]bool{}
	for _, p := range m {
		replaced := false
		for _, f := range fields {
			if p.key == f.key && words {
				had[f.key] = true
			} else if p.key == f.key {
				pairs = msgp.AppendString(append(pairs, p.raw[:len(p.raw)-len(p.rawValue)]...), f.value)
				replaced, had[f.key] = true, true
			}
		}
		if !replaced {
			pairs = append(pairs, p.raw...)
		}
	}
	n := len(m)
	for _, f := range fields {
		if !had[f.key] {
			pairs = msgp.AppendString(msgp.AppendString(pairs, f.key), f.value)
			n++
		}
	}
	return append(refHead(body[0], n), pairs...)
}

func refHead(was byte, n int) []byte {
	switch {
	case was <= 0x8f && n <= 15:
		return []byte{0x80 | byte(n)}
	case was <= 0xde:
		return []byte{0xde, byte(n >> 8), byte(n)}
	}
	return []byte{0xdf, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

func (m refMap) reason() string {
	for _, path := range []string{"error_description", "LogonError", "status.failureReason", "properties.status.failureReason", "resultDescription", "azure.signinlogs.result_description"} {
		if s, _ := m.text(path, false); s != "" && s != "Other." {
			return s
		}
	}
	return ""
}
