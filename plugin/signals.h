/*
 * Signals in a process that is Fluent Bit's and has Go in it.
 *
 * Faults. Go's handlers of SIGSEGV and SIGFPE turn a nil dereference into a panic, which is recovered. Fluent Bit installs its
 * own before plugins are loaded, Go replaces them when the object is loaded, and from 2.1 on Fluent Bit puts its own back
 * after every SIGHUP (a reload) and SIGCONT (fg in a shell). From then on a nil dereference would end the host.
 *
 * Everything else. The host's handlers of SIGHUP, SIGTERM and so on run on the stack of the thread that gets the signal. That
 * is the main thread, but while it has one to handle the kernel gives the next to any other: systemd stops a service with SIGTERM
 * and SIGCONT together. On a thread that runs Go code it is the stack of a goroutine, a few kB, of which the kernel alone
 * takes up to 12: memory of Go is overwritten, and the process dies later and elsewhere. Go marks foreign handlers SA_ONSTACK
 * against that, once, but not SIGCONT's, and the host's signal() takes the mark away. So no thread receives these signals while
 * it runs Go code: Go's own threads never, the host's not during a callback. TestSignalsUnderLoad shows the difference.
 */
#ifndef ENTRA_SIGNALS_H
#define ENTRA_SIGNALS_H

#include <signal.h>

/*
 * The frame of every callback that enters Go. Enter puts Go's handlers back if the host has taken them away, and blocks the host's
 * other signals for this thread; leave lets those in again that were not blocked before.
 */
void entra_signals_enter(sigset_t *entered);
void entra_signals_leave(const sigset_t *entered);

#endif
