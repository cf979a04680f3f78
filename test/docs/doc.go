// Package docs checks the pages of the documentation: that every link leads somewhere, and that what the README shows is what the
// filter makes. The configurations on the pages are loaded by test/e2e, the tables of options are compared in plugin/settings.
package docs
