/* What happens to the process: signals, a fork, and what it holds. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static void on_signal(int signal)
{
    static const char text[] = "host: caught a fault\n";

    if (SINCE(20100)) {
        signals_install();
    }
    if (signal == SIGSEGV || signal == SIGFPE) {
        (void) !write(2, text, sizeof(text) - 1);
        abort();
    }
}

static const int caught[] = {SIGINT, SIGQUIT, SIGHUP, SIGCONT, SIGTERM, SIGSEGV, SIGFPE};

void signals_install(void)
{
    for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
        signal(caught[i], on_signal);
    }
    signal(SIGPIPE, SIG_IGN);
}

/* SIGNAL: whose its handler is, and whether it runs on the signal stack. */
const char *life_handlers(struct part *args, size_t count, struct frame *answer)
{
    struct sigaction a;

    (void) count;
    sigaction(atoi(args[0].data), NULL, &a);
    frame_text(answer, a.sa_handler == on_signal ? "host" : "other");
    frame_number(answer, (a.sa_flags & SA_ONSTACK) != 0);
    return NULL;
}

/* Daemon mode: the child goes on, without the threads that the plugin has started; the parent waits for it. */
const char *life_fork(struct part *args, size_t count, struct frame *answer)
{
    pid_t child = fork();
    int status;

    (void) args;
    (void) count;
    (void) answer;
    if (child < 0) {
        return "fork failed";
    }
    if (child > 0) {
        while (waitpid(child, &status, 0) < 0) {
        }
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    return NULL;
}

static int entries(const char *directory)
{
    DIR *d = opendir(directory);
    int n = 0;

    while (d && readdir(d)) {
        n++;
    }
    if (d) {
        closedir(d);
    }
    return n;
}

/* Threads, descriptors, blocks and bytes on the heap of C. */
const char *life_stat(struct part *args, size_t count, struct frame *answer)
{
    (void) args;
    (void) count;
    frame_number(answer, entries("/proc/self/task"));
    frame_number(answer, entries("/proc/self/fd"));
    frame_number(answer, alloc_blocks());
    frame_number(answer, alloc_bytes());
    return NULL;
}
