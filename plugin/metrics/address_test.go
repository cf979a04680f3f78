package metrics

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddress(t *testing.T) {
	for value, want := range map[string]string{
		"2021":           "127.0.0.1:2021",
		":2021":          "127.0.0.1:2021",
		"127.0.0.1:0":    "127.0.0.1:0",
		"0.0.0.0:2021":   "0.0.0.0:2021",
		"[::]:2021":      "[::]:2021",
		"[::1]:65535":    "[::1]:65535",
		"localhost:2021": "localhost:2021",
	} {
		got, err := Address(value)
		assert.NoError(t, err, value)
		assert.Equal(t, want, got)
	}
	for _, value := range []string{"", ":", "on", "127.0.0.1", "127.0.0.1:", "::1:2021", "1:2:3", ":65536", ":-1", "host:http", "http://127.0.0.1:2021"} {
		got, err := Address(value)
		assert.ErrorContains(t, err, "127.0.0.1:2021", value)
		assert.Empty(t, got)
	}
}
