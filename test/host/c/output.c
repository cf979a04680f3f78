/* Outputs behind the Go proxy. One plugin struct serves all instances, and the definition is exactly as large as it was. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "instance.h"

struct api {
#if IS(93)
    void *inserted;
#endif
    const char *(*get_property)(const char *, struct output_instance *);
    void *unused[5];
    int (*log_check)(struct output_instance *, int);
    void *more[2];
};

struct proxy_context {
    void *remote;
    void *proxy;
};

/* What FLBPluginInit is given. */
struct go_plugin {
    char *name;
    struct api *api;
    struct output_instance *instance;
    struct proxy_context *context;
    void *callbacks[5];
};

struct output_plugin {
    void *handle;
    char *def; /* DEF_SIZE bytes, no more */
    struct api api;
    struct go_plugin *go;
    int (*init)(struct go_plugin *);
    int (*flush)(void *, const void *, size_t, char *);
    int (*exit)(void *);
    int (*unregister)(void *);
    int (*pre_run)(int); /* optional */
};

#define POISON ((void *) 0x5afe5afe5afe)

static void *def_pointer(const struct output_plugin *p, size_t offset)
{
    void *value;

    memcpy(&value, p->def + offset, sizeof(value));
    return value;
}

static const char *options_of(const struct output_plugin *p)
{
    return DEF_SIZE >= 48 ? def_pointer(p, 40) : NULL;
}

/* PATH: dlopen, register. Hosts before 4.2.3 do not clear the definition. */
const char *output_load(struct part *args, size_t count, struct frame *answer)
{
    struct output_plugin *p = calloc(1, sizeof(*p));
    int (*reg)(void *);

    (void) count;
    p->handle = dlopen(args[0].data, RTLD_LAZY);
    if (!p->handle) {
        return dlerror();
    }
    *(void **) &reg = dlsym(p->handle, "FLBPluginRegister");
    *(void **) &p->init = dlsym(p->handle, "FLBPluginInit");
    *(void **) &p->flush = dlsym(p->handle, "FLBPluginFlushCtx");
    *(void **) &p->exit = dlsym(p->handle, "FLBPluginExitCtx");
    *(void **) &p->unregister = dlsym(p->handle, "FLBPluginUnregister");
    *(void **) &p->pre_run = dlsym(p->handle, "FLBPluginOutputPreRun");
    if (!reg || !p->init || !p->flush || !p->exit || !p->unregister) {
        return "a symbol is missing";
    }
    p->def = SINCE(40203) ? calloc(1, DEF_SIZE) : malloc(DEF_SIZE);
    if (reg(p->def) == -1) {
        free(p->def);
        free(p);
        return "registration failed";
    }
#if IS(93)
    p->api.inserted = POISON;
#endif
    p->api.get_property = flb_output_get_property;
    p->api.log_check = flb_output_log_check;
    for (size_t i = 0; i < 5; i++) {
        p->api.unused[i] = POISON;
    }
    p->go = calloc(1, sizeof(*p->go));
    p->go->name = def_pointer(p, 16);
    frame_number(answer, table_add(p));
    frame_text(answer, p->go->name);
    frame_text(answer, def_pointer(p, 24));
    frame_number(answer, ((int *) (void *) p->def)[0]);
    frame_number(answer, ((int *) (void *) p->def)[1]);
    return NULL;
}

const char *output_unload(struct part *args, size_t count, struct frame *answer)
{
    struct output_plugin *p = table_get(&args[0]);

    (void) count;
    (void) answer;
    table_remove(&args[0]);
    p->unregister(p->def);
    dlclose(p->handle);
    free(p->def);
    free(p->go);
    free(p);
    return NULL;
}

const char *output_options(struct part *args, size_t count, struct frame *answer)
{
    (void) count;
    options_list(options_of(table_get(&args[0])), answer);
    return NULL;
}

/* PLUGIN NAME LOG_LEVEL KEY VALUE …: an instance, checked (where the plugin gives options) and initialised. */
const char *output_new(struct part *args, size_t count, struct frame *answer)
{
    struct output_plugin *p = table_get(&args[0]);
    struct output_instance *ins = calloc(1, sizeof(*ins));
    struct proxy_context *context;
    const char *unknown;
    static __thread char text[256];

    ins->plugin = p;
    snprintf(ins->name, sizeof(ins->name), "%s", args[1].data);
    ins->log_level = atoi(args[2].data);
    ins->properties = properties_read(args + 3, count - 3);
    unknown = properties_check(ins->properties, options_of(p));
    if (unknown) {
        snprintf(text, sizeof(text), "unknown configuration property '%s'", unknown);
    }
    else {
        ins->context = context = calloc(1, sizeof(*context));
        p->go->api = &p->api;
        p->go->instance = ins;
        p->go->context = context;
        if (p->init(p->go) > 0) {
            frame_number(answer, table_add(ins));
            return NULL;
        }
        snprintf(text, sizeof(text), "initialisation failed");
        free(context);
    }
    properties_free(ins->properties);
    free(ins);
    return text;
}

/* PLUGIN HOT_RELOAD: what the host calls for each instance when all outputs have started. */
const char *output_pre_run(struct part *args, size_t count, struct frame *answer)
{
    struct output_plugin *p = table_get(&args[0]);

    (void) count;
    (void) answer;
    if (p->pre_run) {
        p->pre_run(atoi(args[1].data));
    }
    return NULL;
}

struct flush {
    struct output_instance *ins;
    const void *data;
    size_t size;
    char *tag;
    int result;
};

static void flush_now(void *argument)
{
    struct flush *f = argument;
    struct proxy_context *context = f->ins->context;

    f->result = f->ins->plugin->flush(context->remote, f->data, f->size, f->tag);
}

/* INSTANCE TAG STACK CHUNK: answers with the result and the bytes of stack that were used (0 without a STACK). */
const char *output_flush(struct part *args, size_t count, struct frame *answer)
{
    size_t stack = (size_t) atol(args[2].data), used = 0;
    struct guarded tag = guarded_copy(args[1].data, args[1].size + 1);
    struct guarded chunk = guarded_copy(args[3].data, args[3].size);
    struct flush f = {table_get(&args[0]), chunk.data, args[3].size, tag.data, -1};

    (void) count;
    if (stack) {
        used = coro_run(stack, flush_now, &f);
    }
    else {
        flush_now(&f);
    }
    guarded_free(&tag);
    guarded_free(&chunk);
    frame_number(answer, f.result);
    frame_number(answer, (long long) used);
    return NULL;
}

const char *output_exit(struct part *args, size_t count, struct frame *answer)
{
    struct output_instance *ins = table_get(&args[0]);
    struct proxy_context *context = ins->context;

    (void) count;
    frame_number(answer, ins->plugin->exit(context->remote));
    table_remove(&args[0]);
    free(context);
    properties_free(ins->properties);
    free(ins);
    return NULL;
}
