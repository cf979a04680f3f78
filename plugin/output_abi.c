/*
 * The Go proxy for outputs: the functions that fluent-bit-go's users export from Go are C here, because the check whether Go
 * may be entered at all comes first.
 */
#include <malloc.h>
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
 * Whether the definition has room for a list of options, which makes the host refuse unknown ones and print help. No symbol
 * tells 5.1.1 (48 bytes, reads it) from 5.1.0 (40 bytes), so the block itself is asked. malloc_usable_size is that of the
 * host's allocator: jemalloc in the official packages, which gives exactly 40 for 40. glibc gives 40 for 40 as well, save
 * when it hands out a remainder that was too small to split; then the pointer is written into slack that nobody reads. In
 * no case is a byte written that is not part of the block. The marker makes sure that the host's options are 104 bytes.
 */
static int has_room_for_options(struct fb_proxy_def *def)
{
    return entra_host.since_5_0_3 && malloc_usable_size(def) >= sizeof(*def);
}

int FLBPluginRegister(void *def)
{
    const char *why = entra_refusal();
    sigset_t entered;
    int result;

    if (why) {
        /* Hosts before 2.2 free a plugin twice when its Init fails. One that is not registered is merely unknown to them. */
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
        entra_output_log(p->api, p->instance, HOST_LOG_ERROR, why);
        return OUTPUT_ERROR;
    }
    entra_signals_enter(&entered);
    result = entraOutputInit(p);
    entra_signals_leave(&entered);
    return result;
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

    /* A daemon unregisters what its parent registered; Go must not be entered for that. The process ends anyway. */
    if (entra_refusal()) {
        return 0;
    }
    entra_signals_enter(&entered);
    entraOutputUnregister(def);
    entra_signals_leave(&entered);
    return 0;
}
