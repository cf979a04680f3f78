/*
 * The layout of the host's structs, measured on the host's own filter "grep" before the host reads our symbol.
 *
 * No header and no symbol states the layouts, and a newer Fluent Bit may change them. But the host exports its own plugins as data,
 * and grep is part of every build by default. So an unknown layout is detected without a call of any function of the host.
 */
#ifndef ENTRA_LAYOUT_H
#define ENTRA_LAYOUT_H

#include <stddef.h>

enum { LAYOUT_UNKNOWN = -1, LAYOUT_NO_SAMPLE = 0 };

/*
 * Returns the bytes from one option to the next in the host's tables of options: 96 or 104. LAYOUT_UNKNOWN if the host's grep is not
 * laid out as abi.h says; LAYOUT_NO_SAMPLE if the host was built without grep, so that nothing can be measured.
 */
int entra_layout_options(void);

/*
 * Fills a zeroed filter symbol for a host with an unknown layout: a filter in the shape of the host's grep, with our name, no
 * options, and refuse in place of every callback. room is the size of the symbol in bytes.
 */
void entra_layout_imitate(void *symbol, size_t room, const char *description, int (*refuse)(void));

#endif
