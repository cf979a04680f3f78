/*
 * The pipe to the driver. A frame is a little-endian 32-bit count of its bytes, then for each part a 32-bit size and the
 * part. Requests come on descriptor 3, answers and log lines leave on 4: the plugin may use 0, 1 and 2.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

enum { REQUESTS = 3, ANSWERS = 4 };

static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static int read_all(void *to, size_t size)
{
    char *p = to;

    while (size > 0) {
        ssize_t n = read(REQUESTS, p, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return 0;
        }
        p += n;
        size -= (size_t) n;
    }
    return 1;
}

static void write_all(const void *from, size_t size)
{
    const char *p = from;

    while (size > 0) {
        ssize_t n = write(ANSWERS, p, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            _exit(3);
        }
        p += n;
        size -= (size_t) n;
    }
}

int frame_read(struct frame *f)
{
    uint32_t left;

    memset(f, 0, sizeof(*f));
    if (!read_all(&left, sizeof(left))) {
        return 0;
    }
    while (left > 0) {
        uint32_t size;
        char *data;

        if (!read_all(&size, sizeof(size)) || size > left - sizeof(size)) {
            return 0;
        }
        data = malloc(size + 1);
        if (!read_all(data, size)) {
            return 0;
        }
        data[size] = '\0';
        f->part = realloc(f->part, (f->count + 1) * sizeof(*f->part));
        f->part[f->count++] = (struct part) {data, size};
        left -= (uint32_t) sizeof(size) + size;
    }
    return 1;
}

void frame_write(const struct frame *f)
{
    uint32_t total = 0;

    for (size_t i = 0; i < f->count; i++) {
        total += (uint32_t) (sizeof(uint32_t) + f->part[i].size);
    }
    pthread_mutex_lock(&writing);
    write_all(&total, sizeof(total));
    for (size_t i = 0; i < f->count; i++) {
        uint32_t size = (uint32_t) f->part[i].size;

        write_all(&size, sizeof(size));
        write_all(f->part[i].data, size);
    }
    pthread_mutex_unlock(&writing);
}

void frame_add(struct frame *f, const void *data, size_t size)
{
    char *copy = malloc(size + 1);

    if (size > 0) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    f->part = realloc(f->part, (f->count + 1) * sizeof(*f->part));
    f->part[f->count++] = (struct part) {copy, size};
}

void frame_text(struct frame *f, const char *text) { frame_add(f, text, strlen(text)); }

void frame_number(struct frame *f, long long n)
{
    char text[32];

    snprintf(text, sizeof(text), "%lld", n);
    frame_text(f, text);
}

void frame_free(struct frame *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->part[i].data);
    }
    free(f->part);
    memset(f, 0, sizeof(*f));
}
