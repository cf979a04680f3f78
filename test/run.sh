#!/bin/sh
# make run: the shipped pipeline on the shipped records, in Fluent Bit (FLUENT_BIT, or fluent-bit on PATH), or in the
# bundled host where there is none. Enriched records go to stdout; the last line on stderr says who ran and what was seen.
set -eu
so=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
records=${2:-$root/test/data/signins.jsonl}
fluent_bit=${FLUENT_BIT:-$(command -v fluent-bit || true)}

if [ -z "$fluent_bit" ]; then
    exec go run "$root/test/host/pipeline" "$so" "$records"
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log
printf '[PLUGINS]\n    path %s\n    path %s\n' "$so" "$(dirname "$so")/out_entra_signin.so" >"$tmp/plugins.conf"
status=0
ENTRA_PLUGINS_FILE=$tmp/plugins.conf ENTRA_PATH=$records ENTRA_EXIT_ON_EOF=on ENTRA_DB=$tmp/tail.db \
    "$fluent_bit" -c "$root/fluent-bit.conf" 2>"$log" || status=$?
cat "$log" >&2
# The filter counts when it ends: "… records=53 matched=40 unknown=2 …"
counts=$(sed -n 's/.*\(records=[0-9].*\)/\1/p' "$log" | tail -n 1)
if [ "$status" -ne 0 ] || [ -z "$counts" ]; then
    echo "host=fluent-bit failed with status $status: its log stands above" >&2
    exit 1
fi
echo "host=fluent-bit $("$fluent_bit" --version | head -n 1 | sed 's/.* v//') $counts" >&2
