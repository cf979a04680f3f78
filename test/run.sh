#!/bin/sh
# make run: the shipped pipeline on the shipped records, in Fluent Bit (FLUENT_BIT, or fluent-bit on PATH), or in the bundled
# host where there is none. Enriched records go to stdout, shortened if that is a terminal. A table of the codes goes to
# stderr, whose last line says which host ran and what the plugin counted.
set -eu
so=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
records=$(realpath "${2:-$root/test/data/signins.jsonl}")
fluent_bit=${FLUENT_BIT:-$(command -v fluent-bit || true)}
# The table is made of these fields.
fields=${ENTRA_FIELDS:-description,severity,action,code}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# These programs need no C compiler, and without one, less of the standard library has to be compiled.
export CGO_ENABLED=0
go -C "$root" build -o "$tmp/show" ./test/show

if [ -z "$fluent_bit" ]; then
    go -C "$root" build -o "$tmp/pipeline" ./test/host/pipeline
    status=0
    "$tmp/pipeline" "$so" "$records" "Fields=$fields" >"$tmp/out" 2>"$tmp/log" || status=$?
    "$tmp/show" <"$tmp/out"
    cat "$tmp/log" >&2
    exit "$status"
fi

printf '[PLUGINS]\n    path %s\n    path %s\n' "$so" "$(dirname "$so")/out_entra_signin.so" >"$tmp/plugins.conf"
cp "$root/parsers.conf" "$tmp"
cp "$root/fluent-bit.conf" "$tmp"
# Sets a variable of the shipped pipeline in the file itself: versions before 4.2.5 and 5.0.6 only know its default.
set_variable() {
    value=$(printf '%s' "$2" | sed 's/[&|\\]/\\&/g')
    sed "/^@SET/!s|\${$1:-[^}]*}|$value|" "$tmp/fluent-bit.conf" >"$tmp/next.conf"
    mv "$tmp/next.conf" "$tmp/fluent-bit.conf"
}
set_variable ENTRA_PLUGINS_FILE "$tmp/plugins.conf"
set_variable ENTRA_PATH "$records"
set_variable ENTRA_DB "$tmp/tail.db"
set_variable ENTRA_EXIT_ON_EOF on
set_variable ENTRA_FIELDS "$fields"
status=0
"$fluent_bit" -c "$tmp/fluent-bit.conf" >"$tmp/out" 2>"$tmp/log" || status=$?
cat "$tmp/log" >&2
# The filter counts when it ends: "… records=53 matched=40 unknown=2 …"
counts=$(sed -n 's/.*\(records=[0-9].*\)/\1/p' "$tmp/log" | tail -n 1)
if [ "$status" -ne 0 ] || [ -z "$counts" ]; then
    echo "host=fluent-bit failed with status $status: its log stands above" >&2
    exit 1
fi
"$tmp/show" <"$tmp/out"
echo "host=fluent-bit $("$fluent_bit" --version | head -n 1 | sed 's/.* v//') $counts" >&2
