package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func caught(f func()) (text string) {
	text = "no panic"
	defer guard(func(fault string) { text = fault })
	f()
	return text
}

// A panic that leaves a function called from C ends the host, so each of them begins with the guard.
func TestEveryExportedFunctionIsGuarded(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var exported []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Doc == nil || !strings.HasPrefix(f.Doc.List[len(f.Doc.List)-1].Text, "//export ") {
				continue
			}
			exported = append(exported, f.Name.Name)
			assert.True(t, beginsWithGuard(f.Body.List), "%s: %s", name, f.Name)
		}
	}
	assert.Len(t, exported, 9, "%s", exported)
}

// beginsWithGuard reports whether nothing stands before the guard but a literal of a struct or a variable.
func beginsWithGuard(body []ast.Stmt) bool {
	for _, s := range body {
		switch s := s.(type) {
		case *ast.DeferStmt:
			f, ok := s.Call.Fun.(*ast.Ident)
			return ok && f.Name == "guard"
		case *ast.AssignStmt:
			if _, ok := s.Rhs[0].(*ast.CompositeLit); !ok {
				return false
			}
		default:
			return false
		}
	}
	return false
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
