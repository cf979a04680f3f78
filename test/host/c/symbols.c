/*
 * The functions a plugin finds in the host, the symbols that tell versions apart (only their being there is asked for), the filter
 * grep as a sample of the layouts, and the text that states the version.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "instance.h"

/* Fluent Bit's own needs up to 9 KiB of the caller's stack, which a coroutine may not have: this one does the same. */
void flb_log_print(int type, const char *file, int line, const char *format, ...);
void flb_log_print(int type, const char *file, int line, const char *format, ...)
{
    char text[9 * 1024];
    struct frame f = {0};
    va_list args;

    (void) file;
    (void) line;
    memset(text, 0, sizeof(text));
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    frame_text(&f, "0");
    frame_text(&f, "log");
    frame_number(&f, type);
    frame_text(&f, text);
    frame_write(&f);
    frame_free(&f);
}

const char *flb_filter_get_property(const char *key, struct filter_instance *ins);
const char *flb_filter_get_property(const char *key, struct filter_instance *ins)
{
    return properties_get(ins->properties, key);
}

void flb_filter_set_context(struct filter_instance *ins, void *context);
void flb_filter_set_context(struct filter_instance *ins, void *context) { ins->context = context; }

const char *flb_filter_name(struct filter_instance *ins);
const char *flb_filter_name(struct filter_instance *ins) { return ins->name; }

const char *flb_output_get_property(const char *key, struct output_instance *ins)
{
    return properties_get(ins->properties, key);
}

int flb_output_log_check(struct output_instance *ins, int level) { return ins->log_level >= level; }

const char *flb_output_name(struct output_instance *ins);
const char *flb_output_name(struct output_instance *ins) { return ins->name; }

#define MARKER(name)                                                                                                   \
    void name(void);                                                                                                   \
    void name(void) {}

#if SINCE(20100)
MARKER(flb_filter_init)
#endif
#if SINCE(20201)
MARKER(cfl_variant_create_from_uint64)
#endif
#if SINCE(30203)
MARKER(flb_utils_mkdir)
#endif
#if SINCE(20200)
MARKER(flb_proxy_output_cb_init)
#endif
#if SINCE(30000)
MARKER(flb_mp_chunk_cobj_create)
#endif
#if SINCE(30100)
MARKER(flb_log_event_decoder_read_groups)
#endif
#if SINCE(30200)
MARKER(flb_notification_enqueue)
#endif
#if SINCE(40000)
MARKER(flb_filter_get_global_config_map)
#endif
#if SINCE(40100)
MARKER(flb_kv_item_set)
#endif
#if SINCE(40200)
MARKER(flb_router_create)
#endif
#if SINCE(50000)
MARKER(flb_mp_count_log_records)
#endif
#if SINCE(50003)
MARKER(flb_config_map_find)
#endif
#if SINCE(50100)
MARKER(flb_input_plugin_pause)
#endif

/* What Fluent Bit's output for NATS has in it. */
extern const char nats_connect[];
const char nats_connect[] = "CONNECT {\"verbose\":false,\"pedantic\":false,\"ssl_required\":false,\"name\":\"fluent-bit\","
                            "\"lang\":\"c\",\"version\":\"" HOST_VERSION_TEXT "\"}\r\n";

#if !IS(94)
struct grep_option {
    int type;
    const char *name;
    const char *default_value;
    int flags;
    int set_property;
    uintptr_t offset;
    const char *help;
    char internal[OPTION_SIZE - 48];
};

static struct grep_option grep_options[] = {
    {.name = "regex", .flags = 1, .help = "Keep records."},
    {.name = "exclude", .flags = 1, .help = "Drop records."},
    {.name = "logical_op", .default_value = "legacy", .help = "AND or OR."},
    {0},
};

static int grep_callback(void) { return 0; }

struct grep {
    int event_type, flags;
    const char *name, *description;
    void *config_map;
    char no_pre_run[FILTER_INIT - 32];
    int (*init)(void), (*filter)(void), (*exit)(void);
    char rest[FILTER_SIZE - FILTER_INIT - 24];
};
extern struct grep filter_grep_plugin;
struct grep filter_grep_plugin = {
    .name = "grep",
    .description = "grep events by specified field values",
    .config_map = grep_options,
    .init = grep_callback,
    .filter = grep_callback,
    .exit = grep_callback,
};
#endif
