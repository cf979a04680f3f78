package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func caught(f func()) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = panicText(p)
		}
	}()
	f()
	return "no panic"
}

func TestPanicTextNamesThePlace(t *testing.T) {
	var table map[string]int
	var list []int
	var nothing *report
	for want, f := range map[string]func(){
		"asked for (":                         func() { panic("asked for") },
		"assignment to entry in nil map (":    func() { table["x"]++ },
		"index out of range [3]":              func() { _ = list[3+len(table)] },
		"nil pointer dereference (fluent-bit": func() { nothing.seen = nil },
	} {
		text := caught(f)
		assert.Contains(t, text, want)
		assert.Contains(t, text, "recover_test.go:")
		assert.NotContains(t, text, "\n")
	}
	assert.Equal(t, "no panic", caught(func() {}))
}
