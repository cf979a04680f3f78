package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

func TestNoMatch(t *testing.T) {
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	event := func(keys ...string) []byte {
		b := msgp.AppendMapHeader([]byte{0x92, 0x01}, uint32(len(keys)))
		for _, key := range keys {
			b = msgp.AppendString(msgp.AppendString(b, key), "secret value")
		}
		return b
	}
	plain, signIn := event("level", "line\nbreak"), msgp.AppendInt([]byte("\x92\x01\x81\xaaresultType"), 50126)
	now := time.Now()
	type step struct {
		chunk []byte
		after time.Duration
	}
	many := func(n int) []byte { return []byte(strings.Repeat(string(plain), n)) }
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"a thousand records":          {[]step{{many(600), 0}, {many(400), 0}}, "none of the first 1000 records"},
		"one too few":                 {[]step{{many(999), 0}}, ""},
		"a minute":                    {[]step{{plain, 0}, {plain, time.Minute}}, "none of the first 2 records"},
		"nearly a minute":             {[]step{{plain, 0}, {plain, time.Minute - 1}}, ""},
		"a code at first":             {[]step{{signIn, 0}, {many(2000), time.Hour}}, ""},
		"a code among them":           {[]step{{many(900), 0}, {append(many(300), signIn...), 0}, {many(3000), time.Hour}}, ""},
		"nothing":                     {[]step{{nil, 0}, {nil, time.Hour}}, ""},
		"said once, whatever follows": {[]step{{many(1000), 0}, {many(1000), 0}, {many(1000), time.Hour}}, "none of the first 1000 records"},
	} {
		t.Run(name, func(t *testing.T) {
			var m noMatch
			var l lines
			for _, s := range c.steps {
				r := e.Enrich(s.chunk)
				m.see(&l, r, s.chunk, now.Add(s.after))
				r.Release()
			}
			var said []string
			l.drain(func(lv level, text string) {
				assert.Equal(t, levelWarn, lv)
				said = append(said, text)
			})
			if c.want == "" {
				assert.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			assert.Contains(t, said[0], c.want)
			assert.Contains(t, said[0], "has the keys level, line break. Usual causes")
			assert.NotContains(t, said[0], "secret")
		})
	}
	assert.Equal(t, "(none)", keysOf(nil))
	assert.Equal(t, strings.Repeat("k", 40)+"...", keysOf(event(strings.Repeat("k", 1000))))
	assert.Equal(t, "a, b, c, d, e, f, g, h, i, j, k, l, ...", keysOf(event(strings.Split("abcdefghijklmnop", "")...)))
}

// Most first tries last a few seconds and a few records: what was wrong is said when the instance ends.
func TestNoMatchAtTheEnd(t *testing.T) {
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	plain := msgp.AppendString(msgp.AppendString([]byte("\x92\x01\x81"), "kode"), "secret value")
	signIn := msgp.AppendInt([]byte("\x92\x01\x81\xaaresultType"), 50126)
	for name, c := range map[string]struct {
		chunks []string
		level  level
		want   string
	}{
		"no record":             {nil, levelInfo, "no record came"},
		"records without codes": {[]string{string(plain) + string(plain)}, levelWarn, "none of the 2 records has an error code; the first has the keys kode."},
		"a code":                {[]string{string(plain), string(signIn)}, 0, ""},
		"said before":           {[]string{strings.Repeat(string(plain), 1000)}, levelWarn, "none of the first 1000 records"},
	} {
		t.Run(name, func(t *testing.T) {
			var m noMatch
			var l lines
			for _, chunk := range c.chunks {
				r := e.Enrich([]byte(chunk))
				m.see(&l, r, []byte(chunk), time.Now())
				r.Release()
			}
			m.end(&l)
			var said []string
			l.drain(func(lv level, text string) {
				assert.Equal(t, c.level, lv)
				said = append(said, text)
			})
			if c.want == "" {
				assert.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			assert.Contains(t, said[0], c.want)
			assert.NotContains(t, said[0], "secret")
		})
	}
}
