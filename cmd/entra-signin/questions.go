package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/filter"
)

// longestText is the size limit of standard input in bytes, far more than anybody pastes.
const longestText = 16 << 20

// errNothing reports that there is nothing to explain.
var errNothing = errors.New("nothing to explain: give a code, a name, words to search for, or a text that contains codes")

// questions splits the arguments of explain into questions: each code and each name is one question, and all other words together
// are one question.
func (a *app) questions(c *catalog.Catalog, args []string) ([]string, error) {
	var questions, words []string
	for _, arg := range args {
		if arg == stdin {
			text, err := a.readText()
			if err != nil {
				return nil, failure{fmt.Errorf("%s: %w", shown(stdin), err)}
			}
			if strings.TrimSpace(text) == "" {
				return nil, errNothing
			}
			arg = text
		}
		if list, ok := listed(c, arg); ok {
			words = dropLabels(words)
			questions = append(questions, list...)
			continue
		}
		codes, err := pasted(c, arg)
		switch {
		case err != nil:
			return nil, failure{err}
		case len(codes) > 0:
			questions = append(questions, codes...)
		case strings.Contains(strings.TrimSpace(arg), "\n"):
			a.say("this text contains no error code") // a search for so many words finds nothing
		default:
			words = append(words, strings.TrimSpace(arg))
		}
	}
	if len(words) > 0 {
		questions = append(questions, strings.Join(words, " "))
	}
	return questions, nil
}

// readText reads standard input as a whole.
func (a *app) readText() (string, error) {
	in, err := input.Text(a.in)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(in, longestText+1))
	if err == nil && len(text) > longestText {
		err = errors.New("larger than 16 MiB; use entra-signin enrich, which has no limit")
	}
	return string(text), err
}

// listed returns the words of a text that consists of codes and names only, such as "50126, UserDisabled".
func listed(c *catalog.Catalog, text string) (words []string, ok bool) {
	words = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	for _, word := range words {
		_, err := catalog.ParseCode(word)
		_, name := c.LookupName(word)
		if err != nil && !name {
			return nil, false
		}
	}
	return words, len(words) > 0
}

// label matches a word that only announces the code after it.
var label = regexp.MustCompile(`(?i)^(AADSTS|sign-?in|(error|result|status)?[_-]?(codes?|errors?|number|type)?)[:=#-]?$`)

// dropLabels removes trailing labels from words, such as the first two of the arguments Error Code: 53003.
func dropLabels(words []string) []string {
	for len(words) > 0 && label.MatchString(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// pasted returns the codes in a text, in order. JSON objects in the text are sign-in records, in which the engine finds the codes. The
// rest of the text is searched by codesIn.
func pasted(c *catalog.Catalog, text string) ([]string, error) {
	options := filter.DefaultOptions()
	options.Fields, options.Prefix = []string{"code"}, "entra_signin_explain_"
	engine, err := filter.New(options, c)
	if err != nil {
		return nil, err
	}
	var codes, doubtful []string
	search := func(text string, bare bool) {
		found, doubt := codesIn(c, text, bare)
		codes, doubtful = append(codes, found...), append(doubtful, doubt...)
	}
	var plain strings.Builder // the lines since the last object
	in := records.NewReader(strings.NewReader(text))
	for {
		piece, err := in.Next()
		if err == nil && !piece.Object {
			plain.Write(piece.Text)
			plain.WriteByte('\n')
			continue
		}
		search(plain.String(), true)
		plain.Reset()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, records.ErrCut):
			if len(codes) == 0 {
				return doubtful, nil
			}
			return codes, nil
		case err != nil:
			return nil, err
		}
		if found := codesOf(engine, piece.Text, options.Prefix+"code"); found != nil {
			codes = append(codes, found...)
		} else {
			search(string(piece.Text), false)
		}
	}
}

// codesOf returns the codes that an engine finds in a record, or in the records of an envelope. The engine appends them as key.
func codesOf(engine *filter.Engine, record []byte, key string) (codes []string) {
	lines, _, err := engine.EnrichJSON(nil, record)
	if err != nil {
		return nil // nested too deeply for the engine: treat the record as text
	}
	for line := range bytes.Lines(lines) {
		if code := gjson.GetBytes(line, key); code.Exists() && !slices.Contains(codes, code.Raw) {
			codes = append(codes, code.Raw)
		}
	}
	return codes
}
