package install

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packager returns nfpm, or skips the test where it cannot be had.
func packager(t *testing.T) (env []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds nfpm")
	}
	script, err := os.ReadFile(filepath.Join(root, "packaging/packages.sh"))
	require.NoError(t, err)
	module := regexp.MustCompile(`github\.com/goreleaser/nfpm/\S+@v[0-9.]+`).FindString(string(script))
	require.NotEmpty(t, module)
	if out, err := try([]string{"GOBIN=" + scratch}, "go", "install", module); err != nil {
		lines := strings.Split(strings.TrimSpace(out), "\n")
		t.Skipf("nfpm cannot be built: %s", lines[len(lines)-1])
	}
	return []string{"NFPM=" + filepath.Join(scratch, "nfpm")}
}

func packages(t *testing.T, version string) (deb, rpm string) {
	t.Helper()
	env, dir := packager(t), t.TempDir()
	run(t, env, "packaging/packages.sh", version, dir, "amd64", files(t))
	for pattern, path := range map[string]*string{"*_amd64.deb": &deb, "*.x86_64.rpm": &rpm} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		require.Len(t, found, 1)
		*path = found[0]
	}
	return deb, rpm
}

var installedFiles = []string{
	"/etc/fluent-bit/plugins-entra-signin.conf",
	"/usr/bin/entra-signin",
	"/usr/lib/fluent-bit/flb-filter_entra_signin.so",
	"/usr/lib/fluent-bit/out_entra_signin.so",
	"/usr/share/doc/fluent-bit-entra-signin/CHANGELOG.md",
	"/usr/share/doc/fluent-bit-entra-signin/README.md",
	"/usr/share/doc/fluent-bit-entra-signin/copyright",
}

func TestRPM(t *testing.T) {
	if _, err := exec.LookPath("rpm"); err != nil {
		t.Skip("no rpm here")
	}
	_, rpm := packages(t, "v0.0.1")
	assert.Equal(t, installedFiles, strings.Fields(run(t, nil, "rpm", "-qpl", rpm)))
	assert.Contains(t, run(t, nil, "rpm", "-qp", "--configfiles", rpm), "/etc/fluent-bit/plugins-entra-signin.conf")
	assert.Contains(t, run(t, nil, "rpm", "-qpR", rpm), "glibc >= 2.34")
	assert.Contains(t, run(t, nil, "rpm", "-qp", "--qf", "%{VERSION} %{ARCH} %{LICENSE}", rpm), "0.0.1 x86_64 Apache-2.0")
	assert.Contains(t, run(t, nil, "rpm", "-qpvl", rpm), "out_entra_signin.so -> flb-filter_entra_signin.so", "a copy would be a second Go runtime")
}

func TestVersionsOfPackages(t *testing.T) {
	for given, want := range map[string]string{"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "a1b2c3d-dirty": "0.1.0~dev+a1b2c3d.dirty"} {
		deb, _ := packages(t, given)
		assert.Contains(t, filepath.Base(deb), "_"+want+"_amd64.deb")
	}
}

// The packages state the version of glibc that the object asks for. It is that of the compiler's machine, at most that of Debian 12.
func TestPackagesStateTheirGlibc(t *testing.T) {
	object, err := elf.Open(filepath.Join(files(t), "flb-filter_entra_signin.so"))
	require.NoError(t, err)
	defer object.Close()
	needs, err := object.DynamicVersionNeeds()
	require.NoError(t, err)
	newest := 0
	for _, need := range needs {
		for _, version := range need.Needs {
			if minor, ok := strings.CutPrefix(version.Dep, "GLIBC_2."); ok {
				minor, _, _ = strings.Cut(minor, ".")
				n, err := strconv.Atoi(minor)
				require.NoError(t, err)
				newest = max(newest, n)
			}
		}
	}
	config, err := os.ReadFile(filepath.Join(root, "packaging/nfpm.yaml"))
	require.NoError(t, err)
	stated := regexp.MustCompile(`libc6? \(?>= 2\.(\d+)`).FindAllStringSubmatch(string(config), -1)
	require.Len(t, stated, 2)
	for _, s := range stated {
		n, err := strconv.Atoi(s[1])
		require.NoError(t, err)
		assert.GreaterOrEqual(t, n, newest, "the object needs GLIBC_2.%d", newest)
	}
}

