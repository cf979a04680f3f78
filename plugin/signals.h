/*
 * Signals in a process of Fluent Bit that runs Go code.
 *
 * Faults. Go's handlers of SIGSEGV and SIGFPE turn a nil dereference into a panic, from which the plugin recovers. Fluent Bit
 * installs its own handlers before it loads plugins, and Go replaces them when the object is loaded. From 2.1 on, Fluent Bit
 * restores its own handlers after every SIGHUP (a reload) and SIGCONT (fg in a shell). From then on a nil dereference would end
 * the host.
 *
 * Other signals. The host's handlers of SIGHUP, SIGTERM and others run on the stack of the thread that gets the signal. That is
 * usually the main thread. While the main thread handles a signal, the kernel gives the next one to any other thread: systemd stops
 * a service with SIGTERM and SIGCONT together. On a thread that runs Go code, the stack is that of a goroutine and has a few kB, of
 * which the kernel alone takes up to 12. The handler then overwrites memory of Go, and the process crashes later, at another
 * place. Go sets SA_ONSTACK on foreign handlers to prevent this, but only once and not on that of SIGCONT, and the host's signal()
 * removes the flag. So no thread receives these signals while it runs Go code: Go's own threads never do, and the host's threads
 * not during a callback. TestSignalsUnderLoad shows the difference.
 */
#ifndef ENTRA_SIGNALS_H
#define ENTRA_SIGNALS_H

#include <signal.h>

/*
 * Every callback that enters Go calls entra_signals_enter first and entra_signals_leave last. Enter restores Go's handlers if the
 * host has replaced them, and blocks the host's other signals for this thread. Leave unblocks those that enter has blocked.
 */
void entra_signals_enter(sigset_t *entered);
void entra_signals_leave(const sigset_t *entered);

#endif
