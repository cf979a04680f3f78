#!/bin/sh
# make test: every test. The race detector is on wherever Go tests Go; test/host and test/e2e drive the built object, which
# has a Go runtime of its own that the detector of the driver does not see.
set -eu
cd "$(dirname "$0")/.."
go test -race ./catalog/... ./filter/... ./internal/... ./sink/... ./plugin/... ./cmd/...
ENTRA_SIGNIN_SO=$PWD/build/flb-filter_entra_signin.so go test -count=1 ./test/...
if [ -z "${FLUENT_BIT:-$(command -v fluent-bit || true)}" ]; then
    echo "SKIPPED: test/e2e (no fluent-bit on PATH and FLUENT_BIT is not set)"
fi
