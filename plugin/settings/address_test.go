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
		"": "use off", ":": "the port must be from 1", "on": "use off", "127.0.0.1": "use off", "127.0.0.1:": "the port must be from 1",
		"::1:2021": "use off", "1:2:3": "use off", ":65536": "the port must be from 1", ":-1": "the port must be from 1", "-1": "the port must be from 1",
		"0": "the port must be from 1", ":0": "the port must be from 1", "localhost:http": "the port must be from 1", "host.invalid:2021": "use off",
		"*:2021": "use off", "127.1:2021": "use off", "http://127.0.0.1:2021": "use off", `"127.0.0.1:2021"`: "the port must be from 1",
	} {
		got, err := address(value)
		assert.ErrorContains(t, err, says, value)
		assert.Empty(t, got)
	}
}
