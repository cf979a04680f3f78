/*
 * An allocator for the whole process, as the official packages have one: they export jemalloc's malloc from the executable,
 * so that the plugin uses it as well. This one gives exactly what is asked for, fills it, and ends the process at a free of what it
 * did not allocate and at a byte written behind a block. So every test is also a test of who frees what.
 *
 * Left out (PLAIN_MALLOC) where a sanitizer or valgrind does the same.
 */
#include "host.h"

#ifdef PLAIN_MALLOC

long long alloc_blocks(void) { return 0; }
long long alloc_bytes(void) { return 0; }

#else

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What glibc's malloc is called besides. */
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

struct head {
    size_t size;
    void *base;
    uint64_t magic;
    uint64_t pad;
};

static const uint64_t ours = 0x656e747261686f73;
/* As long as a definition of the newest host is longer than one of the oldest, and more. */
static const char behind[32] = "these bytes belong to nobody...";

static atomic_llong blocks, bytes;

long long alloc_blocks(void) { return atomic_load(&blocks); }
long long alloc_bytes(void) { return atomic_load(&bytes); }

static struct head *head_of(void *p)
{
    struct head *h = (struct head *) p - 1;

    if (h->magic != ours) {
        static const char text[] = "host: a block that malloc did not give is freed\n";
        (void) !write(2, text, sizeof(text) - 1);
        abort();
    }
    if (memcmp((char *) p + h->size, behind, sizeof(behind)) != 0) {
        static const char text[] = "host: a byte was written behind a block\n";
        (void) !write(2, text, sizeof(text) - 1);
        abort();
    }
    return h;
}

static void *take(size_t alignment, size_t size, int fill)
{
    size_t before = sizeof(struct head) > alignment ? sizeof(struct head) : alignment;
    char *base;
    struct head *h;

    if (size > SIZE_MAX / 2 || !(base = __libc_memalign(alignment, before + size + sizeof(behind)))) {
        errno = ENOMEM;
        return NULL;
    }
    memset(base + before, fill, size);
    memcpy(base + before + size, behind, sizeof(behind));
    h = (struct head *) (void *) (base + before) - 1;
    *h = (struct head) {.size = size, .base = base, .magic = ours};
    atomic_fetch_add(&blocks, 1);
    atomic_fetch_add(&bytes, (long long) size);
    return base + before;
}

void *malloc(size_t size) { return take(16, size, 0xa5); }

void free(void *p)
{
    struct head *h;

    if (!p) {
        return;
    }
    h = head_of(p);
    h->magic = 0;
    atomic_fetch_sub(&blocks, 1);
    atomic_fetch_sub(&bytes, (long long) h->size);
    __libc_free(h->base);
}

void *calloc(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / 2 / size) {
        errno = ENOMEM;
        return NULL;
    }
    return take(16, count * size, 0);
}

void *realloc(void *p, size_t size)
{
    void *next = take(16, size, 0xa5);

    if (p && next) {
        size_t had = head_of(p)->size;
        memcpy(next, p, had < size ? had : size);
        free(p);
    }
    return next;
}

void *memalign(size_t alignment, size_t size) { return take(alignment < 16 ? 16 : alignment, size, 0xa5); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
void *valloc(size_t size) { return memalign(4096, size); }

int posix_memalign(void **p, size_t alignment, size_t size)
{
    *p = memalign(alignment, size);
    return *p ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *p) { return p ? head_of(p)->size : 0; }

#endif
