/*
 * The host as seen from the plugin: which Fluent Bit it is, whether it can be served, and the few functions of it that are
 * used. They are looked up at load time, because a cgo build links a temporary executable that has none of them.
 */
#ifndef ENTRA_HOST_H
#define ENTRA_HOST_H

#include "abi.h"

/* What is known of the host. A marker symbol, which the host exports from some version on, tells the versions apart. */
struct entra_host {
    int since_2_2;    /* filters have cb_pre_run */
    int since_2_2_1;  /* an output that is refused is freed once, not twice */
    int since_3_2_3;  /* a hot reload delivers the chunks that are under way */
    int options;      /* bytes from one option to the next, measured; LAYOUT_UNKNOWN if they cannot be told */
    const char *twin; /* why this copy of the plugin is refused beside another; NULL when there is no other */
};
extern struct entra_host entra_host;

/* Looks the host up. Runs from the constructor, before any Go code. */
void entra_host_find(void);

/*
 * Why this host cannot be served, or NULL when it can. Asked before Go is entered: in a process that was forked after the
 * plugin was loaded (Daemon On) Go has no threads, and any call into it hangs for ever.
 */
const char *entra_refusal(void);

/* The value of an option, or NULL. The memory is the host's. */
const char *entra_filter_property(fb_instance *ins, const char *key);
const char *entra_output_property(struct fb_output_api *api, void *ins, const char *key);

/* Whether an output's functions are where abi.h says, compared with those that the host exports. */
int entra_output_known(const struct fb_output *plugin);

/*
 * Remembers an instance for cb_filter and cb_exit. With the instance itself as its context, log lines tell a processor from a
 * filter.
 */
void entra_filter_set_context(fb_instance *ins, void *context);

/* One line of the host's log, as its own plugins write it. Honours the log_level of the instance. */
void entra_filter_log(fb_instance *ins, int level, const char *text);
void entra_output_log(struct fb_output_api *api, void *ins, int level, const char *text);

/* The same without an instance. */
void entra_log(int level, const char *text);

/* malloc without what cgo puts around it: C.malloc ends the process when there is no memory, this returns NULL. */
void *entra_alloc(size_t size);

#endif
