#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "signals.h"

/* The two whose handlers Go needs and the host restores, always together: to look at the first is enough. */
static const int faults[] = {SIGSEGV, SIGFPE};

/* The other signals that the host handles. */
static const int others[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct sigaction host_action;
static struct sigaction go_action[COUNT(faults)];
static pthread_once_t saved = PTHREAD_ONCE_INIT;
static sigset_t host_signals;
static sigset_t loading;

static void block(sigset_t *entered)
{
    sigset_t before;

    *entered = host_signals;
    pthread_sigmask(SIG_BLOCK, &host_signals, &before);
    for (size_t i = 0; i < COUNT(others); i++) {
        if (sigismember(&before, others[i])) {
            sigdelset(entered, others[i]);
        }
    }
}

/*
 * Priority 101 comes before the constructors without a priority. In one of these Go installs its handlers and starts its first
 * thread. That thread inherits the blocked signals, and so does every thread that Go starts later.
 */
__attribute__((constructor(101))) static void before_go(void)
{
    sigaction(faults[0], NULL, &host_action);
    sigemptyset(&host_signals);
    for (size_t i = 0; i < COUNT(others); i++) {
        sigaddset(&host_signals, others[i]);
    }
    block(&loading);
}

/* Without a priority, and after Go's constructor: Go's object comes first on the linker's command line. */
__attribute__((constructor)) static void after_go(void) { entra_signals_leave(&loading); }

static void save(void)
{
    for (size_t i = 0; i < COUNT(faults); i++) {
        sigaction(faults[i], NULL, &go_action[i]);
    }
}

static int is_host(const struct sigaction *a) { return a->sa_sigaction == host_action.sa_sigaction; }

/* Replaces only the handler that was there before Go. A handler that somebody else has installed since stays. */
static void put_back(void)
{
    struct sigaction now;

    if (sigaction(faults[0], NULL, &now) != 0 || !is_host(&now) || is_host(&go_action[0])) {
        return;
    }
    for (size_t i = 0; i < COUNT(faults); i++) {
        sigaction(faults[i], &go_action[i], NULL);
    }
}

void entra_signals_enter(sigset_t *entered)
{
    block(entered);
    pthread_once(&saved, save);
    put_back();
}

void entra_signals_leave(const sigset_t *entered) { pthread_sigmask(SIG_UNBLOCK, entered, NULL); }
