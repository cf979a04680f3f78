/*
 * A chunk as hostile as memory can be: read-only, its last byte the last of a page, the page behind it not there. A byte read
 * too far or written ends the process.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

struct guarded guarded_copy(const void *data, size_t size)
{
    size_t page = (size_t) sysconf(_SC_PAGESIZE);
    size_t room = (size + page - 1) / page * page;
    struct guarded g = {.length = room + page};

    g.base = mmap(NULL, g.length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g.base == MAP_FAILED) {
        abort();
    }
    g.data = (char *) g.base + room - size;
    memcpy(g.data, data, size);
    if ((room > 0 && mprotect(g.base, room, PROT_READ) != 0) ||
        mprotect((char *) g.base + room, page, PROT_NONE) != 0) {
        abort();
    }
    return g;
}

void guarded_free(struct guarded *g) { munmap(g->base, g->length); }
