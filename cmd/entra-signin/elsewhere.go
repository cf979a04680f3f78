package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// The formats of this file are for software that cannot load the plugin. docs/catalog-elsewhere.md shows how to use each.

// writeOTel writes entries as the YAML file of the lookup processor of the OpenTelemetry Collector: a map from code to fields. Keys are
// strings, because the processor looks up strings. Empty fields are left out, so that the processor adds no empty attributes.
func writeOTel(w io.Writer, entries []*catalog.Entry) error {
	if len(entries) == 0 {
		_, err := io.WriteString(w, "{}\n")
		return err
	}
	out := bufio.NewWriter(w)
	for _, e := range entries {
		fmt.Fprintf(out, "\"%d\":\n", e.Code)
		for _, f := range fieldsOf(e) {
			if f.value != "" {
				fmt.Fprintf(out, "  %s: %s\n", f.name, strconv.Quote(f.value)) // YAML has the escape sequences of Go
			}
		}
	}
	return out.Flush()
}

// kqlColumns are the columns of the KQL table. The names differ from those of the tables SigninLogs and
// AADNonInteractiveUserSignInLogs, except ResultType, the column to look up.
var kqlColumns = []string{"ResultType", "ErrorName", "ErrorDescription", "ErrorSeverity", "ErrorOutcome", "ErrorCategory", "ErrorAction",
	"ErrorTechnique", "ErrorCredential"}

// writeKQL writes entries as a let statement of the Kusto Query Language that defines a table. All columns are strings, as is the column
// ResultType of SigninLogs.
func writeKQL(w io.Writer, entries []*catalog.Entry) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "let EntraSignInErrors = datatable(%s:string)\n[", strings.Join(kqlColumns, ":string, "))
	for i, e := range entries {
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprintf(out, "\n    \"%d\"", e.Code)
		for _, f := range fieldsOf(e) {
			fmt.Fprintf(out, ", %s", strconv.Quote(f.value)) // KQL has the escape sequences of Go
		}
	}
	fmt.Fprint(out, "\n];\n")
	return out.Flush()
}

// writeLookup writes entries as a CSV file for the lookups of Splunk, Vector and others, and for a watchlist of Microsoft Sentinel. The
// names of all columns except the key begin with entra_, because Splunk lets a lookup overwrite fields such as action and severity.
func writeLookup(w io.Writer, entries []*catalog.Entry) error {
	header := []string{"code"}
	for _, f := range fieldsOf(new(catalog.Entry)) {
		header = append(header, "entra_"+f.name)
	}
	rows := [][]string{header}
	for _, e := range entries {
		row := []string{strconv.Itoa(int(e.Code))}
		for _, f := range fieldsOf(e) {
			row = append(row, f.value)
		}
		rows = append(rows, row)
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// A field is a field of an entry, under the name that the plugin gives it.
type field struct{ name, value string }

// fieldsOf returns the fields of an entry that describe a sign-in: all except the code and the source.
func fieldsOf(e *catalog.Entry) []field {
	return []field{
		{"name", e.Name},
		{"description", e.Description},
		{"severity", e.Severity.String()},
		{"outcome", e.Outcome.String()},
		{"category", string(e.Category)},
		{"action", e.Action},
		{"technique", e.Technique},
		{"credential", e.Credential.String()},
	}
}
