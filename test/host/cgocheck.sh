#!/bin/sh
# The tests of this folder with an object that looks at every store of a Go pointer (GOEXPERIMENT=cgocheck2) and at what is
# passed to C (GODEBUG=cgocheck=1): C must not keep any.
set -eu
cd "$(dirname "$0")"
GOEXPERIMENT=cgocheck2
GODEBUG=cgocheck=1
export GOEXPERIMENT GODEBUG
unset ENTRA_SIGNIN_SO ENTRA_SIGNIN_HOST
go test -count=1 . "$@"
