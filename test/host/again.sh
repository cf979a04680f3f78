# again PATTERN ARGUMENT...: runs the tests of this folder that a pattern names. A test that fails is run again by itself, at most
# twice: the tools that these tests run under take something of Go's for a fault, or hang, once in a while. What they find in the shim
# is there every time.
again() {
    out=$(mktemp)
    trap 'rm -f "$out"' EXIT
    pattern=$1
    shift
    for _ in 1 2 3; do
        go test -count=1 -run "$pattern" "$@" . >"$out" 2>&1 && tail -n 1 "$out" && return
        cat "$out"
        failed=$(sed -n 's/^--- FAIL: \([A-Za-z0-9_]*\).*/\1/p' "$out" | sort -u | paste -sd '|')
        [ -n "$failed" ] || return 1
        pattern="^($failed)\$"
        echo "failed: $failed"
    done
    return 1
}
