/* Native filters: the symbol is copied as the host of this version does, and the callbacks are called from the copy. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"
#include "instance.h"

struct filter_plugin {
    void *handle;
    char *copy; /* FILTER_SIZE bytes, no more */
};

/* What an argument holds that the plugin must not look at. */
#define POISON ((void *) 0x5afe5afe5afe)
#define POISON_SIZE ((size_t) 0x5afe5afe)

typedef int init_fn(struct filter_instance *, void *, void *);
typedef int filter_fn(const void *, size_t, const char *, int, void **, size_t *, struct filter_instance *, void *, void *,
                      void *);
typedef int exit_fn(void *, void *);

static void *slot(const struct filter_plugin *p, size_t offset)
{
    void *value;

    memcpy(&value, p->copy + offset, sizeof(value));
    return value;
}

/* PATH NAME: dlopen, find NAME_plugin. */
const char *filter_load(struct part *args, size_t count, struct frame *answer)
{
    struct filter_plugin *p = calloc(1, sizeof(*p));
    char symbol[256];
    void *found;

    (void) count;
    snprintf(symbol, sizeof(symbol), "%s_plugin", args[1].data);
    p->handle = dlopen(args[0].data, RTLD_LAZY);
    if (!p->handle) {
        return dlerror();
    }
    found = dlsym(p->handle, symbol);
    if (!found) {
        return "no such symbol";
    }
    p->copy = malloc(FILTER_SIZE);
    memcpy(p->copy, found, FILTER_SIZE);
    frame_number(answer, table_add(p));
    frame_text(answer, slot(p, FILTER_NAME));
    frame_text(answer, slot(p, FILTER_DESCRIPTION));
    return NULL;
}

const char *filter_unload(struct part *args, size_t count, struct frame *answer)
{
    struct filter_plugin *p = table_get(&args[0]);

    (void) count;
    (void) answer;
    table_remove(&args[0]);
    dlclose(p->handle);
    free(p->copy);
    free(p);
    return NULL;
}

const char *filter_options(struct part *args, size_t count, struct frame *answer)
{
    (void) count;
    options_list(slot(table_get(&args[0]), FILTER_OPTIONS), answer);
    return NULL;
}

/* PLUGIN NAME LOG_LEVEL PROCESSOR KEY VALUE …: an instance, with the check of its options that comes before any callback. */
const char *filter_new(struct part *args, size_t count, struct frame *answer)
{
    struct filter_plugin *p = table_get(&args[0]);
    struct filter_instance *ins = calloc(1, sizeof(*ins));
    const char *unknown;
    static __thread char text[256];

    ins->plugin = p;
    snprintf(ins->name, sizeof(ins->name), "%s", args[1].data);
    ins->log_level = atoi(args[2].data);
    ins->parent_processor = atoi(args[3].data) ? POISON : NULL;
    ins->properties = properties_read(args + 4, count - 4);
    unknown = properties_check(ins->properties, slot(p, FILTER_OPTIONS));
    if (unknown) {
        snprintf(text, sizeof(text), "unknown configuration property '%s'", unknown);
        properties_free(ins->properties);
        free(ins);
        return text;
    }
    frame_number(answer, table_add(ins));
    return NULL;
}

const char *filter_pre_run(struct part *args, size_t count, struct frame *answer)
{
    (void) count;
#if SINCE(20200)
    struct filter_instance *ins = table_get(&args[0]);
    init_fn *pre_run = (init_fn *) slot(ins->plugin, FILTER_PRE_RUN);

    frame_number(answer, pre_run ? pre_run(ins, POISON, NULL) : 0);
#else
    (void) args;
    frame_number(answer, 0);
#endif
    return NULL;
}

const char *filter_init(struct part *args, size_t count, struct frame *answer)
{
    struct filter_instance *ins = table_get(&args[0]);
    init_fn *init = (init_fn *) slot(ins->plugin, FILTER_INIT);

    (void) count;
    frame_number(answer, init(ins, POISON, NULL));
    return NULL;
}

/* INSTANCE TAG PROCESSOR CHUNK: answers with the result and, when it is 1, the output. */
const char *filter_run(struct part *args, size_t count, struct frame *answer)
{
    struct filter_instance *ins = table_get(&args[0]);
    filter_fn *call = (filter_fn *) slot(ins->plugin, FILTER_CALL);
    int processor = atoi(args[2].data);
    /* A processor's tag has no NUL behind it; a pipeline filter's has. */
    struct guarded tag = guarded_copy(args[1].data, args[1].size + !processor);
    struct guarded chunk = guarded_copy(args[3].data, args[3].size);
    void *out = POISON;
    size_t size = POISON_SIZE;
    int result;

    (void) count;
    result = call(chunk.data, args[3].size, tag.data, (int) args[1].size, &out, &size, ins, POISON, ins->context, POISON);
    guarded_free(&tag);
    guarded_free(&chunk);
    frame_number(answer, result);
    if (result != 1) {
        return out == POISON && size == POISON_SIZE ? NULL : "the output was set, and will leak";
    }
    if (out == POISON || size == POISON_SIZE) {
        return "the output was not set";
    }
    if (!out != !size) {
        return "an empty output is NULL and 0";
    }
#ifndef PLAIN_MALLOC
    if (malloc_usable_size(out) != size) {
        return "the block is larger than the output";
    }
#endif
    frame_add(answer, out, size);
    free(out);
    return NULL;
}

/* INSTANCE TAG COUNT CHUNK: calls so many times, and answers with the nanoseconds that it took. */
const char *filter_time(struct part *args, size_t count, struct frame *answer)
{
    struct filter_instance *ins = table_get(&args[0]);
    filter_fn *call = (filter_fn *) slot(ins->plugin, FILTER_CALL);
    long times = atol(args[2].data);
    struct timespec from, to;

    (void) count;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long i = 0; i < times; i++) {
        void *out;
        size_t size;

        if (call(args[3].data, args[3].size, args[1].data, (int) args[1].size, &out, &size, ins, NULL, ins->context,
                 NULL) == 1) {
            free(out);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    frame_number(answer, (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec);
    return NULL;
}

/* The end of an instance; cb_exit is called only where cb_init has left a context. */
const char *filter_exit(struct part *args, size_t count, struct frame *answer)
{
    struct filter_instance *ins = table_get(&args[0]);
    exit_fn *leave = (exit_fn *) slot(ins->plugin, FILTER_EXIT);

    (void) count;
    frame_number(answer, ins->context != NULL);
    if (ins->context) {
        leave(ins->context, POISON);
    }
    table_remove(&args[0]);
    properties_free(ins->properties);
    free(ins);
    return NULL;
}
