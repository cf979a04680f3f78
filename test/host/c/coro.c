/*
 * Fluent Bit flushes on coroutines with stacks of 24 KiB (64 from 5.1 on), ordinary heap memory. Here a page that is not
 * there lies below, and the stack is painted, so that what was used can be counted.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "host.h"

enum { PAINT = 0xa5 };

struct coro {
    ucontext_t here, there;
    void (*f)(void *);
    void *argument;
};

static void enter(unsigned high, unsigned low)
{
    struct coro *c = (struct coro *) (((uintptr_t) high << 32) | low);

    c->f(c->argument);
}

size_t coro_run(size_t stack, void (*f)(void *), void *argument)
{
    size_t page = (size_t) sysconf(_SC_PAGESIZE);
    size_t room = (stack + page - 1) / page * page, clean = 0;
    struct coro c = {.f = f, .argument = argument};
    unsigned char *base = mmap(NULL, page + room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED || mprotect(base, page, PROT_NONE) != 0 || getcontext(&c.there) != 0) {
        abort();
    }
    memset(base + page, PAINT, room);
    c.there.uc_stack.ss_sp = base + page + (room - stack);
    c.there.uc_stack.ss_size = stack;
    c.there.uc_link = &c.here;
    makecontext(&c.there, (void (*)(void)) enter, 2, (unsigned) ((uintptr_t) &c >> 32), (unsigned) (uintptr_t) &c);
    if (swapcontext(&c.here, &c.there) != 0) {
        abort();
    }
    while (clean < room && base[page + clean] == PAINT) {
        clean++;
    }
    munmap(base, page + room);
    return room - clean;
}
