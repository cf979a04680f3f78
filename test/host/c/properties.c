/* The options of an instance, and the check of them against what the plugin takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"

struct property *properties_read(struct part *args, size_t count)
{
    struct property *list = NULL, **end = &list;

    for (size_t i = 0; i + 1 < count; i += 2) {
        struct property *p = calloc(1, sizeof(*p));

        p->key = strdup(args[i].data);
        p->value = strdup(args[i + 1].data);
        *end = p;
        end = &p->next;
    }
    return list;
}

const char *properties_get(const struct property *list, const char *key)
{
    for (; list; list = list->next) {
        if (strcasecmp(list->key, key) == 0) {
            return list->value;
        }
    }
    return NULL;
}

void properties_free(struct property *list)
{
    while (list) {
        struct property *next = list->next;

        free(list->key);
        free(list->value);
        free(list);
        list = next;
    }
}

/* One option as it lies in the plugin's memory. */
struct option {
    int type;
    const char *name;
    const char *default_value;
    int flags;
    int set_property;
    uintptr_t offset;
    const char *help;
};

static const struct option *option_at(const char *options, size_t i)
{
    const struct option *o = (const struct option *) (const void *) (options + i * OPTION_SIZE);

    return o->name ? o : NULL;
}

const char *properties_check(const struct property *list, const char *options)
{
    const struct option *o;

    for (; options && list; list = list->next) {
        int known = 0;

        for (size_t i = 0; (o = option_at(options, i)); i++) {
            known |= strcasecmp(o->name, list->key) == 0;
        }
        if (strcasecmp(list->key, "active") != 0 && !known) {
            return list->key;
        }
        for (const struct property *p = list->next; p; p = p->next) {
            if (strcasecmp(p->key, list->key) == 0) {
                return list->key;
            }
        }
    }
    return NULL;
}

void options_list(const char *options, struct frame *answer)
{
    const struct option *o;

    for (size_t i = 0; options && (o = option_at(options, i)); i++) {
        frame_text(answer, o->name);
        frame_text(answer, o->default_value ? o->default_value : "");
        frame_text(answer, o->help);
        frame_number(answer, o->type | o->flags | o->set_property | (int) o->offset);
    }
}
