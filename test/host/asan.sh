#!/bin/sh
# The tests of this folder with AddressSanitizer in the shim, in the Go code and in the host, and UBSan in the host. Go's and
# the host's handlers of SIGSEGV stay in force; leaks are counted by TestHotReload instead, because what only Go knows of
# looks lost from C.
set -eu
cd "$(dirname "$0")"
if ! echo 'int main(void) { return 0; }' | ${CC:-gcc} -fsanitize=address,undefined -x c -o /dev/null - 2>/dev/null; then
    echo "SKIPPED: test/host with AddressSanitizer (the compiler has none)"
    exit 0
fi
ENTRA_SIGNIN_GO_FLAGS=-asan
ENTRA_SIGNIN_HOST_FLAGS="-DPLAIN_MALLOC -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
ASAN_OPTIONS=handle_segv=0:handle_sigfpe=0:detect_leaks=0
export ENTRA_SIGNIN_GO_FLAGS ENTRA_SIGNIN_HOST_FLAGS ASAN_OPTIONS
unset ENTRA_SIGNIN_SO ENTRA_SIGNIN_HOST
. ./again.sh
again . "$@"
