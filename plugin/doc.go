// Package main is the plugin: one shared object that Fluent Bit loads as a native filter, as a processor, and through a
// link with another name as a Go output. It is the only package with C in it, and it is thin: what a record becomes is
// decided in package filter, where it goes in package sink.
//
// # The files
//
//	abi.h          what the host's structs look like, asserted at compile time for amd64 and arm64
//	host.c         which host this is, whether it can be served, and its functions, found with dlsym
//	layout.c       the host's layouts, measured on its own filter grep
//	version.c      the host's version, from a text in the program
//	twin.c         another copy of this object in the process
//	signals.c      Go's handlers of faults put back where the host takes them away; no other signal on a thread in Go
//	filter_abi.c   the symbol filter_entra_signin_plugin and its callbacks       →  filter.go
//	output_abi.c   FLBPluginRegister, Init, FlushCtx, ExitCtx, Unregister        →  output.go
//	options.h      generated from the lists of options in package settings
//	enricher.go    what filter and output have in common: engine, catalog watch, counts, report
//	metrics/       shows the counts to Prometheus
//	settings/      the options
//
// # Symbols for the host
//
// Data, copied by the host right after dlopen; a constructor fills it in the layout of the host that it finds:
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
// All of them are C, because Go must not be entered in a process that was forked after the object was loaded (Daemon On): Go
// has no threads there, and the call would never return. So C checks first and then calls entraFilterCheck, entraFilterInit,
// entraFilterChunk, entraFilterExit, entraOutputRegister, entraOutputInit, entraOutputFlush, entraOutputExit or
// entraOutputUnregister, which are exported from Go under names that no host looks for.
//
// # Who owns which memory
//
// A chunk and its tag are the host's, valid during the call, never written to and never kept. The output of the filter is one
// block of exactly its size from malloc, which the host frees with its free; from the moment of the answer it is the host's.
// An untouched chunk has no output. Option values are the host's and copied. No pointer to Go memory is kept by C: the
// host holds its own instance as a filter's context and a byte of C memory as an output's, and Go finds its state by these.
//
// # What may run at once
//
// Everything but the life of one instance: its init comes before, its exit after all its chunks, save that a flush may still
// run on a thread of the host while its output exits. Instances share nothing but the embedded catalog, which does not
// change, and the server of the metrics, which ends with the last of them. The object is never unloaded, so state that outlived its instance would survive every hot reload.
//
// # Faults
//
// Every function exported from Go begins with guard, which recovers: a filter then answers "untouched", an output "again", and at
// most one line a minute says what happened and where.
//
// # What a callback costs
//
// On a 2-core machine (BenchmarkFilter in test/host): entering Go and returning 0.07 µs, what is done about signals 0.4 µs, and
// with malloc, from Go, and free a chunk of one record 0.9 µs in all. 10,000 records of several shapes take 2.7 ms.
package main
