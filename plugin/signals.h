/*
 * Signals in a process that is Fluent Bit's and has Go in it.
 *
 * Faults. Go's handlers of SIGSEGV and SIGFPE turn a nil dereference into a panic, which is recovered. Fluent Bit installs its
 * own before plugins are loaded, Go replaces them when the object is loaded, and from 2.1 on Fluent Bit puts its own back
 * after every SIGHUP (a reload) and SIGCONT (fg in a shell). From then on a nil dereference would end the host.
 *
 * Everything else. The host's handlers of SIGHUP, SIGTERM and so on run on the stack of whatever thread gets the signal,
 * which the kernel chooses. On a thread that runs Go code that is a goroutine's stack of a few kB: the handler writes beyond it, and
 * the process dies later and elsewhere. Go knows the danger and marks such handlers SA_ONSTACK when it is loaded, all but SIGCONT's; the
 * host's signal() loses the mark. So Go's own threads are made not to receive these signals at all, and the mark is renewed
 * for the host's threads while they are in a callback. (TestSignalsUnderLoad)
 */
#ifndef ENTRA_SIGNALS_H
#define ENTRA_SIGNALS_H

/*
 * Puts Go's handlers and the marks back if the host has taken them away. Called at the start of every callback: one system
 * call when there is nothing to do. May run on several threads at once.
 */
void entra_signals_keep(void);

#endif
