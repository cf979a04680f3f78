#!/bin/sh
# The tests of this folder with the host under valgrind, which looks at the shim and the host; valgrind.supp says why not at
# Go. Tests that deliver signals or measure stacks and time are left out. Once in a while valgrind still takes something of Go's
# for a fault; one in the shim is there every time, so what fails is run again.
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
run() {
    go test -count=1 -run '^Test(Filter|Host|Unknown|Bad|PreRun|OldHost|OutputW|LogAt|Catalog|HotReload)' -skip 'ReadsNothingBehind' . "$@"
}
run "$@" || { echo "once more" && run "$@"; }
