// Package main is the plugin: one shared object. Fluent Bit loads it as a native filter, as a processor and, through a link with
// another name, as a Go output. No other package contains C. This package is thin: package filter decides what becomes of a
// record, and package sink delivers it.
//
// # The files
//
//	abi.h          the layouts of the host's structs, asserted at compile time for amd64 and arm64
//	host.c         which host this is, whether the plugin supports it, and its functions, found with dlsym
//	layout.c       measures the host's layouts on the host's own filter grep
//	version.c      finds the host's version in a text of the program
//	twin.c         finds another copy of this object in the process
//	signals.c      restores Go's handlers of faults, and keeps the host's other signals off threads that run Go code
//	filter_abi.c   the symbol filter_entra_signin_plugin and its callbacks       →  filter.go
//	output_abi.c   FLBPluginRegister, Init, FlushCtx, ExitCtx, Unregister        →  output.go
//	options.h      generated from the lists of options in package settings
//	turns.go       how many flushes of an output enrich at once
//	enricher.go    what filter and output have in common: engine, watch of the catalog file, counts, log lines
//	metrics/       serves the counts to Prometheus
//	settings/      the options
//
// # Symbols for the host
//
// Data, which the host copies right after dlopen. A constructor fills it in the layout of the host:
//
//	union fb_filter_symbol filter_entra_signin_plugin;
//
// Callbacks in it, which the host calls on its own threads:
//
//	int cb_pre_run(ins, config, data)    0, or -1: refused. Checks the options, keeps nothing.
//	int cb_init   (ins, config, data)    0, or -1: refused.
//	int cb_filter (chunk, size, tag, tag_len, &out, &out_size, ins, owner, context, config)    1 modified, 2 untouched
//	int cb_exit   (context, config)
//
// Functions of the output, found by name:
//
//	int FLBPluginRegister  (void *def)                                         0, or -1: refused
//	int FLBPluginInit      (void *plugin)                                      1, or 0: refused
//	int FLBPluginOutputPreRun(int hot_reload)                                  ignored by the host
//	int FLBPluginFlushCtx  (void *context, const void *chunk, size_t size, const char *tag)    1 delivered, 2 again
//	int FLBPluginExitCtx   (void *context)
//	int FLBPluginUnregister(void *def)
//
// All of them are C, because no call may enter Go in a process that was forked after the object was loaded (Daemon On): Go has
// no threads there, and the call would never return. C checks this first and then calls entraFilterCheck, entraFilterInit,
// entraFilterChunk, entraFilterExit, entraOutputRegister, entraOutputInit, entraOutputFlush, entraOutputExit or
// entraOutputUnregister. Go exports these under names that no host looks for.
//
// # Who owns which memory
//
// A chunk and its tag belong to the host and are valid during the call. The plugin neither writes to them nor keeps them. The
// output of the filter is one block of exactly its size from malloc. It belongs to the host as soon as the callback returns, and
// the host frees it. An untouched chunk has no output. Option values belong to the host and are copied. C keeps no pointer to Go
// memory: the host holds its own instance as the context of a filter, and a byte of C memory as the context of an output. Go
// finds its state by these addresses.
//
// # Concurrency
//
// All callbacks may run concurrently, with one exception: the init of an instance returns before its first chunk, and its exit is
// called after its last chunk. A flush may still run on a thread of the host while its output exits. Instances share only the
// embedded catalog, which never changes, and the server of the metrics, which ends with the last instance. The object is never
// unloaded, so state that outlives its instance survives every hot reload.
//
// At most as many flushes of an output enrich and encode at once as there are processors, except for a request that has to be encoded
// again. The other flushes wait for a turn. A flush that waits for a receiver does not hold a turn.
//
// # Faults
//
// Every function exported from Go defers guard, which recovers from panics. A filter then answers "untouched", an output "again".
// At most one log line a minute says what happened and where.
//
// # What a callback costs
//
// On a machine with two cores (BenchmarkFilter in test/host), entering Go and returning takes 0.07 µs and handling the signals
// 0.4 µs. A chunk of one record takes 0.9 µs in all, with malloc from Go and free. 10,000 records of several shapes take 2.7 ms.
package main
