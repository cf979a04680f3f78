// Package deploy checks the files below deploy/: that Prometheus and Kubernetes understand them, and that they speak of metrics, fields and
// options that the plugin and Fluent Bit have. It is a module of its own because the parsers of Prometheus and the types of
// Kubernetes are nothing that the plugin needs.
//
// Tests that need a promtool or a fluent-bit are skipped where there is none.
package deploy
