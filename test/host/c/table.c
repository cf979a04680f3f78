#include <stdlib.h>

#include "host.h"

enum { ROOM = 4096 };

static void *things[ROOM];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int table_add(void *thing)
{
    int at = -1;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < ROOM && at < 0; i++) {
        if (!things[i]) {
            things[i] = thing;
            at = i;
        }
    }
    pthread_mutex_unlock(&lock);
    if (at < 0) {
        abort();
    }
    return at;
}

void *table_get(const struct part *number)
{
    int i = atoi(number->data);
    void *thing;

    pthread_mutex_lock(&lock);
    thing = i >= 0 && i < ROOM ? things[i] : NULL;
    pthread_mutex_unlock(&lock);
    if (!thing) {
        abort(); /* a mistake of the driver */
    }
    return thing;
}

void table_remove(const struct part *number)
{
    pthread_mutex_lock(&lock);
    things[atoi(number->data)] = NULL;
    pthread_mutex_unlock(&lock);
}
