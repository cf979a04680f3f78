package sink

import (
	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
)

// find returns the first token of the value at a path such as properties.id. A key of the record may have dots: the key
// "properties.id" matches too. Keys longer than 255 bytes never match.
func find(body []byte, path keypath.Path) (t msgpack.Token, ok bool) {
	at, ok := locate(body, 0, path)
	if !ok {
		return t, false
	}
	_, err := t.Read(body, at)
	return t, err == nil
}

// locate returns where the value at a path begins. The path starts at the value at b[at].
func locate(b []byte, at int, path keypath.Path) (value int, ok bool) {
	if len(path) == 0 {
		return at, true
	}
	if path[0].Key == "" {
		return locateItem(b, at, path)
	}
	var m msgpack.Token
	at, err := m.Read(b, at)
	if err != nil || m.Kind != msgpack.KindMap {
		return 0, false
	}
	for range m.N {
		key := at
		if at = msgpack.Skip(b, key); at == msgpack.Bad {
			return 0, false
		}
		if name, _, isText := msgpack.ShortString(b, key); isText {
			if n := steps(name, path); n > 0 {
				if value, ok = locate(b, at, path[n:]); ok {
					return value, true
				}
			}
		}
		if at = msgpack.Skip(b, at); at == msgpack.Bad {
			return 0, false
		}
	}
	return 0, false
}

// locateItem is locate for a path that begins with an index.
func locateItem(b []byte, at int, path keypath.Path) (value int, ok bool) {
	var list msgpack.Token
	at, err := list.Read(b, at)
	if err != nil || list.Kind != msgpack.KindArray || uint64(path[0].Index) >= list.N {
		return 0, false
	}
	for range path[0].Index {
		if at = msgpack.Skip(b, at); at == msgpack.Bad {
			return 0, false
		}
	}
	return locate(b, at, path[1:])
}

// A finder finds the values at several paths during one walk over the top level of a record. A nil finder finds nothing.
type finder struct {
	paths []keypath.Path
	at    []int // by path, where the value begins; negative for none
}

func (f *finder) reset() {
	if f == nil {
		return
	}
	f.at = f.at[:0]
	for range f.paths {
		f.at = append(f.at, -1)
	}
}

// visit looks at a key of the top level, whose value begins at b[value].
func (f *finder) visit(b, key []byte, value int) {
	if f == nil {
		return
	}
	for i, path := range f.paths {
		if f.at[i] >= 0 {
			continue
		}
		if n := steps(key, path); n > 0 {
			if at, ok := locate(b, value, path[n:]); ok {
				f.at[i] = at
			}
		}
	}
}

// walk visits all keys of a record. Damage ends the walk.
func (f *finder) walk(body []byte) {
	f.reset()
	var t msgpack.Token
	at, err := t.Read(body, 0)
	if err != nil || t.Kind != msgpack.KindMap {
		return
	}
	for range t.N {
		value := msgpack.Skip(body, at)
		if value == msgpack.Bad {
			return
		}
		if key, _, ok := msgpack.ShortString(body, at); ok {
			f.visit(body, key, value)
		}
		if at = msgpack.Skip(body, value); at == msgpack.Bad {
			return
		}
	}
}

// value reads the first token of the value at the i-th path.
func (f *finder) value(t *msgpack.Token, b []byte, i int) (ok bool) {
	if f.at[i] < 0 {
		return false
	}
	_, err := t.Read(b, f.at[i])
	return err == nil
}

// steps returns how many steps of a path a key matches: 0 for none, and more than 1 for a key with dots.
func steps(key []byte, path keypath.Path) int {
	for i := range path {
		step := path[i].Key
		if step == "" || len(key) < len(step) || string(key[:len(step)]) != step {
			return 0
		}
		if len(key) == len(step) {
			return i + 1
		}
		if key[len(step)] != '.' {
			return 0
		}
		key = key[len(step)+1:]
	}
	return 0
}

// appendText appends a string, a number or a boolean without quotes. Other values have no text.
func appendText(dst []byte, t *msgpack.Token) (text []byte, ok bool) {
	switch t.Kind {
	case msgpack.KindString, msgpack.KindBinary:
		return append(dst, t.Data...), true
	case msgpack.KindFalse, msgpack.KindTrue, msgpack.KindInt, msgpack.KindUint, msgpack.KindFloat32, msgpack.KindFloat64:
		return appendScalar(dst, t), true
	}
	return dst, false
}
