/* The options of the runner's own: cancel_after_ms ends a call, resume goes on after errors of a list, again repeats a
 * call, and with_response tells the HTTP side. */
#ifndef CANCEL_H
#define CANCEL_H

#include <penbox.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define AFTER "/options/cancel_after_ms"
#define RESUME "/options/resume"
#define AGAIN "/options/again"
#define WITH_RESPONSE "/options/with_response"

/* A thread that ends a call in time. */
struct timer {
    pthread_t thread;
    penbox_cancel *cancel;
    int64_t after;
};

static void *wait_and_cancel(void *argument) {
    const struct timer *timer = argument;
    struct timespec rest;
    rest.tv_sec = timer->after / 1000;
    rest.tv_nsec = timer->after % 1000 * 1000000;
    nanosleep(&rest, NULL);
    penbox_cancel_trigger(timer->cancel);
    return NULL;
}

/* The options of a line that are the library's. */
static const char *own_options(const penbox_value *line) {
    const bool is_own = penbox_value_has(line, AFTER) || penbox_value_has(line, RESUME) ||
                        penbox_value_has(line, AGAIN) || penbox_value_has(line, WITH_RESPONSE);
    return is_own ? "{}" : penbox_value_json(penbox_value_get(line, "/options"));
}

/* Starts the thread that a line asks for; NULL where it asks for none. */
static struct timer *cancel_after(const penbox_value *line, penbox_options *options) {
    struct timer *timer = malloc(sizeof *timer);
    if (timer == NULL || !penbox_value_int64(line, AFTER, &timer->after)) {
        free(timer);
        return NULL;
    }
    timer->cancel = penbox_cancel_new();
    penbox_options_set_cancel(options, timer->cancel);
    if (pthread_create(&timer->thread, NULL, wait_and_cancel, timer) != 0)
        exit(2);
    return timer;
}

static void stop(struct timer *timer) {
    if (timer == NULL)
        return;
    pthread_join(timer->thread, NULL);
    penbox_cancel_free(timer->cancel);
    free(timer);
}

#endif
