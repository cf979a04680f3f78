/* RTLD_DEFAULT is a GNU extension of dlfcn.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "host.h"
#include "layout.h"
#include "twin.h"

struct entra_host entra_host;

static const char *(*get_property)(const char *key, fb_instance *ins);
static void (*set_context)(fb_instance *ins, void *context);
static const char *(*filter_name)(fb_instance *ins);
static const char *(*output_name)(void *ins);
static void (*log_print)(int type, const char *file, int line, const char *format, ...);
static pid_t load_pid;

static void *output_property;
static void *output_log_check;

static int have(const char *symbol) { return dlsym(RTLD_DEFAULT, symbol) != NULL; }

void entra_host_find(void)
{
    load_pid = getpid();
    *(void **) &get_property = dlsym(RTLD_DEFAULT, "flb_filter_get_property");
    *(void **) &set_context = dlsym(RTLD_DEFAULT, "flb_filter_set_context");
    *(void **) &filter_name = dlsym(RTLD_DEFAULT, "flb_filter_name");
    *(void **) &output_name = dlsym(RTLD_DEFAULT, "flb_output_name");
    *(void **) &log_print = dlsym(RTLD_DEFAULT, "flb_log_print");

    output_property = dlsym(RTLD_DEFAULT, "flb_output_get_property");
    output_log_check = dlsym(RTLD_DEFAULT, "flb_output_log_check");

    /* The first marker of each line is from that version, and the second is from a later one, in case the first is removed one day.
     * flb_proxy_output_cb_init may be compiled out. */
    entra_host.since_2_2 = have("flb_proxy_output_cb_init") || have("flb_mp_chunk_cobj_create");
    entra_host.since_2_2_1 = have("cfl_variant_create_from_uint64") || have("flb_mp_chunk_cobj_create");
    entra_host.since_3_2_3 = have("flb_utils_mkdir") || have("flb_filter_get_global_config_map");

    entra_host.options = entra_host.since_2_2 ? entra_layout_options() : LAYOUT_NO_SAMPLE;
    if (entra_host.options == LAYOUT_NO_SAMPLE) {
        entra_host.options = have("flb_config_map_find") ? 104 : 96; /* 104 from 5.0.3 on */
    }
    entra_host.twin = entra_twin_find();
}

const char *entra_refusal(void)
{
    if (getpid() != load_pid) {
        return "cannot run in daemon mode (Daemon On, -d): Fluent Bit forked after the plugin was loaded. "
               "Use Daemon Off and a service manager";
    }
    if (!get_property || !set_context || !log_print) {
        return "the host does not export flb_filter_get_property, flb_filter_set_context and flb_log_print: "
               "is this fluent-bit itself?";
    }
    if (!entra_host.since_2_2) {
        return "needs Fluent Bit 2.2 or newer";
    }
    if (entra_host.options == LAYOUT_UNKNOWN) {
        return "this Fluent Bit is newer than the plugin: its structs are laid out in a way that the plugin does not know. "
               "Update the plugin";
    }
    return entra_host.twin;
}

const char *entra_filter_property(fb_instance *ins, const char *key) { return get_property(key, ins); }

const char *entra_output_property(struct fb_output_api *api, void *ins, const char *key)
{
    return api->get_property(key, ins);
}

int entra_output_known(const struct fb_output *plugin)
{
    return *(void *const *) &plugin->api->get_property == output_property &&
           *(void *const *) &plugin->api->log_check == output_log_check;
}

void entra_filter_set_context(fb_instance *ins, void *context) { set_context(ins, context); }

/*
 * The start of a filter instance, from 2.2 on. If the instance's own name is at the expected offset, log_level before it is too.
 */
struct instance {
    int event_type, id;
    int log_level; /* -1 as long as the host has not set it, which is so in a dry run */
    int log_suppress_interval;
    char name[32]; /* entra_signin.0 */
    const void *alias, *match, *match_regex;
    const void *parent_processor;
    const void *context;
};
_Static_assert(offsetof(struct instance, log_level) == 8 && offsetof(struct instance, name) == 16 &&
                   offsetof(struct instance, context) == 80,
               "struct instance");

static const struct instance *instance(const fb_instance *ins)
{
    const struct instance *i = (const struct instance *) (const void *) ins;

    return entra_host.since_2_2 && strncmp(i->name, ENTRA_NAME ".", sizeof(ENTRA_NAME)) == 0 ? i : NULL;
}

/* If the context of entra_filter_set_context is at the expected offset, parent_processor before it is too. */
static const char *kind(const fb_instance *ins)
{
    const struct instance *i = instance(ins);

    return i && i->context == ins && i->parent_processor ? "processor" : "filter";
}

static void print(int level, const char *kind, const char *name, const char *text)
{
    if (log_print) {
        log_print(level, NULL, 0, "[%s:" ENTRA_NAME ":%s] %s", kind, name ? name : ENTRA_NAME, text);
    }
    else {
        fprintf(stderr, "[%s:" ENTRA_NAME ":%s] %s\n", kind, name ? name : ENTRA_NAME, text);
    }
}

void entra_filter_log(fb_instance *ins, int level, const char *text)
{
    const struct instance *i = instance(ins);

    if (i && i->log_level >= 0 && i->log_level < level) {
        return;
    }
    print(level, kind(ins), filter_name ? filter_name(ins) : NULL, text);
}

void entra_output_log(struct fb_output_api *api, void *ins, int level, const char *text)
{
    if (!api->log_check(ins, level)) {
        return;
    }
    print(level, "output", output_name ? output_name(ins) : NULL, text);
}

void entra_log(int level, const char *text) { print(level, "plugin", NULL, text); }

void *entra_alloc(size_t size) { return malloc(size); }
