#!/bin/sh
# deb: remove or purge. rpm: 0. An upgrade gives other arguments.
set -e
case "$1" in
remove | 0)
    left=$(grep -ls 'entra.signin' /etc/fluent-bit/*.conf /etc/fluent-bit/*.yaml 2>/dev/null | grep -v '/plugins-entra-signin.conf$' || true)
    if [ -n "$left" ]; then
        echo "entra_signin: remove the plugin from the configuration, or Fluent Bit will not start again:" $left
    fi
    ;;
esac
