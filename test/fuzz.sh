#!/bin/sh
# make fuzz: every fuzz target for a while: those of filter/, which read what comes from outside first, for the whole time,
# the others for a fifth of it. What one finds is left under testdata/fuzz as a test that fails.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-30}
grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sed 's/func //' | sort -u | while read -r target; do
    folder=$(dirname "$(grep -rlE --include='*_test.go' "^func $target\(" .)")
    time=$seconds
    case $folder in ./filter*) ;; *) time=$(((seconds + 4) / 5)) ;; esac
    echo "fuzz $folder $target ${time}s"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${time}s" "$folder" >/tmp/fuzz.$$ 2>&1 || { cat /tmp/fuzz.$$; rm -f /tmp/fuzz.$$; exit 1; }
    tail -n 2 /tmp/fuzz.$$ | head -n 1
    rm -f /tmp/fuzz.$$
done
