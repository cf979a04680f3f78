package settings

import (
	"bytes"
	"crypto/sha256"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/option"
)

// LoadRules is LoadCatalog for the rules about the severity.
func LoadRules(file string) (*rules.Set, Content, error) {
	if file == "" {
		return rules.Embedded(), Content{}, nil
	}
	return ReloadRules(file, Content{})
}

// ReloadRules is ReloadCatalog for the rules about the severity.
func ReloadRules(file string, seen Content) (*rules.Set, Content, error) {
	data, err := catalog.ReadFile(file)
	if err != nil {
		return nil, Content{}, &option.Error{Option: "Context_Rules", Value: file, Err: err}
	}
	content := Content(sha256.Sum256(data))
	if content == seen {
		return nil, content, nil
	}
	s, err := rules.Embedded().Overlay(file, bytes.NewReader(data))
	if err != nil {
		return nil, content, &option.Error{Option: "Context_Rules", Value: file, Err: oneLine(err)}
	}
	return s, content, nil
}
