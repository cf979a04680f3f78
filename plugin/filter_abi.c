/*
 * The native filter: the symbol that the host looks for, and its callbacks. They are C, because each has something to check before
 * it enters Go.
 */
#include <stdatomic.h>

#include "abi.h"
#include "host.h"
#include "layout.h"
#include "options.h"
#include "signals.h"

#include "_cgo_export.h"

#define DESCRIPTION "Microsoft Entra ID sign-in error codes: description and severity"

union fb_filter_symbol filter_entra_signin_plugin;

/* The number of initialized instances. While it is 0, cb_filter must not enter Go: the host calls a filter that is switched off in
 * a list of processors too, even in a forked process. */
static atomic_int live;

static int refused(fb_instance *ins)
{
    const char *why = entra_refusal();

    if (why) {
        entra_filter_log(ins, HOST_LOG_ERROR, why);
    }
    return why != NULL;
}

/* Checks all options and keeps nothing. The host also calls it before a hot reload, while the old configuration runs: a new
 * configuration that is refused here leaves the old one running. */
static int filter_pre_run(fb_instance *ins, fb_config *config, void *data)
{
    sigset_t entered;
    int result;

    (void) config;
    (void) data;
    if (refused(ins)) {
        return -1;
    }
    entra_filter_set_context(ins, ins); /* for the log lines of the check only */
    entra_signals_enter(&entered);
    result = entraFilterCheck(ins);
    entra_signals_leave(&entered);
    entra_filter_set_context(ins, NULL);
    return result;
}

static int filter_init(fb_instance *ins, fb_config *config, void *data)
{
    sigset_t entered;
    int result;

    (void) config;
    (void) data;
    if (refused(ins)) {
        return -1;
    }
    /* The host calls cb_exit only if there is a context. The instance itself serves as the context: it is C memory, and the key by
     * which Go finds its state. */
    entra_filter_set_context(ins, ins);
    entra_signals_enter(&entered);
    result = entraFilterInit(ins);
    entra_signals_leave(&entered);
    if (result != 0) {
        entra_filter_set_context(ins, NULL);
        return -1;
    }
    atomic_fetch_add(&live, 1);
    return 0;
}

/* The arguments behind ins mean different things in different versions, and in filters and processors, so they are not used. */
static int filter_chunk(const void *data, size_t size, const char *tag, int tag_len, void **out, size_t *out_size,
                     fb_instance *ins, void *owner, void *context, fb_config *config)
{
    sigset_t entered;
    int result;

    (void) tag;
    (void) tag_len;
    (void) owner;
    (void) context;
    (void) config;
    if (atomic_load_explicit(&live, memory_order_relaxed) == 0) {
        return FILTER_NOTOUCH;
    }
    entra_signals_enter(&entered);
    result = entraFilterChunk((void *) data, size, ins, out, out_size);
    entra_signals_leave(&entered);
    return result;
}

static int filter_exit(void *context, fb_config *config)
{
    sigset_t entered;

    (void) config;
    entra_signals_enter(&entered);
    entraFilterExit(context);
    entra_signals_leave(&entered);
    atomic_fetch_sub(&live, 1);
    return 0;
}

/* The tables of options, one for each size that a host may read. */
static struct fb_option96 filter_options96[ENTRA_FILTER_OPTIONS + 1];
static struct fb_option104 filter_options104[ENTRA_FILTER_OPTIONS + 1];

static void *filter_options(void)
{
    size_t n = 0;
#define OPTION(option, value, text)                                                                                    \
    filter_options96[n].o.name = filter_options104[n].o.name = option;                                                 \
    filter_options96[n].o.default_value = filter_options104[n].o.default_value = value;                                \
    filter_options96[n].o.help = filter_options104[n].o.help = text;                                                   \
    n++;
    ENTRA_FILTER_OPTION_LIST(OPTION)
#undef OPTION
    return entra_host.options == sizeof(struct fb_option104) ? (void *) filter_options104 : (void *) filter_options96;
}

/* Stands in for every callback in a host with an unknown layout, whose arguments are unknown too. Logs one line for all of them. */
static int refuse(void)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    const char *why = entra_refusal();

    if (why && !atomic_flag_test_and_set(&said)) {
        entra_log(HOST_LOG_ERROR, why);
    }
    return -1;
}

/* Runs inside dlopen, because the host copies the symbol right after it. Calls no Go code. */
__attribute__((constructor)) static void on_load(void)
{
    entra_host_find();
    if (entra_host.options == LAYOUT_UNKNOWN) {
        entra_layout_imitate(&filter_entra_signin_plugin, sizeof(filter_entra_signin_plugin), DESCRIPTION, refuse);
    }
    else if (entra_host.since_2_2) {
        struct fb_filter *f = &filter_entra_signin_plugin.now;

        f->name = ENTRA_NAME;
        f->description = DESCRIPTION;
        f->config_map = filter_options();
        f->cb_pre_run = filter_pre_run;
        f->cb_init = filter_init;
        f->cb_filter = filter_chunk;
        f->cb_exit = filter_exit;
    }
    else {
        /* cb_init refuses to start. There are no options: their layout in a host this old is unknown, and an error about an unknown
         * option should not hide the reason. */
        struct fb_filter_old *f = &filter_entra_signin_plugin.old;

        f->name = ENTRA_NAME;
        f->description = DESCRIPTION;
        f->cb_init = filter_init;
        f->cb_filter = filter_chunk;
        f->cb_exit = filter_exit;
    }
}
