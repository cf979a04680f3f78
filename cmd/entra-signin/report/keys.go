package report

import (
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/internal/printable"
)

// Keys lists the top-level keys of a record in JSON, never the values.
func Keys(record []byte) string {
	const most = 13 // one more than are shown
	var keys []string
	gjson.ParseBytes(record).ForEach(func(key, _ gjson.Result) bool {
		keys = append(keys, key.String())
		return len(keys) < most
	})
	return printable.Names(keys)
}
