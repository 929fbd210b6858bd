/* One client, 8 threads, 100 calls each: the odd threads have a clone, and free it between calls of the others. */
#include "client.h"

#include <pthread.h>

enum { THREADS = 8, CALLS = 100 };

struct job {
    const penbox_client *client;
    int number;
    int good;
};

static void *work(void *argument) {
    struct job *job = argument;
    int i;
    for (i = 0; i < CALLS; ++i) {
        penbox_client *clone = job->number % 2 ? penbox_client_clone(job->client) : NULL;
        penbox_value *page = NULL;
        penbox_error *error = NULL;
        const penbox_client *client = clone == NULL ? job->client : clone;
        const char *slug = NULL;
        if (penbox_workspaces_list(client, NULL, NULL, &page, &error) == PENBOX_OK)
            slug = penbox_value_string(page, "/data/0/slug");
        else
            fprintf(stderr, "%s\n", penbox_error_text(error));
        job->good += slug != NULL && strcmp(slug, "acme-corp") == 0;
        penbox_value_free(page);
        penbox_error_free(error);
        penbox_client_free(clone);
    }
    return NULL;
}

/* A thread calls through a clone while the handle that it was made from is closed and freed. */
static void *call_until_closed(void *argument) {
    penbox_client *clone = argument;
    penbox_status status = PENBOX_OK;
    penbox_value *page = NULL;
    while (status == PENBOX_OK) {
        status = penbox_workspaces_list(clone, NULL, NULL, &page, NULL);
        penbox_value_free(page);
    }
    penbox_client_free(clone);
    return status == PENBOX_ERROR_CLOSED ? argument : NULL;
}

int main(void) {
    penbox_client *client = client_from_env();
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    void *ended = NULL;
    int i;

    for (i = 0; i < THREADS; ++i) {
        jobs[i].client = client;
        jobs[i].number = i;
        jobs[i].good = 0;
        CHECK(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0);
    }
    for (i = 0; i < THREADS; ++i) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(jobs[i].good == CALLS);
    }

    CHECK(pthread_create(&threads[0], NULL, call_until_closed, penbox_client_clone(client)) == 0);
    penbox_client_close(client);
    penbox_client_free(client);
    CHECK(pthread_join(threads[0], &ended) == 0);
    CHECK(ended != NULL);
    return report();
}
