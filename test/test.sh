#!/bin/sh
# make test: every test. The race detector is on wherever Go tests Go; test/host and test/e2e drive the built object, which
# has a Go runtime of its own that the detector of the driver does not see.
set -eu
cd "$(dirname "$0")/.."
go test -race ./catalog/... ./filter/... ./internal/... ./sink/... ./plugin/... ./cmd/...
ENTRA_SIGNIN_SO=$PWD/build/flb-filter_entra_signin.so go test -count=1 ./test/...
# tests_of FOLDER [FLAG…]: the tests of a module of its own, whose modules may be out of reach. Its go.mod follows that of the project.
tests_of() {
    folder=$1
    shift
    if ! reason=$(go -C "$folder" vet -mod=mod ./... 2>&1); then
        why=$(echo "$reason" | grep -m 1 -E 'dial tcp|Forbidden|module lookup disabled|no such host|proxyconnect' || true)
        if [ -n "$why" ]; then
            echo "SKIPPED: $folder (its modules cannot be had: $why)"
            return
        fi
        echo "$reason"
        exit 1
    fi
    ENTRA_SIGNIN_SO=$PWD/build/flb-filter_entra_signin.so go -C "$folder" test -mod=mod -count=1 "$@" ./...
}
tests_of test/deploy
tests_of test/logql
if [ -z "${FLUENT_BIT:-$(command -v fluent-bit || true)}" ]; then
    echo "SKIPPED: test/e2e, test/victorialogs and test/kafka (no fluent-bit on PATH and FLUENT_BIT is not set)"
else
    tests_of test/victorialogs
    # A minute or two; KAFKA_LONG=1 tries every row of the table in docs/event-hub.md.
    tests_of test/kafka -timeout 30m
fi
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$CHROMIUM" ]; then
    echo "SKIPPED: test/browser (no Chromium on PATH, and CHROMIUM is not set)"
else
    if [ ! -d test/browser/node_modules ] &&
        ! { command -v npm >/dev/null && npm install --prefix test/browser --silent --no-audit --no-fund --no-package-lock >/dev/null; }; then
        echo "SKIPPED: what axe-core says of the pages (npm cannot install it)"
    fi
    export CHROMIUM
    tests_of test/browser
fi
