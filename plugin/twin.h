/*
 * Two copies of the object in one process. Fluent Bit loads the object as a filter and, by a link with another name, as an output; that
 * is one object in memory. Two files are two: two Go runtimes, which share no state and both handle the process's signals.
 */
#ifndef ENTRA_TWIN_H
#define ENTRA_TWIN_H

/* The reason to refuse this copy, naming both files, when another copy was loaded before; else NULL. Called from the constructor. */
const char *entra_twin_find(void);

#endif
