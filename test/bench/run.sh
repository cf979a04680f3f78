#!/bin/sh
# make bench-fluentbit: the plugin and its peers in a real Fluent Bit (FLUENT_BIT, or fluent-bit on PATH). doc.go tells the rest.
set -eu
if ! fluent_bit=$(command -v "${FLUENT_BIT:-fluent-bit}"); then
    echo "bench-fluentbit needs Fluent Bit: no ${FLUENT_BIT:-fluent-bit} here; put it on PATH or name it in FLUENT_BIT" >&2
    exit 3
fi
so=$(realpath "$1")
cd "$(dirname "$0")/../.."
# Built, not run with go run: the tool chain's memory and time stay out of what is measured.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/bench" ./test/bench
FLUENT_BIT=$fluent_bit "$dir/bench" "$so"
