#!/bin/sh
# make packages: a deb and an rpm of each built architecture. Arguments: the version, the folder for the packages, and
# pairs of an architecture and the folder with its built files.
set -eu
cd "$(dirname "$0")/.."
version=$1 out=$2
shift 2
NFPM=${NFPM:-go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4}
# A package's version begins with a digit. Without a tag, git's description is a commit: the version of the sources stands before it.
case $version in
v[0-9]*) version=${version#v} ;;
[0-9]*.[0-9]*) ;;
*)
    sources=$(sed -n 's/^const Sources = "\(.*\)"$/\1/p' internal/version/version.go)
    version=$sources${version:++$(printf %s "$version" | tr -c 'a-zA-Z0-9\n' .)}
    ;;
esac
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export VERSION="$version" SOURCE_DATE_EPOCH
mkdir -p "$out"
while [ $# -gt 0 ]; do
    for packager in deb rpm; do
        ARCH=$1 BUILD=$2 $NFPM package --config packaging/nfpm.yaml --packager "$packager" --target "$out/"
    done
    shift 2
done
