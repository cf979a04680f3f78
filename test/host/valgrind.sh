#!/bin/sh
# The tests of this folder with the host under valgrind, which looks at the shim and the host; valgrind.supp says why not at
# Go. Tests that deliver signals or measure stacks and time are left out. Once in a while valgrind still takes something of Go's
# for a fault; one in the shim is there every time, so a test that fails is run again, at most twice.
set -eu
cd "$(dirname "$0")"
if ! command -v valgrind >/dev/null; then
    echo "SKIPPED: test/host with valgrind (there is none)"
    exit 0
fi
ENTRA_SIGNIN_WRAPPER="valgrind -q --fair-sched=try --error-exitcode=9 --suppressions=$PWD/valgrind.supp"
ENTRA_SIGNIN_HOST_FLAGS=-DPLAIN_MALLOC
GODEBUG=asyncpreemptoff=1
export ENTRA_SIGNIN_WRAPPER ENTRA_SIGNIN_HOST_FLAGS GODEBUG
unset ENTRA_SIGNIN_HOST
out=$(mktemp)
trap 'rm -f "$out"' EXIT
run() { # the tests that a pattern names
    pattern=$1
    shift
    go test -count=1 -run "$pattern" -skip 'ReadsNothingBehind' . "$@" >"$out" 2>&1 && tail -n 1 "$out"
}
run '^Test(Filter|Host|Unknown|Bad|PreRun|OldHost|OutputW|LogAt|Catalog|HotReload)' "$@" && exit
for _ in 2 3; do
    cat "$out"
    failed=$(sed -n 's/^--- FAIL: \([A-Za-z0-9_]*\).*/\1/p' "$out" | sort -u | paste -sd '|')
    [ -n "$failed" ] || exit 1
    echo "once more: $failed"
    run "^($failed)\$" "$@" && exit
done
cat "$out"
exit 1
