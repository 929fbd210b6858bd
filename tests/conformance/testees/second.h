/* A second client, which calls on a thread of its own while the first one meets a fault. */
#ifndef SECOND_H
#define SECOND_H

#include <penbox.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
    penbox_client *client;
    pthread_t thread;
    atomic_bool over;
    int calls;
    penbox_status status;
    penbox_error *error;
} second;

static void call_once(void) {
    penbox_params *params = penbox_params_new();
    penbox_value *value = NULL;
    penbox_params_set_string(params, "/id", "beside");
    second.status = penbox_forms_get(second.client, params, NULL, &value, &second.error);
    second.calls += second.status == PENBOX_OK;
    penbox_value_free(value);
    penbox_params_free(params);
}

static void *call_again_and_again(void *argument) {
    const struct timespec pause = {0, 20000000};
    while (second.status == PENBOX_OK && !second.over) {
        nanosleep(&pause, NULL);
        call_once();
    }
    return argument;
}

/* Ends the second client: the number of its calls is told. */
static penbox_status end(FILE *out, penbox_error **error) {
    second.over = true;
    pthread_join(second.thread, NULL);
    fprintf(out, "{\"calls\":%d}", second.calls);
    penbox_client_free(second.client);
    *error = second.error;
    return second.status;
}

/* Starts the second client, of which the first call is made at once, or ends it. */
static penbox_status change(const penbox_value *line, FILE *out, penbox_error **error) {
    const penbox_value *settings = penbox_value_get(line, "/beside/settings");
    penbox_config *config = NULL;
    if (settings == NULL)
        return end(out, error);
    fputs("null", out);
    memset(&second, 0, sizeof second);
    second.status = penbox_config_from_json(penbox_value_json(settings), &config, error);
    if (second.status == PENBOX_OK)
        second.status = penbox_client_new(config, &second.client, error);
    penbox_config_free(config);
    if (second.status != PENBOX_OK)
        return second.status;
    call_once();
    *error = second.error;
    if (second.status == PENBOX_OK && pthread_create(&second.thread, NULL, call_again_and_again, NULL) != 0)
        exit(2);
    return second.status;
}

#endif
