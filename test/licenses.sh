#!/bin/sh
# Every module that ends up in the plugin or the command has a licence that lets anyone use the result: MIT, BSD, ISC or
# Apache-2.0. Prints one line a module.
set -eu
cd "$(dirname "$0")/.."
status=0
for line in $(go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}|{{.Version}}|{{.Dir}}{{end}}{{end}}' ./plugin ./cmd/entra-signin | sort -u); do
    path=${line%%|*}
    rest=${line#*|}
    dir=${rest#*|}
    case $dir in
    "$PWD"/*) # our own, in place of somebody else's
        continue ;;
    esac
    text=$(cat "$dir"/LICEN[SC]E* "$dir"/COPYING* 2>/dev/null | tr '\n' ' ' | tr -s ' ' || true)
    case $text in
    *"Apache License Version 2.0"* | *"Apache License"*"Version 2.0"*) kind=Apache-2.0 ;;
    *"Permission is hereby granted, free of charge"*) kind=MIT ;;
    *"Redistribution and use in source and binary forms"*) kind=BSD ;;
    *"Permission to use, copy, modify, and"*"distribute this software"*) kind=ISC ;;
    *) kind=UNKNOWN status=1 ;;
    esac
    printf '%-12s %s %s\n' "$kind" "$path" "${rest%%|*}"
done
exit "$status"
