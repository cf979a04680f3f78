package settings

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddress(t *testing.T) {
	for value, want := range map[string]string{
		"2021":                "127.0.0.1:2021",
		"02021":               "127.0.0.1:2021",
		":2021":               "127.0.0.1:2021",
		"localhost:2021":      "127.0.0.1:2021",
		"LocalHost:2021":      "127.0.0.1:2021",
		"0.0.0.0:2021":        "0.0.0.0:2021",
		"[::]:2021":           "[::]:2021",
		"[0:0::1]:65535":      "[::1]:65535",
		"[fe80::1%eth0]:2021": "[fe80::1%eth0]:2021",
	} {
		got, err := address(value)
		assert.NoError(t, err, value)
		assert.Equal(t, want, got)
	}
	for value, says := range map[string]string{
		"": "want off", ":": "want a port from 1", "on": "want off", "127.0.0.1": "want off", "127.0.0.1:": "want a port from 1",
		"::1:2021": "want off", "1:2:3": "want off", ":65536": "want a port from 1", ":-1": "want a port from 1", "-1": "want a port from 1",
		"0": "want a port from 1", ":0": "want a port from 1", "localhost:http": "want a port from 1", "host.invalid:2021": "want off",
		"*:2021": "want off", "127.1:2021": "want off", "http://127.0.0.1:2021": "want off", `"127.0.0.1:2021"`: "want a port from 1",
	} {
		got, err := address(value)
		assert.ErrorContains(t, err, says, value)
		assert.Empty(t, got)
	}
}
