/* dladdr and dl_iterate_phdr are GNU extensions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "twin.h"

/*
 * An ELF note by which one copy of any version recognizes another. A note is mapped with the object, survives strip, and can be read
 * without a call of the other copy. Its content must not change between versions.
 */
static const struct {
    uint32_t name_size, data_size, type;
    char name[16];
    uint32_t data;
} note __attribute__((section(".note.entra_signin"), aligned(4), used)) = {
    sizeof("entra_signin"), sizeof(uint32_t), 1, "entra_signin", 1,
};

static char reason[2 * PATH_MAX + 256];

/* Stops at an object that has the note and is not this one. */
static int is_twin(struct dl_phdr_info *object, size_t size, void *argument)
{
    (void) size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        const void *found;

        if (p->p_type != PT_NOTE) {
            continue;
        }
        found = memmem((const void *) (object->dlpi_addr + p->p_vaddr), p->p_memsz, &note, sizeof(note));
        if (found && found != &note) {
            *(const char **) argument = object->dlpi_name;
            return 1;
        }
    }
    return 0;
}

const char *entra_twin_find(void)
{
    const char *other = NULL;
    Dl_info own;

    if (!dl_iterate_phdr(is_twin, &other)) {
        return NULL;
    }
    snprintf(reason, sizeof(reason),
             "another copy of this plugin is loaded already: %s. This one, %s, cannot run beside it. "
             "Make one file a link to the other; after an upgrade, restart Fluent Bit",
             other, dladdr(&note, &own) ? own.dli_fname : "?");
    return reason;
}
