#!/bin/sh
# The tests of this folder with the host under valgrind, which looks at the shim and the host; valgrind.supp says why not at
# Go. Tests that deliver signals or measure stacks and time are left out.
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
. ./again.sh
again '^Test(Filter|Host|Unknown|Bad|PreRun|OldHost|OutputW|LogAt|Catalog|HotReload)' -skip 'ReadsNothingBehind' "$@"
