package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testCommand = regexp.MustCompile("`(?:[A-Z]+=\\S+ )*go test (\\./\\S+)([^`]*)`")
	runFlag     = regexp.MustCompile(`-(?:run|bench) '?([^\s']+)'?`)
	fuzzTarget  = regexp.MustCompile(`\bFuzz[A-Z]\w+`)
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
)

// A test that a page names must exist.
func TestCommandsInTheDocumentationNameTests(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	all := strings.Join(testsIn(t, root), "\n")
	commands := 0
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, command := range testCommand.FindAllStringSubmatch(string(text), -1) {
			run := runFlag.FindStringSubmatch(command[2])
			if run == nil {
				continue
			}
			commands++
			named, err := regexp.Compile(run[1])
			require.NoError(t, err, command[0])
			found := false
			for _, name := range testsIn(t, filepath.Join(root, strings.TrimSuffix(command[1], "/..."))) {
				found = found || named.MatchString(name)
			}
			assert.True(t, found, "%s: %s runs no test", filepath.Base(page), command[0])
		}
		for _, target := range fuzzTarget.FindAllString(string(text), -1) {
			assert.Regexp(t, `(?m)^`+target+`$`, all, filepath.Base(page))
		}
	}
	assert.NotZero(t, commands)
}

// testsIn returns the names of the tests in a folder and in the folders below.
func testsIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range testFunc.FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
		return err
	}))
	return names
}
