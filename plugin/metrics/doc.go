// Package metrics shows to Prometheus what the instances of the plugin have counted. It knows nothing of C.
//
//	stop, url, err := metrics.Serve("127.0.0.1:2021", version, sample)
//
// The text format of Prometheus is written here rather than by client_golang, which brings protobuf along: 3.2 MB in an object of 8,
// inside somebody's log agent. The tests read the text with Prometheus's own parser and linter.
//
// # One address, several instances
//
// Instances that name the same address share a server, which shows their sums: filters for several inputs are one target. A record that
// passes two of them counts twice. The first to stop closes it, since instances only end together: at the end of Fluent Bit, or in a hot
// reload, when all old ones stop before the new ones start. Counters then begin at 0 again, as they do when a process starts anew.
//
// # Concurrency
//
// Everything here may be called from any number of goroutines at once.
package metrics
