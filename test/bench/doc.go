// Command bench compares the plugin with what else could do its work in Fluent Bit: Lua and WASM scripts that look the code
// up in the same catalog, Fluent Bit's own filters that add two constants, and a native filter that only copies.
//
// The pipelines named outputs_base, es_own, es_ours and so on compare the outputs: Fluent Bit's own behind our filter with ours, which
// enriches by itself. They send to a receiver that this command starts as a process of its own. It reads everything, answers a
// bulk request item by item, and counts the records of each run. At the paths under /slow it takes 200 ms for an answer. Only the
// Fluent Bit process is measured.
//
// Every pipeline reads the same file with tail, passes its filters and ends in null or in such an output; nothing else differs. What a filter
// costs is the processor time (user and system) of the whole process over that of the same pipeline without filters: so
// the host's work for a filter counts too, and neither waiting nor what others do on the machine.
//
// # How
//
// The records are generated from a fixed seed. First every pipeline runs once into stdout, where its records are counted,
// and those of the pipelines that look codes up are compared with ours. Then come the rounds: all pipelines in turn, so
// that what changes on the machine with time changes for all. Reported are medians.
//
// # Use
//
//	run.sh build/flb-filter_entra_signin.so
//
// The records are in a temporary folder. TMPDIR=/dev/shm keeps them in memory, so that the time of a disk, which differs from run to
// run, is not measured.
//
// FLUENT_BIT names the program if it is not on PATH, RECORDS and ROUNDS say how much to do (100000, 5), BENCH_OUT where
// the medians go (build/bench.json), BUFFER_CHUNK_SIZE how much tail reads at a time, ONLY which pipelines to run
// (comma-separated; none, none_unparsed and outputs_base always do). With ONLY=growth, none of these run, but pipelines that show how
// the cost of a record grows: with 10 to 10,000 records a chunk, 1 to 4 instances of the filter, and 1 to 4 workers of an output.
package main
