// Package version holds the version of the plugin and of the command.
package version

// Version is that of the sources. make replaces it where git or VERSION= states a version:
//
//	-ldflags '-X fluent-bit-entra-signin/internal/version.Version=v1.2.3'
var Version = Sources

// Sources is the version that the sources are on the way to. It is what a build without git states, such as a plain docker build.
const Sources = "0.1.0-dev"
