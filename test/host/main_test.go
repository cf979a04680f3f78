package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// The environment may name what is built already. The tests build the rest.
//
//	ENTRA_SIGNIN_SO          the shared object, with its link beside it
//	ENTRA_SIGNIN_HOST        a folder with host-2.1, host-2.2.0 …
//	ENTRA_SIGNIN_GO_FLAGS    for go build of the object
//	ENTRA_SIGNIN_HOST_FLAGS  for the compiler of the host
//	ENTRA_SIGNIN_WRAPPER     a command that runs the host
//
// asan.sh and valgrind.sh run the tests in this way.
var built struct {
	dir      string
	so       string
	programs map[host.Version]string
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "entra-host-test-")
	if err == nil {
		built.dir = dir
		err = build()
	}
	status := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		status = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

func build() (err error) {
	if built.so = os.Getenv("ENTRA_SIGNIN_SO"); built.so == "" {
		if built.so, err = host.BuildPlugin(built.dir, words("ENTRA_SIGNIN_GO_FLAGS")...); err != nil {
			return err
		}
	}
	built.programs = make(map[host.Version]string)
	for _, v := range slices.Concat(host.Versions, host.Others) {
		if given := os.Getenv("ENTRA_SIGNIN_HOST"); given != "" {
			built.programs[v] = filepath.Join(given, "host-"+string(v))
		} else if built.programs[v], err = host.BuildHost(built.dir, v, words("ENTRA_SIGNIN_HOST_FLAGS")...); err != nil {
			return err
		}
	}
	return nil
}

func words(variable string) []string { return strings.Fields(os.Getenv(variable)) }

// faulty is an object that panics if a chunk asks for it.
var faulty = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(built.dir, "faulty")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	return host.BuildPlugin(dir, append(words("ENTRA_SIGNIN_GO_FLAGS"), "-tags", "faultinject")...)
})

// start runs a host for the duration of a test, which fails if the host does not end well.
func start(t *testing.T, v host.Version) *host.Host {
	t.Helper()
	h, err := host.Start(built.programs[v], host.Options{Wrapper: words("ENTRA_SIGNIN_WRAPPER")})
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("the host ended badly: %v\n%s", err, h.Stderr())
		}
		if t.Failed() {
			for _, l := range h.Log() {
				t.Log(l.Level, l.Text)
			}
		}
	})
	return h
}

// supported runs a test for each version that the plugin works in.
func supported(t *testing.T, f func(t *testing.T, h *host.Host)) {
	for _, v := range host.Versions {
		t.Run(string(v), func(t *testing.T) { f(t, start(t, v)) })
	}
}

// latest starts the newest host and loads the filter.
func latest(t *testing.T) (*host.Host, *host.FilterPlugin) {
	t.Helper()
	h := start(t, host.V511)
	return h, loadFilter(t, h)
}

func loadFilter(t *testing.T, h *host.Host) *host.FilterPlugin {
	t.Helper()
	p, err := h.LoadFilter(built.so)
	require.NoError(t, err)
	return p
}

func loadOutput(t *testing.T, h *host.Host) *host.OutputPlugin {
	t.Helper()
	p, err := h.LoadOutput(host.OutputOf(built.so))
	require.NoError(t, err)
	return p
}

func newFilter(t *testing.T, p *host.FilterPlugin, options ...string) *host.Filter {
	t.Helper()
	f, err := p.New(options...)
	require.NoError(t, err)
	return f
}

func newOutput(t *testing.T, p *host.OutputPlugin, options ...string) *host.Output {
	t.Helper()
	o, err := p.New(options...)
	require.NoError(t, err)
	return o
}
