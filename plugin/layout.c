/* dladdr1, dl_iterate_phdr and RTLD_DEFAULT are GNU extensions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "abi.h"
#include "layout.h"

#define SAMPLE "grep"

/* A table that is longer than this is not a table of options. */
enum { MAX_OPTIONS = 64 };

struct range {
    uintptr_t from;
    size_t size;
    ElfW(Word) flags; /* PF_R, PF_X: the access that is needed */
};

static int covers(struct dl_phdr_info *object, size_t size, void *argument)
{
    const struct range *r = argument;

    (void) size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + p->p_vaddr;

        if (p->p_type == PT_LOAD && (p->p_flags & r->flags) == r->flags && r->from >= start &&
            r->size <= p->p_memsz && r->from - start <= p->p_memsz - r->size) {
            return 1;
        }
    }
    return 0;
}

/* Reports whether memory belongs to a loaded object, and so may be accessed as flags say. */
static int loaded(const void *from, size_t size, ElfW(Word) flags)
{
    struct range r = {(uintptr_t) from, size, flags};

    return dl_iterate_phdr(covers, &r);
}

static int is_text(const char *s) { return loaded(s, 1, PF_R) && *s >= ' ' && *s <= '~'; }
static int is_sample_name(const char *s) { return loaded(s, sizeof(SAMPLE), PF_R) && strcmp(s, SAMPLE) == 0; }
static int is_code(uintptr_t at) { return loaded((const void *) at, 1, PF_X); }

/* Returns the host's filter, and its size from the host's table of symbols. */
static const void *sample(size_t *size)
{
    const void *found = dlsym(RTLD_DEFAULT, "filter_" SAMPLE "_plugin");
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (!found || !dladdr1(found, &info, (void **) &symbol, RTLD_DL_SYMENT) || !symbol || info.dli_saddr != found ||
        !loaded(found, symbol->st_size, PF_R)) {
        return NULL;
    }
    *size = symbol->st_size;
    return found;
}

/* Members that a newer host appends do no harm: our symbol is larger, and zero behind the known members. */
static int filter_fits(const struct fb_filter *f, size_t size)
{
    return size >= sizeof(*f) - sizeof(f->cb_notification) && size <= sizeof(union fb_filter_symbol) &&
           is_sample_name(f->name) && is_text(f->description) &&
           (!f->cb_pre_run || is_code((uintptr_t) f->cb_pre_run)) && is_code((uintptr_t) f->cb_init) &&
           is_code((uintptr_t) f->cb_filter) && is_code((uintptr_t) f->cb_exit);
}

/*
 * Reports whether options are this many bytes apart: each has a name and a help text, and the table has an end. With a wrong
 * distance, the second name would be in the middle of an option, where there is none.
 */
static int options_fit(const char *table, size_t distance)
{
    for (int i = 0; i < MAX_OPTIONS; i++) {
        const struct fb_option *o = (const struct fb_option *) (const void *) (table + (size_t) i * distance);

        if (!loaded(o, sizeof(*o), PF_R)) {
            return 0;
        }
        if (!o->name) {
            return i >= 2;
        }
        if (!is_text(o->name) || !is_text(o->help)) {
            return 0;
        }
    }
    return 0;
}

int entra_layout_options(void)
{
    size_t size;
    const struct fb_filter *f = sample(&size);

    if (!f) {
        return LAYOUT_NO_SAMPLE;
    }
    if (!filter_fits(f, size)) {
        return LAYOUT_UNKNOWN;
    }
    if (options_fit(f->config_map, sizeof(struct fb_option104))) {
        return sizeof(struct fb_option104);
    }
    if (options_fit(f->config_map, sizeof(struct fb_option96))) {
        return sizeof(struct fb_option96);
    }
    return LAYOUT_UNKNOWN;
}

void entra_layout_imitate(void *symbol, size_t room, const char *description, int (*refuse)(void))
{
    size_t size = 0;
    const uintptr_t *from = sample(&size);
    uintptr_t *to = symbol;

    for (size_t i = 0; i < (size < room ? size : room) / sizeof(*to); i++) {
        if (is_sample_name((const char *) from[i])) {
            to[i] = (uintptr_t) ENTRA_NAME;
        }
        else if (is_code(from[i])) {
            to[i] = (uintptr_t) refuse;
        }
        else if (is_text((const char *) from[i])) {
            to[i] = (uintptr_t) description;
        }
    }
}
