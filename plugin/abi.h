/*
 * The structs that Fluent Bit and a plugin share. They are declared here, so that the build needs no header of Fluent Bit and one
 * object works in 2.2 to 5.1. Every offset is asserted: a compiler with another layout fails at compile time.
 *
 * Host memory that the plugin only passes on (instances, configuration) stays opaque.
 */
#ifndef ENTRA_ABI_H
#define ENTRA_ABI_H

#include <stddef.h>
#include <stdint.h>

#define ENTRA_NAME "entra_signin"

/* Results of cb_filter and of FLBPluginFlushCtx. */
enum { FILTER_MODIFIED = 1, FILTER_NOTOUCH = 2 };
enum { OUTPUT_ERROR = 0, OUTPUT_OK = 1, OUTPUT_RETRY = 2 };

/* Levels of flb_log_print. */
enum { HOST_LOG_ERROR = 1, HOST_LOG_WARN = 2, HOST_LOG_INFO = 3 };

typedef struct fb_instance fb_instance;
typedef struct fb_config fb_config;

typedef int (*fb_init_fn)(fb_instance *, fb_config *, void *);
typedef int (*fb_filter_fn)(const void *, size_t, const char *, int, void **, size_t *, fb_instance *, void *, void *,
                            fb_config *);
typedef int (*fb_exit_fn)(void *, fb_config *);

/* Fluent Bit 2.2 to 5.1. The host copies as many bytes as its own version has: 80, or 88 from 3.2 on. */
struct fb_filter {
    int event_type; /* 0: logs */
    int flags;
    const char *name;
    const char *description;
    void *config_map;
    fb_init_fn cb_pre_run;
    fb_init_fn cb_init;
    fb_filter_fn cb_filter;
    fb_exit_fn cb_exit;
    void *cb_notification; /* from 3.2; NULL: none wanted. Before that, list links start here. */
    void *list[2];
};

/* Fluent Bit 1.8 to 2.1: no cb_pre_run. It is only filled so that the plugin can tell such a host why it refuses to run. */
struct fb_filter_old {
    int event_type;
    int flags;
    const char *name;
    const char *description;
    void *config_map;
    fb_init_fn cb_init;
    fb_filter_fn cb_filter;
    fb_exit_fn cb_exit;
    void *list[2];
};

/* The exported symbol. The host reads as many bytes as its own struct has, so zeroes must follow the known members. */
union fb_filter_symbol {
    struct fb_filter now;
    struct fb_filter_old old;
    char pad[256];
};

/* One option of a plugin. An array of options ends with one that is all zero. */
struct fb_option {
    int type; /* 0: a string. The plugin reads the values itself, so only the size depends on the version. */
    const char *name;
    const char *default_value; /* for the help only: the plugin never asks the host to apply it */
    int flags;
    int set_property;
    uintptr_t offset;
    const char *help;
};
struct fb_option96 { /* up to 5.0.2 */
    struct fb_option o;
    char internal[48];
};
struct fb_option104 { /* from 5.0.3 on */
    struct fb_option o;
    char internal[56];
};

/* FLBPluginRegister fills it. 32 bytes up to 4.2.2, 40 up to 5.1.0, 48 from 5.1.1 on. */
struct fb_proxy_def {
    int type;
    int proxy;
    int flags;
    char *name;
    char *description;
    int event_type;   /* from 4.2.3 */
    void *config_map; /* from 5.1.1 */
};

/* The argument of FLBPluginInit. The host uses one for all instances, so everything must be read during the call. */
struct fb_output_api {
    const char *(*get_property)(const char *key, void *instance);
    void *other[5];
    int (*log_check)(void *instance, int level); /* from 2.0 */
};
struct fb_output {
    char *name;
    struct fb_output_api *api;
    void *instance;
    void *context;
};

#define AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

#if !defined(__LP64__) || !(defined(__x86_64__) || defined(__aarch64__))
#error "the layouts are known for 64-bit amd64 and arm64 only"
#endif

AT(fb_filter, flags, 4);
AT(fb_filter, name, 8);
AT(fb_filter, description, 16);
AT(fb_filter, config_map, 24);
AT(fb_filter, cb_pre_run, 32);
AT(fb_filter, cb_init, 40);
AT(fb_filter, cb_filter, 48);
AT(fb_filter, cb_exit, 56);
AT(fb_filter, cb_notification, 64);
AT(fb_filter, list, 72);
_Static_assert(sizeof(struct fb_filter) == 88, "size of fb_filter");

AT(fb_filter_old, name, 8);
AT(fb_filter_old, description, 16);
AT(fb_filter_old, config_map, 24);
AT(fb_filter_old, cb_init, 32);
AT(fb_filter_old, cb_filter, 40);
AT(fb_filter_old, cb_exit, 48);
AT(fb_filter_old, list, 56);
_Static_assert(sizeof(struct fb_filter_old) == 72, "size of fb_filter_old");
_Static_assert(sizeof(union fb_filter_symbol) == 256, "size of fb_filter_symbol");

AT(fb_option, name, 8);
AT(fb_option, default_value, 16);
AT(fb_option, flags, 24);
AT(fb_option, set_property, 28);
AT(fb_option, offset, 32);
AT(fb_option, help, 40);
_Static_assert(sizeof(struct fb_option96) == 96, "size of fb_option96");
_Static_assert(sizeof(struct fb_option104) == 104, "size of fb_option104");

AT(fb_proxy_def, name, 16);
AT(fb_proxy_def, description, 24);
AT(fb_proxy_def, event_type, 32);
AT(fb_proxy_def, config_map, 40);
_Static_assert(sizeof(struct fb_proxy_def) == 48, "size of fb_proxy_def");

AT(fb_output, api, 8);
AT(fb_output, instance, 16);
AT(fb_output, context, 24);
AT(fb_output_api, log_check, 48);

#undef AT

#endif
