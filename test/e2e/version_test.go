package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var hostVersion = sync.OnceValues(func() (v [3]int, err error) {
	out, err := exec.Command(fluentBitPath(), "--version").Output()
	if err != nil {
		return v, err
	}
	return parseVersion(string(out))
})

var threeNumbers = regexp.MustCompile(`(\d+)\.(\d+)\.(\d+)`)

func parseVersion(text string) (v [3]int, err error) {
	found := threeNumbers.FindStringSubmatch(text)
	if found == nil {
		return v, fmt.Errorf("no version in %q", text)
	}
	for i := range v {
		if v[i], err = strconv.Atoi(found[1+i]); err != nil {
			return v, err
		}
	}
	return v, nil
}

// since skips a test on a Fluent Bit older than the given version, and says what that version brought.
func since(t *testing.T, version, brought string) {
	t.Helper()
	fluentBit(t)
	want, err := parseVersion(version)
	require.NoError(t, err)
	have, err := hostVersion()
	require.NoError(t, err)
	if older(have, want) {
		t.Skipf("Fluent Bit %d.%d.%d: %s came with %s", have[0], have[1], have[2], brought, version)
	}
}

func older(v, than [3]int) bool {
	for i := range v {
		if v[i] != than[i] {
			return v[i] < than[i]
		}
	}
	return false
}
