// Package install tries what a release consists of as its users do: the deb package in a clean root, the rpm by its list of files,
// and the images with podman. A test needs root, Debian's debootstrap and podman, and the registries of Go and Debian; what is
// missing skips it with one line.
package install
