// Package host runs the built plugin outside of Fluent Bit. A small C program, which looks to a plugin like one version of Fluent
// Bit, loads the shared object with dlopen and calls both of its interfaces. This package controls the program.
//
//	h, err := host.Start(program)             // program: from BuildHost
//	p, err := h.LoadFilter(so)                // so: from BuildPlugin
//	f, err := p.New("Fields=severity,code")   // options checked, cb_pre_run, cb_init
//	r, err := f.Run("entra.signin", chunk)    // cb_filter
//	err = f.Exit()                            // cb_exit
//
// # What the program does as Fluent Bit does
//
// It copies as much of the filter's symbol as its version has and calls from the copy; reads the options with the stride of
// its version and refuses unknown ones; passes read-only chunks that end where memory ends; gives an output's definition in
// exactly the size of its version, one plugin struct for all instances, and a coroutine stack where asked; exports malloc,
// so that the plugin allocates with it, as the official packages do; installs signal handlers before the plugin is loaded and
// puts them back at SIGHUP and SIGCONT. It has what the plugin measures and reads: the filter grep, and the text with the version.
//
// Versions that do not exist show what the plugin does when a newer Fluent Bit changes a layout.
//
// # Threads
//
// Each request runs on a numbered thread of the program: On chooses it, 0 is the main thread. Requests on one thread run in turn,
// those on different threads at once. The methods of this package may be called from any number of goroutines.
package host
