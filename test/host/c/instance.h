/* The host's instances, as far as plugins look at them: the start of a filter's is as in Fluent Bit since 2.1.4. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "host.h"

struct filter_plugin;

struct filter_instance {
    int event_type;
    int id;
    int log_level;
    int log_suppress_interval;
    char name[32];
    const char *alias, *match;
    void *match_regex;
    void *parent_processor; /* not NULL in a list of processors */
    void *context;
    struct property *properties;
    struct filter_plugin *plugin;
};

struct output_plugin;

struct output_instance {
    int log_level;
    char name[32];
    struct property *properties;
    struct output_plugin *plugin;
    void *context;
};

#endif
