/*
 * The functions a plugin finds in the host, and the symbols that tell versions apart: only their being there is asked for.
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

const char *flb_output_name(struct output_instance *ins);
const char *flb_output_name(struct output_instance *ins) { return ins->name; }

#define MARKER(name)                                                                                                   \
    void name(void);                                                                                                   \
    void name(void) {}

#if SINCE(20100)
MARKER(flb_filter_init)
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
