#!/bin/sh
# make demo-event-hub: the pipeline of examples/event-hub with a broker that stands in for an Event Hub. What the consumers leave, and
# their logs, is in build/demo-event-hub.
set -eu
so=$1
cd "$(dirname "$0")"
if [ -z "${FLUENT_BIT:-$(command -v fluent-bit || true)}" ]; then
    echo "make demo-event-hub needs Fluent Bit: no fluent-bit is on PATH and FLUENT_BIT is not set" >&2
    exit 1
fi
dir=../../build/demo-event-hub
rm -rf "$dir"
echo "building the broker" >&2
CGO_ENABLED=0 go build -o ../../build/eventhub ./eventhub
exec ../../build/eventhub demo "$so" "$dir"
