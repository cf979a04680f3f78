/* RTLD_DEFAULT is a GNU extension of dlfcn.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "host.h"

struct entra_host entra_host;

static const char *(*get_property)(const char *key, fb_instance *ins);
static void (*set_context)(fb_instance *ins, void *context);
static const char *(*filter_name)(fb_instance *ins);
static const char *(*output_name)(void *ins);
static void (*log_print)(int type, const char *file, int line, const char *format, ...);
static pid_t load_pid;

static int have(const char *symbol) { return dlsym(RTLD_DEFAULT, symbol) != NULL; }

void entra_host_find(void)
{
    load_pid = getpid();
    *(void **) &get_property = dlsym(RTLD_DEFAULT, "flb_filter_get_property");
    *(void **) &set_context = dlsym(RTLD_DEFAULT, "flb_filter_set_context");
    *(void **) &filter_name = dlsym(RTLD_DEFAULT, "flb_filter_name");
    *(void **) &output_name = dlsym(RTLD_DEFAULT, "flb_output_name");
    *(void **) &log_print = dlsym(RTLD_DEFAULT, "flb_log_print");

    /* The first is compiled in by default only; the second is there from 3.0 on in any case. */
    entra_host.since_2_2 = have("flb_proxy_output_cb_init") || have("flb_mp_chunk_cobj_create");
    entra_host.since_5_0_3 = have("flb_config_map_find");
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
    return NULL;
}

const char *entra_filter_property(fb_instance *ins, const char *key) { return get_property(key, ins); }

const char *entra_output_property(struct fb_output_api *api, void *ins, const char *key)
{
    return api->get_property(key, ins);
}

void entra_filter_set_context(fb_instance *ins, void *context) { set_context(ins, context); }

/* The third int of a filter instance since 2.1; -1 as long as the host has not set it, which is so in a dry run. */
static int filter_log_level(fb_instance *ins) { return ((const int *) (const void *) ins)[2]; }

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
    if (entra_host.since_2_2 && filter_log_level(ins) >= 0 && filter_log_level(ins) < level) {
        return;
    }
    print(level, "filter", filter_name ? filter_name(ins) : NULL, text);
}

void entra_output_log(struct fb_output_api *api, void *ins, int level, const char *text)
{
    if (entra_host.since_2_2 && !api->log_check(ins, level)) {
        return;
    }
    print(level, "output", output_name ? output_name(ins) : NULL, text);
}

void entra_log(int level, const char *text) { print(level, "plugin", NULL, text); }

void *entra_alloc(size_t size) { return malloc(size); }
