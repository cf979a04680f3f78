package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// images is a store of images of its own.
type images struct {
	t     *testing.T
	flags []string // of podman and buildah: where the store is
}

func newImages(t *testing.T) images {
	t.Helper()
	need(t, "podman", "buildah", "runc")
	dir := t.TempDir()
	i := images{t: t, flags: []string{"--root", filepath.Join(dir, "storage"), "--runroot", filepath.Join(dir, "run"), "--storage-driver", "overlay"}}
	if _, err := i.try("podman", "info"); err != nil { // overlay does not lie on every file system
		i.flags[len(i.flags)-1] = "vfs"
	}
	if out, err := i.try("podman", "info"); err != nil {
		t.Skipf("podman does not work here: %s", strings.TrimSpace(out))
	}
	t.Cleanup(func() {
		i.run("podman", "system", "reset", "--force")
	})
	return i
}

func (i images) try(program string, args ...string) (string, error) {
	return try(nil, program, append(i.flags[:len(i.flags):len(i.flags)], args...)...)
}

func (i images) run(program string, args ...string) string {
	i.t.Helper()
	return run(i.t, nil, program, append(i.flags[:len(i.flags):len(i.flags)], args...)...)
}

// podman runs a command with the runtime that works in a container as well.
func (i images) podman(args ...string) string {
	i.t.Helper()
	return i.run("podman", append([]string{"--runtime", "runc", "--cgroup-manager", "cgroupfs"}, args...)...)
}

// bases imports stand-ins for the images that the Dockerfile is built on: a clean Debian 12 with a compiler, which gets the Go of this
// machine, and the Fluent Bit of this machine in an otherwise empty root, as the official image has it.
func (i images) bases() (build []string) {
	i.t.Helper()
	bit := fluentBit(i.t)
	dir := clean(i.t)
	run(i.t, nil, "go", "mod", "download")
	golang := filepath.Join(i.t.TempDir(), "golang.tar")
	run(i.t, nil, "tar", "-C", dir, "--exclude=./tmp/*", "--exclude=./standin", "--exclude=./var/cache/apt/*", "-cf", golang, ".")
	i.podman("import", "--change", "ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"--change", "ENV GOPROXY=off", "--change", "ENV GOTOOLCHAIN=local", "--change", "ENV GOMODCACHE=/go/pkg/mod",
		"--change", "ENV GOCACHE=/go/cache", golang, "docker.io/library/golang:1.26-bookworm")

	rootfs := filepath.Join(i.t.TempDir(), "runtime")
	bit.put(i.t, filepath.Join(rootfs, "standin"))
	for _, folder := range []string{"fluent-bit/bin", "fluent-bit/etc", "lib64"} {
		require.NoError(i.t, os.MkdirAll(filepath.Join(rootfs, folder), 0o755))
	}
	require.NoError(i.t, os.Rename(filepath.Join(rootfs, "standin/fluent-bit"), filepath.Join(rootfs, "fluent-bit/bin/fluent-bit")))
	run(i.t, nil, "cp", filepath.Join(rootfs, "standin", bit.loader), filepath.Join(rootfs, "lib64"))
	tar := filepath.Join(i.t.TempDir(), "runtime.tar")
	run(i.t, nil, "tar", "-C", rootfs, "-cf", tar, ".")
	i.podman("import", "--change", "ENV LD_LIBRARY_PATH=/standin/lib", "--change", `ENTRYPOINT ["/fluent-bit/bin/fluent-bit"]`,
		tar, "docker.io/fluent/fluent-bit:5.1.1")

	goroot, modules, cache := strings.TrimSpace(run(i.t, nil, "go", "env", "GOROOT")), strings.TrimSpace(run(i.t, nil, "go", "env", "GOMODCACHE")),
		strings.TrimSpace(run(i.t, nil, "go", "env", "GOCACHE"))
	build = []string{"bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--format", "docker",
		"-v", goroot + ":/usr/local/go:ro", "-v", modules + ":/go/pkg/mod", "-v", cache + ":/go/cache"}
	probe := filepath.Join(i.t.TempDir(), "Dockerfile")
	require.NoError(i.t, os.WriteFile(probe, []byte("FROM docker.io/library/golang:1.26-bookworm\nRUN go version\n"), 0o600))
	if out, err := i.try("buildah", append(build, "-f", probe, filepath.Dir(probe))...); err != nil {
		i.t.Skipf("buildah runs no command here: %s", strings.TrimSpace(out))
	}
	return build
}

// withoutRights is how the containers run.
var withoutRights = []string{"--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "host",
	"--ulimit", "nofile=1024:4096", "--ulimit", "nproc=1024:1024", "--log-driver", "k8s-file"}

