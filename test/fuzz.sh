#!/bin/sh
# make fuzz: every fuzz target for a while: those of filter/, which read what comes from outside first, for the whole time,
# the others for a fifth of it. What one finds is left under testdata/fuzz as a test that fails.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-30}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# A line for each target: the folder, and the name, which several folders may have.
grep -roE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sed 's|/[^/]*_test\.go:func | |' | sort -u | while read -r folder target; do
    time=$seconds
    case $folder in ./filter*) ;; *) time=$(((seconds + 4) / 5)) ;; esac
    echo "fuzz $folder $target ${time}s"
    # At the end of its time the fuzzer of Go now and then takes its own deadline for a failure;
    # there is no failing input then, and a second try tells.
    for try in 1 2; do
        if go test -run '^$' -fuzz "^$target\$" -fuzztime "${time}s" "$folder" >"$out" 2>&1; then
            break
        fi
        if [ "$try" = 2 ] || ! grep -q 'context deadline exceeded' "$out" || grep -q 'Failing input' "$out"; then
            cat "$out"
            exit 1
        fi
    done
    tail -n 2 "$out" | head -n 1
done
