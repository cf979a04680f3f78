/*
 * The output, through Fluent Bit's proxy for Go plugins. Other plugins export these functions from Go. Here they are C, because they
 * must check first whether Go may be entered at all.
 */
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>

#include "abi.h"
#include "host.h"
#include "options.h"
#include "signals.h"

#include "_cgo_export.h"

static struct fb_option104 output_options[ENTRA_OUTPUT_OPTIONS + 1];

static void *options(void)
{
    size_t n = 0;
#define OPTION(option, value, text)                                                                                    \
    output_options[n].o.name = option;                                                                                 \
    output_options[n].o.default_value = value;                                                                         \
    output_options[n].o.help = text;                                                                                   \
    n++;
    ENTRA_OUTPUT_OPTION_LIST(OPTION)
#undef OPTION
    return output_options;
}

/*
 * Reports whether the definition has room for a list of options. With a list, the host refuses unknown options and prints help. No
 * symbol tells 5.1.1 (48 bytes, reads the list) from 5.1.0 (40 bytes), so the size of the block decides. malloc_usable_size is that
 * of the host's allocator. jemalloc, in the official packages, returns exactly 40 for 40. So does glibc, except when it hands out a
 * remainder that was too small to split; then the pointer is written into slack that nobody reads. No byte outside of the block
 * is ever written.
 */
static int has_room_for_options(struct fb_proxy_def *def)
{
    return entra_host.options == sizeof(struct fb_option104) && malloc_usable_size(def) >= sizeof(*def);
}

int FLBPluginRegister(void *def)
{
    const char *why = entra_refusal();
    sigset_t entered;
    int result;

    /* Fluent Bit 2.2.0 frees a plugin twice if its Init fails, as it does for a wrong option, and goes on with the freed memory. A
     * plugin that is not registered is merely unknown to the host. */
    if (!why && !entra_host.since_2_2_1) {
        why = "the output needs Fluent Bit 2.2.1 or newer; the filter works in 2.2.0";
    }
    if (why) {
        entra_log(HOST_LOG_ERROR, why);
        return -1;
    }
    entra_signals_enter(&entered);
    result = entraOutputRegister(def);
    entra_signals_leave(&entered);
    if (result != 0) {
        return -1;
    }
    if (has_room_for_options(def)) {
        ((struct fb_proxy_def *) def)->config_map = options();
    }
    return 0;
}

int FLBPluginInit(void *plugin)
{
    struct fb_output *p = plugin;
    const char *why = entra_refusal();
    sigset_t entered;
    int result;

    if (why) {
        entra_log(HOST_LOG_ERROR, why);
        return OUTPUT_ERROR;
    }
    if (!entra_output_known(p)) {
        entra_log(HOST_LOG_ERROR, "this Fluent Bit is newer than the plugin: it gives an output functions that the plugin does not "
                                  "know. Update the plugin");
        return OUTPUT_ERROR;
    }
    entra_signals_enter(&entered);
    result = entraOutputInit(p);
    entra_signals_leave(&entered);
    return result;
}

/*
 * The host calls this function for each instance after all outputs have started. Nothing else tells whether SIGHUP reloads the
 * configuration. Before 3.2.3 the host itself answers "again" for every chunk of a Go output during a reload. Up to 5.1.1, the newest
 * version that was tested, the host starts the threads of a Go output with Workers twice, and a reload ends only one half of them.
 */
int FLBPluginOutputPreRun(int hot_reload)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;

    if (!hot_reload || atomic_flag_test_and_set(&said)) {
        return 0;
    }
    if (!entra_host.since_3_2_3) {
        entra_log(HOST_LOG_WARN, "before Fluent Bit 3.2.3 a hot reload hangs as long as this output has a chunk to deliver with "
                                 "Retry_Limit no_limits, and drops the chunk with any other limit: restart Fluent Bit instead");
    }
    entra_log(HOST_LOG_WARN, "a hot reload may end Fluent Bit if this output has Workers, because Fluent Bit starts the threads of "
                             "such an output twice: restart Fluent Bit instead");
    return 0;
}

int FLBPluginFlushCtx(void *context, const void *data, size_t size, const char *tag)
{
    sigset_t entered;
    int result;

    entra_signals_enter(&entered);
    result = entraOutputFlush(context, (void *) data, size, (char *) tag);
    entra_signals_leave(&entered);
    return result;
}

int FLBPluginExitCtx(void *context)
{
    sigset_t entered;

    entra_signals_enter(&entered);
    entraOutputExit(context);
    entra_signals_leave(&entered);
    return OUTPUT_OK;
}

int FLBPluginUnregister(void *def)
{
    sigset_t entered;

    /* A daemon unregisters what its parent registered. Go must not be entered there, and the process ends anyway. */
    if (entra_refusal()) {
        return 0;
    }
    entra_signals_enter(&entered);
    entraOutputUnregister(def);
    entra_signals_leave(&entered);
    return 0;
}