func TestImages(t *testing.T) {
	i := newImages(t)
	build := i.bases()
	i.run("buildah", append(build, "-t", "entra-signin", "--build-arg", "VERSION=v0.0.3", ".")...)
	i.run("buildah", append(build, "-t", "entra-signin-plugin", "--build-arg", "VERSION=v0.0.3", "--target", "plugin", ".")...)

	t.Run("pipeline", func(t *testing.T) {
		i := images{t, i.flags}
		logs, state := t.TempDir(), t.TempDir()
		run(t, nil, "cp", "test/data/signins.jsonl", filepath.Join(logs, "signins.json"))
		require.NoError(t, os.Chmod(logs, 0o755))
		for dir := logs; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			require.NoError(t, os.Chmod(dir, 0o755))
		}
		require.NoError(t, os.Chown(state, 65532, 65532))
		i.podman(append(append([]string{"run", "-d", "--name", "pipeline"}, withoutRights...),
			"-v", logs+":/var/log/entra:ro", "-v", state+":/fluent-bit/state", "entra-signin")...)
		t.Cleanup(func() { _, _ = i.try("podman", "--runtime", "runc", "rm", "-f", "pipeline") })
		enriched := func() int { return strings.Count(i.podman("logs", "pipeline"), `"severity":`) }
		require.Eventually(t, func() bool { return enriched() >= 51 }, time.Minute, 200*time.Millisecond)
		assert.Equal(t, "65532:65532", strings.TrimSpace(i.podman("inspect", "-f", "{{.Config.User}}", "pipeline")))
		status := i.podman("exec", "pipeline", "/fluent-bit/plugins/entra-signin", "health")
		assert.Equal(t, "ok\n", status)
		i.podman("healthcheck", "run", "pipeline")
		i.podman("stop", "pipeline")
		assert.Equal(t, "0", strings.TrimSpace(i.podman("inspect", "-f", "{{.State.ExitCode}}", "pipeline")))
		log := i.podman("logs", "pipeline")
		assert.Contains(t, log, "records=57 matched=49 unknown=2")
		assert.NotContains(t, log, "[error]")
	})

	t.Run("plugin", func(t *testing.T) {
		i := images{t, i.flags}
		assert.Contains(t, i.podman(append(append([]string{"run", "--rm"}, withoutRights...), "entra-signin-plugin")...), "entra-signin v0.0.3, ")
		plugins := t.TempDir()
		require.NoError(t, os.Chown(plugins, 65532, 65532))
		// As the init container of a pod, twice: a pod may start again on the same volume.
		for _, says := range []string{"Installed /plugins/flb-filter_entra_signin.so (v0.0.3)", "is this version (v0.0.3) already"} {
			args := append(append([]string{"run", "--rm"}, withoutRights...), "-v", plugins+":/plugins", "entra-signin-plugin", "install", "/plugins")
			assert.Contains(t, i.podman(args...), says)
		}
		to, err := os.Readlink(filepath.Join(plugins, "out_entra_signin.so"))
		require.NoError(t, err)
		assert.Equal(t, "flb-filter_entra_signin.so", to)

		// As the source of a COPY into one's own image.
		own := filepath.Join(t.TempDir(), "Dockerfile")
		require.NoError(t, os.WriteFile(own, []byte(`FROM docker.io/fluent/fluent-bit:5.1.1
COPY --from=localhost/entra-signin-plugin / /fluent-bit/plugins/
`), 0o600))
		i.run("buildah", append(build, "-t", "own", "-f", own, filepath.Dir(own))...)
		out := i.podman(append(append([]string{"run", "--rm"}, withoutRights...), "own",
			"-e", "/fluent-bit/plugins/flb-filter_entra_signin.so", "-e", "/fluent-bit/plugins/out_entra_signin.so",
			"-i", "dummy", "-p", `dummy={"status":{"errorCode":50126}}`, "-p", "samples=1", "-F", "entra_signin", "-m", "*",
			"-o", "entra_signin", "-m", "*", "-o", "exit", "-m", "*", "-p", "flush_count=1")...)
		assert.Contains(t, out, `"severity":"medium"`)
	})

	// The other architecture, by cross compilation. What is of scratch needs no base.
	t.Run("arm64", func(t *testing.T) {
		i := images{t, i.flags}
		args := slices.Concat(build, []string{"-t", "entra-signin-plugin-arm64", "--platform", "linux/arm64", "--target", "plugin",
			// Docker sets these by itself, as newer versions of buildah do.
			"--build-arg", "BUILDPLATFORM=linux/" + runtime.GOARCH, "--build-arg", "BUILDARCH=" + runtime.GOARCH, "."})
		i.run("buildah", args...)
		assert.Equal(t, "arm64", strings.TrimSpace(i.podman("image", "inspect", "-f", "{{.Architecture}}", "entra-signin-plugin-arm64")))
		saved := filepath.Join(t.TempDir(), "image")
		i.podman("save", "--format", "docker-dir", "-o", saved, "entra-signin-plugin-arm64")
		layers, err := filepath.Glob(filepath.Join(saved, "*"))
		require.NoError(t, err)
		found := false
		for _, layer := range layers {
			if exec.Command("tar", "-C", saved, "-xf", layer).Run() == nil {
				found = true
			}
		}
		require.True(t, found)
		for _, name := range []string{"flb-filter_entra_signin.so", "entra-signin"} {
			assert.Equal(t, "AArch64", machine(t, filepath.Join(saved, name)), name)
		}
	})
}