// Installed, used, upgraded and removed, beside a Fluent Bit that is configured as its own package leaves it.
func TestDebInACleanRoot(t *testing.T) {
	need(t, "debootstrap", "dpkg-deb", "chroot")
	first, _ := packages(t, "v0.0.1")
	second, _ := packages(t, "v0.0.2")
	dir := clean(t)
	for _, deb := range []string{first, second} {
		run(t, nil, "cp", deb, filepath.Join(dir, "tmp"))
	}
	chroot := func(args ...string) string {
		t.Helper()
		return run(t, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}, "chroot", append([]string{dir}, args...)...)
	}

	said := chroot("dpkg", "-i", "/tmp/"+filepath.Base(first))
	assert.Contains(t, said, "add this line to /etc/fluent-bit/plugins.conf, then restart Fluent Bit:\n    @INCLUDE plugins-entra-signin.conf\n")
	listed := strings.Fields(chroot("dpkg", "-L", "fluent-bit-entra-signin"))
	for _, file := range installedFiles {
		assert.Contains(t, listed, file)
	}
	to, err := os.Readlink(filepath.Join(dir, "usr/lib/fluent-bit/out_entra_signin.so"))
	require.NoError(t, err)
	assert.Equal(t, "flb-filter_entra_signin.so", to)
	assert.Contains(t, chroot("entra-signin", "explain", "50126"), "50126")
	assert.Contains(t, chroot("entra-signin", "install", "/opt/other"), "/opt/other/flb-filter_entra_signin.so", "the command finds the plugin")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "opt/other")))

	t.Run("Fluent Bit", func(t *testing.T) {
		bit := fluentBit(t)
		bit.put(t, filepath.Join(dir, "standin"))
		for name, text := range map[string]string{
			"etc/fluent-bit/plugins.conf":    "[PLUGINS]\n    # Path /path/to/out_gstdout.so\n\n@INCLUDE plugins-entra-signin.conf\n",
			"etc/fluent-bit/fluent-bit.conf": "[SERVICE]\n    flush 1\n    plugins_file plugins.conf\n[INPUT]\n    name dummy\n    samples 1\n    dummy {\"status\":{\"errorCode\":50126}}\n[FILTER]\n    name entra_signin\n    match *\n[OUTPUT]\n    name entra_signin\n    match *\n    fields code\n[OUTPUT]\n    name exit\n    match *\n    flush_count 1\n",
		} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		out := chroot("/standin/"+bit.loader, "--library-path", "/standin/lib", "/standin/fluent-bit", "-c", "/etc/fluent-bit/fluent-bit.conf")
		assert.Contains(t, out, `"severity":"medium"`)
	})
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "etc/fluent-bit"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "etc/fluent-bit/plugins.conf"), []byte("@INCLUDE plugins-entra-signin.conf\n"), 0o600))

	said = chroot("dpkg", "-i", "/tmp/"+filepath.Base(second))
	assert.Contains(t, said, "restart Fluent Bit to use the new version")
	assert.NotContains(t, said, "@INCLUDE")

	said = chroot("dpkg", "-r", "fluent-bit-entra-signin")
	assert.Regexp(t, `remove the plugin from the configuration, or Fluent Bit will not start again:.* /etc/fluent-bit/plugins\.conf\n`, said)
	for _, file := range installedFiles[1:] {
		assert.NoFileExists(t, filepath.Join(dir, file))
	}
	assert.FileExists(t, filepath.Join(dir, installedFiles[0]), "a removal keeps what the user may have changed")
	chroot("dpkg", "-P", "fluent-bit-entra-signin")
	assert.NoFileExists(t, filepath.Join(dir, installedFiles[0]))
	assert.FileExists(t, filepath.Join(dir, "etc/fluent-bit/plugins.conf"), "Fluent Bit's own")
}

// machine returns the architecture that a file is for.
func machine(t *testing.T, path string) string {
	t.Helper()
	object, err := elf.Open(path)
	require.NoError(t, err)
	defer object.Close()
	return map[elf.Machine]string{elf.EM_X86_64: "x86-64", elf.EM_AARCH64: "AArch64"}[object.Machine]
}
