#!/bin/sh
# make release: what a release consists of, in build/release. Archives and packages are reproducible: names in order, no owner,
# and the time of the last commit.
set -eu
cd "$(dirname "$0")/.."
version=${1:?make release needs git, or VERSION=}
out=build/release
rm -rf "$out"
mkdir -p "$out"
stamp=$(git log -1 --format=%ct 2>/dev/null || echo 0)
pack() { # architecture, folder
    tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go-w --mtime="@$stamp" -cf - \
        -C "$2" flb-filter_entra_signin.so out_entra_signin.so entra-signin -C "$PWD" LICENSE README.md CHANGELOG.md |
        gzip -n >"$out/entra-signin-$version-linux-$1.tar.gz"
}
pack amd64 build
pack arm64 build/arm64
packaging/packages.sh "$version" "$out" amd64 build arm64 build/arm64 >/dev/null
go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0 app -json -licenses -std -main plugin \
    -output "$out/entra-signin-$version.cdx.json" . 2>/dev/null
(cd "$out" && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
