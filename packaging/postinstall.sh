#!/bin/sh
# deb: configure, and the old version of an upgrade. rpm: 1, and 2 or more of an upgrade.
set -e
case "$1:$2" in
configure: | 1:*)
    echo "entra_signin: add this line to /etc/fluent-bit/plugins.conf, then restart Fluent Bit:"
    echo "    @INCLUDE plugins-entra-signin.conf"
    ;;
configure:* | [0-9]*:*)
    echo "entra_signin: restart Fluent Bit to use the new version. A hot reload keeps the old one."
    ;;
esac
