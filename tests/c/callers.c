/* As many threads as the argument says, all at once, each three calls for a form of its own. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"
#include "process.h"

#include <pthread.h>

enum { CALLS = 3, STACK = 256 * 1024 };

struct caller {
    const penbox_client *client;
    pthread_barrier_t *start;
    penbox_params *form;
    char id[64];
    pthread_t thread;
    int right;
};

static void *work(void *argument) {
    struct caller *caller = argument;
    int i;
    pthread_barrier_wait(caller->start);
    for (i = 0; i < CALLS; ++i) {
        penbox_value *form = NULL;
        penbox_error *error = NULL;
        const penbox_status status = penbox_forms_get(caller->client, caller->form, NULL, &form, &error);
        if (status != PENBOX_OK)
            fprintf(stderr, "%s\n", penbox_error_text(error));
        else
            caller->right += strcmp(penbox_value_string(form, "/id"), caller->id) == 0;
        penbox_error_free(error);
        penbox_value_free(form);
    }
    return NULL;
}

/* Makes the form that a caller asks for. */
static void prepare(struct caller *caller, const penbox_client *client, pthread_barrier_t *start) {
    penbox_params *made = penbox_params_new();
    penbox_value *form = NULL;
    CHECK(penbox_params_set_string(made, "/flow/slug", "client-onboarding") == PENBOX_OK);
    CHECK(penbox_params_set_string(made, "/user/email", "a@example.com") == PENBOX_OK);
    CHECK(penbox_forms_create(client, made, NULL, &form, NULL) == PENBOX_OK);
    caller->client = client;
    caller->start = start;
    caller->right = 0;
    caller->form = penbox_params_new();
    snprintf(caller->id, sizeof caller->id, "%s", penbox_value_string(form, "/id"));
    CHECK(penbox_params_set_string(caller->form, "/id", caller->id) == PENBOX_OK);
    penbox_value_free(form);
    penbox_params_free(made);
}

int main(int argc, char **argv) {
    const int count = argc == 2 ? atoi(argv[1]) : 0;
    struct caller *callers = calloc((size_t)count + 1, sizeof *callers);
    penbox_client *client = client_from_env();
    pthread_barrier_t start;
    pthread_attr_t small;
    int i, right = 0;

    CHECK(count > 0 && callers != NULL);
    CHECK(pthread_barrier_init(&start, NULL, (unsigned)count) == 0);
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, STACK) == 0);
    for (i = 0; i < count; ++i)
        prepare(&callers[i], client, &start);
    for (i = 0; i < count; ++i)
        CHECK(pthread_create(&callers[i].thread, &small, work, &callers[i]) == 0);
    for (i = 0; i < count; ++i) {
        CHECK(pthread_join(callers[i].thread, NULL) == 0);
        right += callers[i].right;
        penbox_params_free(callers[i].form);
    }
    printf("callers c: %d of %d answers right from %d at once, peak %ld kB\n", right, count * CALLS, count,
           status_of("VmHWM"));
    CHECK(right == count * CALLS);
    pthread_attr_destroy(&small);
    pthread_barrier_destroy(&start);
    penbox_client_free(client);
    free(callers);
    return report();
}
