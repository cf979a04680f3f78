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

// longestText is how much explain reads of standard input: far more than anybody pastes.
const longestText = 16 << 20

// errNothing is a question without words.
var errNothing = errors.New("explain what? Give a code, a name, words to search for, or a text with codes in it")

// questions takes the arguments of explain apart: each code and each name is a question of its own, and all other words
// together are one.
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
			a.say("there is no error code in this text") // whose words are too many to search for
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
		err = errors.New("longer than 16 MiB; entra-signin enrich reads records of any number")
	}
	return string(text), err
}

// listed returns the words of a text that holds nothing but codes and names, as in "50126, UserDisabled".
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

// label is a word that only announces the code after it.
var label = regexp.MustCompile(`(?i)^(AADSTS|sign-?in|(error|result|status)?[_-]?(codes?|errors?|number|type)?)[:=#-]?$`)

// dropLabels takes the words off that announce the code after them: those of Error Code: 53003, given as three arguments.
func dropLabels(words []string) []string {
	for len(words) > 0 && label.MatchString(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// pasted returns the codes that a text names, in the order in which they stand: JSON objects in it are sign-in records,
// whose codes the engine finds, and the rest is searched by the rules of codesIn.
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

// codesOf returns the codes that an engine finds in a record, or in the records of an envelope, and appends as key.
func codesOf(engine *filter.Engine, record []byte, key string) (codes []string) {
	lines, _, err := engine.EnrichJSON(nil, record)
	if err != nil {
		return nil // it nests too deep for the engine: what it holds is text
	}
	for line := range bytes.Lines(lines) {
		if code := gjson.GetBytes(line, key); code.Exists() && !slices.Contains(codes, code.Raw) {
			codes = append(codes, code.Raw)
		}
	}
	return codes
}
