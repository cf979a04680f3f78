package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pieces reads a whole stream. Objects are as they are, anything else has a ! before it.
func pieces(r *Reader) ([]string, error) {
	var all []string
	for {
		p, err := r.Next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return all, err
		}
		text := string(p.Text)
		if !p.Object {
			text = "!" + text
		}
		all = append(all, text)
	}
}

// checked is pieces for a reader that leaves the check to the caller.
func checked(r *Reader) ([]string, error) {
	var all []string
	add := func(p Piece) {
		text := string(p.Text)
		if !p.Object {
			text = "!" + text
		}
		all = append(all, text)
	}
	for {
		p, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, err
		case p.Unchecked && !json.Valid(p.Text):
			p.Recheck(add)
		default:
			add(p)
		}
	}
}

func TestUncheckedLines(t *testing.T) {
	r := NewFastReader(strings.NewReader("x\n{\"a\":1}{\"b\":2}\n{\"a\":{}\n}\n"))
	_, err := r.Next()
	require.NoError(t, err)
	p, err := r.Next()
	require.NoError(t, err)
	require.True(t, p.Unchecked)
	var lines []int
	p.Recheck(func(p Piece) { lines = append(lines, p.Line) })
	assert.Equal(t, []int{2, 2}, lines)
	p, err = r.Next()
	require.NoError(t, err)
	assert.Equal(t, Piece{Text: []byte("{\"a\":{}\n}"), Object: true, Line: 3}, p, "a line with a bracket that stays open is checked")
}

