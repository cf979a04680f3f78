/*
 * The host: which Fluent Bit it is, whether the plugin supports it, and the few functions of the host that the plugin calls. They
 * are looked up at load time, because a cgo build links a temporary executable that has none of them.
 */
#ifndef ENTRA_HOST_H
#define ENTRA_HOST_H

#include "abi.h"

/* What the plugin knows about the host. A marker symbol, which the host exports from some version on, tells versions apart. */
struct entra_host {
    int since_2_2;    /* filters have cb_pre_run */
    int since_2_2_1;  /* an output that is refused is freed once, not twice */
    int since_3_2_3;  /* a hot reload delivers the chunks that are under way */
    int options;      /* bytes from one option to the next, measured; LAYOUT_UNKNOWN if they cannot be determined */
    const char *twin; /* why this copy of the plugin must not run beside another; NULL if there is no other */
};
extern struct entra_host entra_host;

/* Finds out about the host. Runs in the constructor, before any Go code. */
void entra_host_find(void);

/*
 * Returns why the plugin cannot run in this host, or NULL if it can. It is called before Go is entered: in a process that was
 * forked after the plugin was loaded (Daemon On) Go has no threads, and any call into Go hangs for ever.
 */
const char *entra_refusal(void);

/* Returns the value of an option, or NULL. The memory belongs to the host. */
const char *entra_filter_property(fb_instance *ins, const char *key);
const char *entra_output_property(struct fb_output_api *api, void *ins, const char *key);

/* Reports whether the functions of an output, compared with those that the host exports, are where abi.h says. */
int entra_output_known(const struct fb_output *plugin);

/*
 * Sets the context that the host passes to cb_filter and cb_exit. If the context is the instance itself, log lines tell a processor
 * from a filter.
 */
void entra_filter_set_context(fb_instance *ins, void *context);

/* Writes one line to the host's log, as the host's own plugins do. Honours the log_level of the instance. */
void entra_filter_log(fb_instance *ins, int level, const char *text);
void entra_output_log(struct fb_output_api *api, void *ins, int level, const char *text);

/* The same without an instance. */
void entra_log(int level, const char *text);

/* malloc, which returns NULL if there is no memory. C.malloc of cgo ends the process then. */
void *entra_alloc(size_t size);

#endif
