/*
 * The requests: number, thread, command, arguments. Each thread does its requests in turn; thread 0 is the main one, the
 * others start when they are first asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static const struct {
    const char *name;
    command *run;
    size_t arguments; /* at least */
} commands[] = {
    {"filter_load", filter_load, 2},       {"filter_unload", filter_unload, 1}, {"filter_options", filter_options, 1},
    {"filter_new", filter_new, 4},         {"filter_pre_run", filter_pre_run, 1}, {"filter_init", filter_init, 1},
    {"filter_run", filter_run, 4},         {"filter_time", filter_time, 4},     {"filter_exit", filter_exit, 1},
    {"output_load", output_load, 1},       {"output_pre_run", output_pre_run, 2},
    {"output_unload", output_unload, 1},   {"output_options", output_options, 1}, {"output_new", output_new, 3},
    {"output_flush", output_flush, 4},     {"output_exit", output_exit, 1},     {"fork", life_fork, 0},
    {"handlers", life_handlers, 1},        {"stat", life_stat, 0},
};

static const char *call(struct part *command, size_t arguments, struct frame *answer)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, command->data) == 0) {
            return arguments < commands[i].arguments ? "too few arguments"
                                                     : commands[i].run(command + 1, arguments, answer);
        }
    }
    return "no such command";
}

static void serve(struct frame *request)
{
    struct frame answer = {0};
    const char *wrong;

    frame_add(&answer, request->part[0].data, request->part[0].size);
    frame_text(&answer, "ok");
    wrong = call(&request->part[2], request->count - 3, &answer);
    if (wrong) {
        struct frame error = {0};

        frame_add(&error, request->part[0].data, request->part[0].size);
        frame_text(&error, "error");
        frame_text(&error, wrong);
        frame_write(&error);
        frame_free(&error);
    }
    else {
        frame_write(&answer);
    }
    frame_free(&answer);
    frame_free(request);
}

enum { THREADS = 64 };

struct job {
    struct frame request;
    struct job *next;
};

static struct worker {
    pthread_t thread;
    int started;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first, **last;
} workers[THREADS];

static void *work(void *argument)
{
    struct worker *w = argument;

    for (;;) {
        struct job *job;

        pthread_mutex_lock(&w->lock);
        while (!w->first) {
            pthread_cond_wait(&w->more, &w->lock);
        }
        job = w->first;
        w->first = job->next;
        if (!w->first) {
            w->last = &w->first;
        }
        pthread_mutex_unlock(&w->lock);
        serve(&job->request);
        free(job);
    }
    return NULL;
}

static void hand_over(struct worker *w, struct frame *request)
{
    struct job *job = calloc(1, sizeof(*job));

    job->request = *request;
    if (!w->started) {
        pthread_mutex_init(&w->lock, NULL);
        pthread_cond_init(&w->more, NULL);
        w->last = &w->first;
        w->started = 1;
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            abort();
        }
    }
    pthread_mutex_lock(&w->lock);
    *w->last = job;
    w->last = &job->next;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

int main(void)
{
    struct frame request;

    signals_install();
    while (frame_read(&request)) {
        int thread = request.count >= 3 ? atoi(request.part[1].data) : -1;

        if (thread < 0 || thread >= THREADS) {
            fprintf(stderr, "host: a request that is none\n");
            return 2;
        }
        if (thread == 0) {
            serve(&request);
        }
        else {
            hand_over(&workers[thread], &request);
        }
    }
    fflush(NULL);
    _Exit(0);
}