func TestPieces(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing":             {"", nil},
		"blanks":              {" \n\r\n\t\n", nil},
		"one a line":          {"{\"a\":1}\n{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}},
		"CRLF, no last end":   {"{\"a\":1}\r\n{\"b\":2}", []string{`{"a":1}`, `{"b":2}`}},
		"indented":            {"  {\"a\":1}  \n", []string{`{"a":1}`}},
		"several lines":       {"{\n \"a\": {\n  \"b\": 1\n }\n}\n{\n}\n", []string{"{\n \"a\": {\n  \"b\": 1\n }\n}", "{\n}"}},
		"one after the other": {`{"a":1}{"b":2} {"c":3}`, []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		"commas between":      {"{\"a\":1},\n{\"b\":2},{\"c\":3}\n", []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		"array on a line":     {`[{"a":1},{"b":[2]}]`, []string{`{"a":1}`, `{"b":[2]}`}},
		"array on lines":      {"[\n  {\"a\":1},\n  {\n\"b\":2}\n]\n{\"c\":3}\n", []string{`{"a":1}`, "{\n\"b\":2}", `{"c":3}`}},
		"arrays in a row":     {`[{"a":1}][{"b":2}] []`, []string{`{"a":1}`, `{"b":2}`}},
		"empty array":         {"[ ]\n{\"a\":1}", []string{`{"a":1}`}},
		"array, odd elements": {`[{"a":1},null,"x",[2,{}],3.5]`, []string{`{"a":1}`, "!null", `!"x"`, "![2,{}]", "!3.5"}},
		"array, last comma":   {`[{"a":1},]`, []string{`{"a":1}`}},
		"an envelope is one":  {`{"records":[{"a":1},{"b":2}]}`, []string{`{"records":[{"a":1},{"b":2}]}`}},
		"strings with traps":  {`{"a":"}{][,\"\\"}{"b\"}":"é"}`, []string{`{"a":"}{][,\"\\"}`, `{"b\"}":"é"}`}},

		"text":                   {"hello\n{\"a\":1}\n  indented\r\n", []string{"!hello", `{"a":1}`, "!  indented\r"}},
		"text after a record":    {`{"a":1} and more`, []string{`!{"a":1} and more`}},
		"text before a record":   {`2026-01-01 {"a":1}`, []string{`!2026-01-01 {"a":1}`}},
		"text in brackets":       {"[main] started\n[2026-01-01] x\n", []string{"![main] started", "![2026-01-01] x"}},
		"array of no records":    {"[1,2]\n[]x\n", []string{"![1,2]", "![]x"}},
		"scalars":                {"12\n\"x\"\nnull\n", []string{"!12", `!"x"`, "!null"}},
		"a record cut short":     {"{\"a\":{\"b\":1}\n{\"c\":3}\n", []string{`!{"a":{"b":1}`, `{"c":3}`}},
		"cut inside a string":    {"{\"a\":\"b\n{\"c\":3}\n", []string{`!{"a":"b`, `{"c":3}`}},
		"the last one cut short": {"{\"a\":1}\n{\"b\":", []string{`{"a":1}`, `!{"b":`}},
		"bad number":             {"{\"a\":01}\n{\"c\":3}\n", []string{`!{"a":01}`, `{"c":3}`}},
		"bad literal":            {"{\"a\":nul}\n", []string{`!{"a":nul}`}},
		"wrong bracket":          {"{\"a\":[1}\n", []string{`!{"a":[1}`}},
		"comma too many":         {"{\"a\":1,}\n", []string{`!{"a":1,}`}},
		"damage after lines":     {"{\n\"a\":1,\n\"b\"}\n{\"c\":3}\n", []string{"!{", `!"a":1,`, `!"b"}`, `{"c":3}`}},
		"damage in an array":     {"[{\"a\":1},\n{\"b\" 2},\n{\"c\":3}]\n", []string{`{"a":1}`, `!{"b" 2},`, `!{"c":3}]`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pieces(NewReader(strings.NewReader(test.text)))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			slow, err := pieces(NewReader(iotest.OneByteReader(strings.NewReader(test.text))))
			require.NoError(t, err)
			assert.Equal(t, got, slow, "what comes byte by byte is cut the same")
			fast, err := checked(NewFastReader(strings.NewReader(test.text)))
			require.NoError(t, err)
			assert.Equal(t, got, fast, "and so is what is checked later")
		})
	}
}

func TestLineNumbers(t *testing.T) {
	text := "\n{}\n\n  {\n}{}\nx\n[{},\n\n{\n}, 1]\n\nlast"
	var got []int
	for r := NewReader(strings.NewReader(text)); ; {
		p, err := r.Next()
		if err != nil {
			break
		}
		got = append(got, p.Line)
	}
	assert.Equal(t, []int{2, 4, 5, 6, 7, 9, 10, 12}, got)
}

func TestDeepNesting(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	for _, end := range []string{"", "\n"} {
		got, err := pieces(NewReader(strings.NewReader(nested(deepest) + end)))
		require.NoError(t, err)
		assert.True(t, len(got) == 1 && got[0][0] == '{')
		got, err = pieces(NewReader(strings.NewReader(nested(deepest+1) + end)))
		require.NoError(t, err)
		assert.True(t, len(got) == 1 && got[0][0] == '!')
	}
	flat := `{"a":[` + strings.Repeat("{},", 2*deepest) + "{}]}"
	got, err := pieces(NewReader(strings.NewReader(flat + "\n")))
	require.NoError(t, err)
	assert.Equal(t, []string{flat}, got, "many brackets that do not nest")
}

// Every line begins a record that the next lines could be part of. Each must not be searched to the end for each.
func TestManyRecordsCutShort(t *testing.T) {
	text := strings.Repeat("{\"a\":\n", 20_000)
	got, err := pieces(NewReader(strings.NewReader(text)))
	require.NoError(t, err)
	assert.Len(t, got, 20_000)
}

func TestAnArrayThatIsCutShort(t *testing.T) {
	for text, want := range map[string][]string{
		`[{"a":1},{"b":2}`: {`{"a":1}`, `{"b":2}`},
		`[{"a":1},`:        {`{"a":1}`},
		`[{"a":1},{"b":`:   {`{"a":1}`, `!{"b":`},
	} {
		got, err := pieces(NewReader(strings.NewReader(text)))
		assert.ErrorIs(t, err, ErrCut, text)
		assert.Equal(t, want, got, text)
	}
}

func TestLongRecords(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 3*readAhead) + `"}`
	for name, text := range map[string]string{
		"a line":      long + "\n{}\n",
		"no line end": long + "{}",
		"in an array": "[" + long + ",{}]",
	} {
		got, err := pieces(NewReader(strings.NewReader(text)))
		require.NoError(t, err, name)
		assert.Equal(t, []string{long, "{}"}, got, name)
	}
}

func TestRecordsThatAreTooLong(t *testing.T) {
	body := strings.Repeat("x", 2*readAhead)
	for name, text := range map[string]string{
		"a line":          `{"a":"` + body + `"}` + "\n",
		"several lines":   "{\n\"a\":\n\"" + body + `"}`,
		"text":            body + "\n",
		"in an array":     `[{},{"a":"` + body + `"}]`,
		"first in an one": `[{"a":"` + body + `"}]`,
		"blanks":          "{" + strings.Repeat(" ", 2*readAhead) + "}",
	} {
		r := NewReader(strings.NewReader("{}\n" + text))
		r.limit = readAhead
		got, err := pieces(r)
		assert.ErrorIs(t, err, ErrTooLong, name)
		assert.ErrorContains(t, err, "line 2", name)
		assert.Equal(t, "{}", got[0], name)
		assert.LessOrEqual(t, len(got), 2, name)
	}
}

// An array of any size passes through a buffer of the size of a record.
func TestArraysAreNotHeld(t *testing.T) {
	const n = 100_000
	in, out := io.Pipe()
	go func() {
		before := "["
		for i := range n {
			if _, err := fmt.Fprintf(out, `%s{"number":%d,"text":"some more of it"}`, before, i); err != nil {
				return
			}
			before = ","
		}
		_, err := io.WriteString(out, "]")
		_ = out.CloseWithError(err)
	}()
	r := NewReader(in)
	for i := range n {
		p, err := r.Next()
		require.NoError(t, err)
		if want := fmt.Sprintf(`{"number":%d,"text":"some more of it"}`, i); string(p.Text) != want {
			t.Fatalf("got %s, want %s", p.Text, want)
		}
	}
	_, err := r.Next()
	assert.ErrorIs(t, err, io.EOF)
	assert.Len(t, r.buf, readAhead)
}

func TestReadErrors(t *testing.T) {
	bad := errors.New("disk on fire")
	r := NewReader(io.MultiReader(strings.NewReader("{}\n{\"a\":"), iotest.ErrReader(bad)))
	got, err := pieces(r)
	assert.ErrorIs(t, err, bad)
	assert.ErrorContains(t, err, "after line 1")
	assert.Equal(t, []string{"{}", `!{"a":`}, got, "what was read before is handed out")

	_, err = pieces(NewReader(stuck{}))
	assert.ErrorIs(t, err, io.ErrNoProgress)
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// solid is what of a stream must come out again: everything but blanks, brackets and commas.
func solid(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		if strings.IndexByte(" \t\r\n[],", c) < 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Whatever comes in: objects are JSON objects, nothing is lost, and it does not matter in what portions it comes.
func FuzzReader(f *testing.F) {
	f.Add([]byte("{\"a\":1}\n[{\"b\":[1,null,{}]},\n2]\r\ntext {\n{\"c\":\"\\\"}\\u00e9\"}{}"))
	f.Add([]byte("[{\"a\":1},"))
	f.Add([]byte("{\"a\": {\n\"b\": 1\n"))
	f.Add([]byte("{} x\n{},\n[[{}]]\n[]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(bytes.NewReader(text))
		var out [][]byte
		for {
			p, err := r.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, ErrCut) {
					t.Fatal(err)
				}
				break
			}
			if p.Object && (p.Text[0] != '{' || p.Text[len(p.Text)-1] != '}' || !json.Valid(bytes.ToValidUTF8(p.Text, []byte("?")))) {
				t.Fatalf("no object: %q", p.Text)
			}
			out = append(out, bytes.Clone(p.Text))
		}
		if got, want := solid(bytes.Join(out, nil)), solid(text); got != want {
			t.Fatalf("%q came out of %q", got, want)
		}
		whole, _ := pieces(NewReader(bytes.NewReader(text)))
		parts, _ := pieces(NewReader(iotest.OneByteReader(bytes.NewReader(text))))
		if len(whole) != len(parts) || strings.Join(whole, "\x00") != strings.Join(parts, "\x00") {
			t.Fatalf("in portions %q, at once %q", parts, whole)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	line := []byte(`{"createdDateTime":"2026-03-02T09:07:13Z","status":{"errorCode":50126},"more":"` + strings.Repeat("x", 1900) + "\"}\n")
	text := bytes.Repeat(line, 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(text))
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	}
}
