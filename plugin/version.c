/* memmem and dl_iterate_phdr are GNU extensions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "version.h"

static const char lead[] = "\"name\":\"fluent-bit\",\"lang\":\"c\",\"version\":\"";

static char version[32];
static pthread_once_t searched = PTHREAD_ONCE_INIT;

/* Copies the version at the start of a text, if it ends with a quotation mark within size bytes. */
static int take(const char *text, size_t size)
{
    const char *end = memchr(text, '"', size < sizeof(version) ? size : sizeof(version));

    if (end) {
        memcpy(version, text, (size_t) (end - text));
    }
    return end != NULL;
}

static int search(int file, size_t at, size_t size)
{
    static char block[64 << 10];
    const size_t overlap = sizeof(lead) + sizeof(version);
    size_t kept = 0;

    while (size > 0) {
        size_t want = sizeof(block) - kept < size ? sizeof(block) - kept : size;
        ssize_t n = pread(file, block + kept, want, (off_t) at);
        size_t have = kept + (size_t) n;
        const char *found;

        if (n <= 0) {
            return 0;
        }
        found = memmem(block, have, lead, sizeof(lead) - 1);
        if (found && take(found + sizeof(lead) - 1, have - (size_t) (found + sizeof(lead) - 1 - block))) {
            return 1;
        }
        at += (size_t) n;
        size -= (size_t) n;
        kept = have < overlap ? have : overlap;
        memmove(block, block + have - kept, kept);
    }
    return 0;
}

/*
 * Searches the read-only parts of the program, which is the first object. They are read from the file and not from memory: pages
 * that are touched would count as memory of the process. The search begins with the last part, because linkers place string
 * constants after the code.
 */
static int search_program(struct dl_phdr_info *program, size_t size, void *argument)
{
    const int *file = argument;

    (void) size;
    for (int i = program->dlpi_phnum - 1; i >= 0; i--) {
        const ElfW(Phdr) *p = &program->dlpi_phdr[i];

        if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && search(*file, p->p_offset, p->p_filesz)) {
            break;
        }
    }
    return 1;
}

static void search_once(void)
{
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    if (file >= 0) {
        dl_iterate_phdr(search_program, &file);
        close(file);
    }
}

const char *entra_host_version(void)
{
    pthread_once(&searched, search_once);
    return version;
}
