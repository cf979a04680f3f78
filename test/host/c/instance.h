/* The host's instances, as far as plugins look at them: the log level of a filter at its third int since 2.1. */
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
    struct property *properties;
    struct filter_plugin *plugin;
    void *context;
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
