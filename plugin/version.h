/*
 * The version of the host. Fluent Bit exports neither a function nor a symbol that states its version. One text in the program does:
 * what its output for NATS, which is part of every build by default, says to a server.
 */
#ifndef ENTRA_VERSION_H
#define ENTRA_VERSION_H

/* Such as "5.1.1"; "" when the program has no such text or cannot be read. The file is searched at the first call only. */
const char *entra_host_version(void);

#endif
