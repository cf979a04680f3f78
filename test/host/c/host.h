/*
 * A stand-in for Fluent Bit: it has the symbols, the struct sizes and the habits of one version as far as a plugin can notice,
 * and does what it is told over a pipe (frame.c). HOST_VERSION says which version: 50101 is 5.1.1.
 */
#ifndef HOST_H
#define HOST_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#ifndef HOST_VERSION
#error "compile with -DHOST_VERSION=50101 or the like"
#endif

#define SINCE(version) (HOST_VERSION >= (version))
#define IS(major) (HOST_VERSION / 10000 == (major)) /* of the versions that do not exist: 90 and above */

/* What is copied of a filter's symbol, and where the callbacks are in it. */
#if IS(91)
#define FILTER_SIZE 96
#elif SINCE(30200)
#define FILTER_SIZE 88
#elif SINCE(20200)
#define FILTER_SIZE 80
#else
#define FILTER_SIZE 72
#endif
#if IS(91)
#define FILTER_PRE_RUN 32
#define FILTER_INIT 48
#elif SINCE(20200)
#define FILTER_PRE_RUN 32
#define FILTER_INIT 40
#else
#define FILTER_INIT 32
#endif
#define FILTER_NAME 8
#define FILTER_DESCRIPTION 16
#define FILTER_OPTIONS 24
#define FILTER_CALL (FILTER_INIT + 8)
#define FILTER_EXIT (FILTER_INIT + 16)

/* How far options are apart. */
#define OPTION_SIZE (IS(92) ? 112 : SINCE(50003) ? 104 : 96)

/* The definition that an output fills; it is allocated in exactly this size. */
#if SINCE(50101)
#define DEF_SIZE 48
#elif SINCE(40203)
#define DEF_SIZE 40
#else
#define DEF_SIZE 32
#endif

/* A list of byte strings: a request, or an answer. */
struct part {
    char *data;
    size_t size;
};
struct frame {
    struct part *part;
    size_t count;
};

/* frame.c */
int frame_read(struct frame *f); /* 0 at the end of the requests */
void frame_write(const struct frame *f);
void frame_add(struct frame *f, const void *data, size_t size);
void frame_text(struct frame *f, const char *text);
void frame_number(struct frame *f, long long n);
void frame_free(struct frame *f);

/* A command fills answer and returns NULL, or returns what is wrong. Arguments start at args[0], each ended by NUL. */
typedef const char *command(struct part *args, size_t count, struct frame *answer);

/* filter.c, output.c, life.c: the commands, named as the driver calls them. */
command filter_load, filter_unload, filter_options, filter_new, filter_pre_run, filter_init, filter_run, filter_time,
    filter_exit;
command output_load, output_unload, output_options, output_new, output_pre_run, output_flush, output_exit;
command life_fork, life_handlers, life_stat;

/* properties.c */
struct property {
    char *key, *value;
    struct property *next;
};
struct property *properties_read(struct part *args, size_t count); /* key, value, key, value … */
const char *properties_get(const struct property *list, const char *key);
const char *properties_check(const struct property *list, const char *options); /* NULL, or what is unknown */
void properties_free(struct property *list);
void options_list(const char *options, struct frame *answer);

/* symbols.c: what the host has for outputs */
struct output_instance;
const char *flb_output_get_property(const char *key, struct output_instance *ins);
int flb_output_log_check(struct output_instance *ins, int level);

/* chunk.c: a read-only copy of bytes, behind the last of which memory ends. */
struct guarded {
    char *data;
    void *base;
    size_t length;
};
struct guarded guarded_copy(const void *data, size_t size);
void guarded_free(struct guarded *g);

/* coro.c: runs f(argument) on a stack of its own with nothing below it, and returns how many bytes of it were used. */
size_t coro_run(size_t stack, void (*f)(void *), void *argument);

/* life.c: the host's signal handlers, installed before plugins are loaded. */
void signals_install(void);

/* alloc.c: what is allocated now, and bytes of it. Zero where the allocator is not ours. */
long long alloc_blocks(void);
long long alloc_bytes(void);

/* table.c: numbers for things, because the driver cannot hold pointers. */
int table_add(void *thing);
void *table_get(const struct part *number);
void table_remove(const struct part *number);

#endif
