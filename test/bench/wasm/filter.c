/*
 * The sign-in code of a parsed record, looked up in the whole catalog: what entra_signin does by default, for Fluent
 * Bit's filter "wasm".
 *
 * What is fast about it: the record is not decoded. The program is interpreted, so what can be left to the host is: strstr
 * is the host's own, and the record is copied by one instruction of the machine (memory.copy). The rest is Fluent Bit's:
 * every record is made into JSON before the call and read back after it.
 *
 * event_format has to be json: with msgpack Fluent Bit takes what is returned for a text that ends at the first zero byte,
 * and the 0 of a sign-in that succeeded is one.
 */
#include "catalog.h" /* made by the bench: struct entry { unsigned code; const char *text; unsigned length; } catalog[]; */

typedef __SIZE_TYPE__ size_t;

extern const char *strstr(const char *text, const char *part);

enum { ENTRIES = sizeof(catalog) / sizeof(catalog[0]), ROOM = 1 << 18 };

static char out[ROOM];

#define copy(to, from, n) __builtin_memcpy(to, from, n)
#define LENGTH(literal) (sizeof(literal) - 1)

static const struct entry *lookup(unsigned code)
{
    size_t low = 0, high = ENTRIES;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (catalog[middle].code < code) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < ENTRIES && catalog[low].code == code ? &catalog[low] : 0;
}

/* The number behind key; -1 where there is none. A key cannot be found inside a value: there its quotes are escaped. */
static long long number(const char *record, const char *key, size_t length)
{
    const char *at = strstr(record, key);
    long long n = 0;

    if (!at) {
        return -1;
    }
    at += length;
    at += *at == '"';
    if (*at < '0' || *at > '9') {
        return -1;
    }
    for (; *at >= '0' && *at <= '9' && n < 1000000000; at++) {
        n = n * 10 + (*at - '0');
    }
    return n;
}

static size_t digits(char *to, unsigned n)
{
    char reversed[10];
    size_t count = 0;

    do {
        reversed[count++] = '0' + n % 10;
    } while ((n /= 10) > 0);
    for (size_t i = 0; i < count; i++) {
        to[i] = reversed[count - 1 - i];
    }
    return count;
}

#define ADD(literal) copy(to, literal, LENGTH(literal)), to += LENGTH(literal)

/* What is appended for a code that the catalog lacks. The reason is taken as it is: it is JSON already. */
static char *unknown(char *to, unsigned code, const char *record)
{
    const char *reason = strstr(record, "\"failureReason\":\"");

    ADD(",\"description\":\"The catalog has no entry for code ");
    to += digits(to, code);
    if (!reason && (reason = strstr(record, "\"resultDescription\":\""))) {
        reason += LENGTH("\"resultDescription\":\"");
    }
    else if (reason) {
        reason += LENGTH("\"failureReason\":\"");
    }
    if (reason && *reason != '"') {
        const char *end = reason;

        ADD("; the record says: ");
        while (*end && *end != '"') {
            end += *end == '\\' ? 2 : 1;
        }
        copy(to, reason, end - reason);
        to += end - reason;
    }
    else {
        ADD(".");
    }
    ADD("\",\"severity\":\"unknown\"}");
    return to;
}

__attribute__((export_name("enrich")))
const char *enrich(const char *tag, unsigned tag_length, unsigned sec, unsigned nsec, const char *record, unsigned length)
{
    long long code;
    const struct entry *e;
    char *to;

    (void) tag;
    (void) tag_length;
    (void) sec;
    (void) nsec;
    if (length < 2 || length > ROOM / 2) {
        return record;
    }
    code = number(record, "\"errorCode\":", LENGTH("\"errorCode\":"));
    if (code < 0) {
        code = number(record, "\"resultType\":", LENGTH("\"resultType\":"));
    }
    if (code < 0) {
        return record;
    }
    copy(out, record, length - 1); /* all but the brace that closes the record */
    to = out + length - 1;
    e = lookup((unsigned) code);
    if (e) {
        copy(to, e->text, e->length);
        to += e->length;
    }
    else {
        to = unknown(to, (unsigned) code, record);
    }
    *to = '\0';
    return out;
}
