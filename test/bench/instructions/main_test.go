package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryWayRuns(t *testing.T) {
	records := strings.Split(strings.TrimSpace(signIns), "\n")
	for _, w := range ways {
		assert.NoError(t, run(w.name, records), w.name)
	}
	assert.ErrorContains(t, run("x", records), `"x"`)
}
