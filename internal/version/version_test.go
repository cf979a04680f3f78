package version

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersionOfTheSources(t *testing.T) {
	assert.Regexp(t, `^\d+\.\d+\.\d+(-dev)?$`, Version)
}

// make sets the version where one is known, and leaves that of the sources where none is.
func TestMakeSetsTheVersion(t *testing.T) {
	for version, want := range map[string]bool{"": false, "v1.2.3": true} {
		out, err := exec.Command("make", "-C", "../..", "--always-make", "--dry-run", "build", "VERSION="+version).CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.Contains(t, string(out), "-buildmode=c-shared")
		if want {
			assert.Contains(t, string(out), " -X fluent-bit-entra-signin/internal/version.Version="+version+"'")
		} else {
			assert.NotContains(t, string(out), " -X ")
		}
	}
}
