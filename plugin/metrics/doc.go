// Package metrics serves the counts of the plugin's instances to Prometheus. It contains no C.
//
//	stop, url, err := metrics.Serve("127.0.0.1:2021", version, sample)
//
// The package writes the text format of Prometheus itself. client_golang would bring protobuf with it: 3.2 MB in an object of 8 MB.
// The tests read the text with Prometheus's own parser and linter.
//
// # One address, several instances
//
// Instances with the same address share a server, which shows their sums: filters for several inputs are one target. A record that
// passes two instances counts twice. The first instance to stop closes the server, because instances only end together: at the end of
// Fluent Bit, or in a hot reload, in which all old instances stop before the new ones start. Counters then begin at 0, as they do when
// a process starts.
//
// # Concurrency
//
// All functions and methods may be called concurrently.
package metrics
