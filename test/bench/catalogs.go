package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// writeCatalogs writes the catalog, all of it, for the scripts to include.
func (p *peers) writeCatalogs(c *catalog.Catalog) error {
	header, err := catalogC(c)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "catalog.h"), []byte(header), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.dir, "catalog.lua"), []byte(catalogLua(c)), 0o600)
}

// quote writes a literal that Lua and C read alike. Letters outside of ASCII stay as they are: both take bytes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// catalogLua makes a chunk that returns two tables, descriptions and severities by code.
func catalogLua(c *catalog.Catalog) string {
	var b strings.Builder
	b.WriteString("local d, s = {}, {}\n")
	for i := range c.Len() {
		e := c.At(i)
		fmt.Fprintf(&b, "d[%d], s[%d] = %s, %s\n", e.Code, e.Code, quote(e.Description), quote(e.Severity.String()))
	}
	b.WriteString("return d, s\n")
	return b.String()
}

// catalogC makes a table, ascending by code, of what is put in the place of a record's last brace.
func catalogC(c *catalog.Catalog) (string, error) {
	var b strings.Builder
	b.WriteString("static const struct entry { unsigned code; const char *text; unsigned length; } catalog[] = {\n")
	for i := range c.Len() {
		e := c.At(i)
		fields, err := json.Marshal(struct {
			Description string `json:"description"`
			Severity    string `json:"severity"`
		}{e.Description, e.Severity.String()})
		if err != nil {
			return "", err
		}
		fields[0] = ',' // {"description": … becomes ,"description": …
		fmt.Fprintf(&b, "    {%d, %s, %d},\n", e.Code, quote(string(fields)), len(fields))
	}
	b.WriteString("};\n")
	return b.String(), nil
}
