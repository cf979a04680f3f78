package sink

// find looks a path such as properties.id up in a MessagePack map and returns the first token of its value. A dot
// leads into a map; a key that itself holds the dots is found too. Keys are matched exactly, up to 255 bytes.
func find(body []byte, path string) (t token, ok bool) {
	at, ok := locate(body, 0, path)
	if !ok {
		return t, false
	}
	t, _, err := next(body[at:])
	return t, err == nil
}

// locate returns where the value of a path in the map at a place of b begins.
func locate(b []byte, at int, path string) (value int, ok bool) {
	m, rest, err := next(b[at:])
	if err != nil || m.kind != kindMap {
		return 0, false
	}
	at = len(b) - len(rest)
	for range m.n {
		key := at
		if at, err = skip(b, key); err != nil {
			return 0, false
		}
		if from, to, isText := text(b, key); isText && to-from <= len(path) && path[:to-from] == string(b[from:to]) {
			n := to - from
			if n == len(path) {
				return at, true
			}
			if path[n] == '.' {
				if value, ok = locate(b, at, path[n+1:]); ok {
					return value, true
				}
			}
		}
		if at, err = skip(b, at); err != nil {
			return 0, false
		}
	}
	return 0, false
}

// appendText appends a value that is a single word or number, unquoted. Other values have no text.
func appendText(dst []byte, t token) (text []byte, ok bool) {
	switch t.kind {
	case kindString, kindBinary:
		return append(dst, t.data...), true
	case kindFalse, kindTrue, kindInt, kindUint, kindFloat32, kindFloat64:
		return appendScalar(dst, &t), true
	}
	return dst, false
}
