package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

//go:embed lua/*.lua wasm/filter.c floor/floor.c
var sources embed.FS

// peers are the filters that ours is compared with, ready to run.
type peers struct {
	dir    string // of everything that is made here
	object string // ours
	floor  string // the native filter that only copies
	wasm   string // "" where it cannot be built or run

	outputObject string // ours under the name that Fluent Bit wants of an output
	receiver     string // host and port
}

// env is what the scripts find their files by.
func (p *peers) env() []string { return []string{"ENTRA_BENCH_DIR=" + p.dir} }

// prepare writes the records and makes the peers, and says which of them has to be left out.
func prepare(ctx context.Context, o options, dir string, progress *log.Logger) (*peers, error) {
	p := &peers{dir: dir, object: o.object, floor: filepath.Join(dir, "flb-filter_entra_floor.so"), outputObject: filepath.Join(dir, "out_entra_signin.so")}
	if err := os.Symlink(o.object, p.outputObject); err != nil {
		return nil, err
	}
	progress.Printf("generating %d records", o.records)
	f, err := os.Create(filepath.Join(dir, recordsFile))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(generate(f, o.records), f.Close()); err != nil {
		return nil, err
	}
	if slices.Contains(o.only, growthRun) {
		if err := writeParts(dir); err != nil {
			return nil, err
		}
	}
	if err := p.copySources(); err != nil {
		return nil, err
	}
	if err := p.writeCatalogs(catalog.Embedded()); err != nil {
		return nil, err
	}
	if err := compile(ctx, "gcc", "-O2", "-shared", "-fPIC", "-o", p.floor, filepath.Join(dir, "floor.c")); err != nil {
		return nil, err
	}
	if p.wasm, err = p.buildWASM(ctx, o.fluentBit); err != nil {
		progress.Printf("LEFT OUT: %s: %v", wasm, err)
	}
	return p, nil
}

// copySources puts all sources into one folder, where the generated ones are too.
func (p *peers) copySources() error {
	return fs.WalkDir(sources, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := sources.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(p.dir, filepath.Base(name)), text, 0o600)
	})
}

// buildWASM compiles the WASM filter, or says why it cannot take part.
func (p *peers) buildWASM(ctx context.Context, fluentBit string) (string, error) {
	help, err := exec.CommandContext(ctx, fluentBit, "--help").Output()
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(help), "WASM program filter") {
		return "", errors.New("this Fluent Bit has no wasm filter")
	}
	out := filepath.Join(p.dir, "filter.wasm")
	err = compile(ctx, "clang", "--target=wasm32", "-O3", "-nostdlib", "-ffreestanding", "-mbulk-memory",
		"-Wl,--no-entry", "-Wl,--allow-undefined", "-Wl,--export=__heap_base", "-Wl,--export=__data_end",
		"-o", out, filepath.Join(p.dir, "filter.c"))
	if err != nil {
		return "", fmt.Errorf("needs clang and lld with wasm32: %w", err)
	}
	return out, nil
}

func compile(ctx context.Context, compiler string, args ...string) error {
	cmd := exec.CommandContext(ctx, compiler, args...) //nolint:gosec // gcc or clang, with our own arguments
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w %s", compiler, err, out)
	}
	return nil
}
