#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "signals.h"

/* The two that Go needs and the host takes back, always together: looking at the first is enough. */
static const int faults[] = {SIGSEGV, SIGFPE};

/* The others that the host handles. */
static const int others[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct sigaction host_action;
static struct sigaction go_action[COUNT(faults)];
static pthread_once_t saved = PTHREAD_ONCE_INIT;
static sigset_t loader_mask;

/*
 * Priority 101: before the constructors without one, among them the one in which Go installs its handlers and starts its
 * first thread. That thread inherits the mask, and Go gives it to every thread that it starts later.
 */
__attribute__((constructor(101))) static void before_go(void)
{
    sigset_t blocked;

    sigaction(faults[0], NULL, &host_action);
    sigemptyset(&blocked);
    for (size_t i = 0; i < COUNT(others); i++) {
        sigaddset(&blocked, others[i]);
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &loader_mask);
}

/* Without priority, and after Go's: Go's object stands first on the linker's command line. */
__attribute__((constructor)) static void after_go(void) { pthread_sigmask(SIG_SETMASK, &loader_mask, NULL); }

static int is_host(const struct sigaction *a) { return a->sa_sigaction == host_action.sa_sigaction; }

static void mark(int signal)
{
    struct sigaction a;

    if (sigaction(signal, NULL, &a) != 0 || a.sa_handler == SIG_DFL || a.sa_handler == SIG_IGN ||
        (a.sa_flags & SA_ONSTACK)) {
        return;
    }
    a.sa_flags |= SA_ONSTACK;
    sigaction(signal, &a, NULL);
}

static void mark_others(void)
{
    for (size_t i = 0; i < COUNT(others); i++) {
        mark(others[i]);
    }
}

static void save(void)
{
    for (size_t i = 0; i < COUNT(faults); i++) {
        sigaction(faults[i], NULL, &go_action[i]);
    }
    mark_others();
}

void entra_signals_keep(void)
{
    struct sigaction now;

    pthread_once(&saved, save);
    /* Only the handler that was there before Go is replaced: one that somebody else has installed since stays. */
    if (sigaction(faults[0], NULL, &now) != 0 || !is_host(&now) || is_host(&go_action[0])) {
        return;
    }
    for (size_t i = 0; i < COUNT(faults); i++) {
        sigaction(faults[i], &go_action[i], NULL);
    }
    mark_others();
}
