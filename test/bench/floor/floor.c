/*
 * The floor: a native filter that copies the chunk and says that it changed it. No filter that changes records, whatever
 * it is written in, costs Fluent Bit less. Its own declarations: nothing of Fluent Bit's is needed to build it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MODIFIED = 1, NOTOUCH = 2 };

/* struct flb_filter_plugin of Fluent Bit 2.2 to 5.1. The host copies as much of the symbol as its own version has, so there
 * is zeroed room behind. */
struct filter {
    int event_type;
    int flags;
    const char *name;
    const char *description;
    void *config_map;
    int (*pre_run)(void *ins, void *config, void *data);
    int (*init)(void *ins, void *config, void *data);
    int (*filter)(const void *data, size_t size, const char *tag, int tag_len, void **out, size_t *out_size, void *ins,
                  void *input, void *context, void *config);
    int (*exit)(void *context, void *config);
    void *reserved[16];
};

static int init(void *ins, void *config, void *data)
{
    (void) ins;
    (void) config;
    (void) data;
    return 0;
}

static int copy(const void *data, size_t size, const char *tag, int tag_len, void **out, size_t *out_size, void *ins,
                void *input, void *context, void *config)
{
    void *block = malloc(size);

    (void) tag;
    (void) tag_len;
    (void) ins;
    (void) input;
    (void) context;
    (void) config;
    if (block == NULL) {
        return NOTOUCH;
    }
    *out = memcpy(block, data, size);
    *out_size = size;
    return MODIFIED;
}

struct filter filter_entra_floor_plugin = {
    .name = "entra_floor",
    .description = "copies the chunk",
    .init = init,
    .filter = copy,
};
