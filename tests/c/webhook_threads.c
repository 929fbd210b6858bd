/* One verifier and 8 threads; handles that are freed while keys are fetched; keys that cannot be had. */
#include "hang.h"

#include "webhook.h"

#include <pthread.h>

enum { THREADS = 8, CALLS = 100 };

struct job {
    const penbox_verifier *verifier;
    penbox_headers *headers;
    pthread_mutex_t *counting;
    pthread_cond_t *counted;
    int *begun;
    const char *expected;
    penbox_status status;
    int good;
};

/* Programs of several threads do not use refusal, whose text is one for all. */
static bool accepts(const penbox_verifier *verifier, const penbox_headers *headers, penbox_status *status) {
    penbox_value *event = NULL;
    bool has;
    *status = penbox_verifier_unwrap(verifier, headers, (const uint8_t *)DELIVERY_BODY, sizeof DELIVERY_BODY - 1,
                                     &event, NULL);
    has = penbox_event_has(event, "responses:completed");
    penbox_value_free(event);
    return has;
}

static void *work(void *argument) {
    struct job *job = argument;
    int i;
    pthread_mutex_lock(job->counting);
    ++*job->begun;
    pthread_cond_signal(job->counted);
    pthread_mutex_unlock(job->counting);
    for (i = 0; i < CALLS; ++i)
        job->good += accepts(job->verifier, job->headers, &job->status);
    return NULL;
}

static penbox_verifier *verifier_at(const struct server *server) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    CHECK(penbox_verifier_config_set_keys_url(config, server->url) == PENBOX_OK);
    CHECK(penbox_verifier_config_set_timeout_ms(config, 60000) == PENBOX_OK);
    return verifier_of(DELIVERY_URL, config);
}

/* All need the keys at once: one request serves them. */
static void all_at_once(const struct server *server) {
    penbox_verifier *verifier = verifier_at(server);
    pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t counted = PTHREAD_COND_INITIALIZER;
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    int begun = 0, connection, i;
    for (i = 0; i < THREADS; ++i) {
        struct job job = {NULL, NULL, NULL, NULL, NULL, NULL, PENBOX_OK, 0};
        job.verifier = verifier;
        job.headers = headers_of_delivery();
        job.counting = &counting;
        job.counted = &counted;
        job.begun = &begun;
        jobs[i] = job;
        CHECK(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0);
    }
    connection = next_request(server);
    pthread_mutex_lock(&counting);
    while (begun < THREADS)
        pthread_cond_wait(&counted, &counting);
    pthread_mutex_unlock(&counting);
    answer(connection, DELIVERY_KEY_SET);
    for (i = 0; i < THREADS; ++i) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(jobs[i].good == CALLS && jobs[i].status == PENBOX_OK);
        penbox_headers_free(jobs[i].headers);
    }
    close(connection);
    CHECK(is_left_alone(server));
    penbox_verifier_free(verifier);
}

static void *verify_once(void *argument) {
    struct job *job = argument;
    job->good = accepts(job->verifier, job->headers, &job->status);
    return NULL;
}

/* The handles are freed while the call waits for keys; it goes on to its end. */
static void freed_meanwhile(const struct server *server) {
    struct job job = {NULL, NULL, NULL, NULL, NULL, NULL, PENBOX_OK, 0};
    penbox_verifier *verifier = verifier_at(server);
    pthread_t thread;
    int connection;
    job.verifier = verifier;
    job.headers = headers_of_delivery();
    CHECK(pthread_create(&thread, NULL, verify_once, &job) == 0);
    connection = next_request(server);
    penbox_verifier_free(verifier);
    penbox_headers_free(job.headers);
    answer(connection, DELIVERY_KEY_SET);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(job.good == 1 && job.status == PENBOX_OK);
    close(connection);
}

/* Headers that are filled anew for the next request, while a call still waits. */
static void cleared_meanwhile(const struct server *server) {
    struct job job = {NULL, NULL, NULL, NULL, NULL, NULL, PENBOX_OK, 0};
    penbox_verifier *verifier = verifier_at(server);
    pthread_t thread;
    int connection;
    job.verifier = verifier;
    job.headers = headers_of_delivery();
    CHECK(pthread_create(&thread, NULL, verify_once, &job) == 0);
    connection = next_request(server);
    penbox_headers_clear(job.headers);
    CHECK(penbox_headers_add(job.headers, "Digest", "x") == PENBOX_OK);
    answer(connection, DELIVERY_KEY_SET);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(job.good == 1 && job.status == PENBOX_OK);
    close(connection);
    penbox_headers_free(job.headers);
    penbox_verifier_free(verifier);
}

static void *answers_once(void *argument) {
    const struct server *server = argument;
    const int connection = next_request(server);
    answer(connection, "{\"keys\": []}");
    close(connection);
    return NULL;
}

/* Nothing is known of a delivery whose keys are away: the error is that of the request. */
static void keys_are_away(struct server *server) {
    penbox_verifier *verifier = verifier_at(server);
    penbox_headers *headers = headers_of_delivery();
    penbox_error *error = NULL;
    pthread_t thread;
    penbox_status status;
    CHECK(pthread_create(&thread, NULL, answers_once, server) == 0);
    status =
        penbox_verifier_verify(verifier, headers, (const uint8_t *)DELIVERY_BODY, sizeof DELIVERY_BODY - 1, &error);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(status == PENBOX_ERROR_RESPONSE && penbox_error_http_status(error) == 200);
    CHECK_TEXT(penbox_error_outcome(error), "done");
    CHECK_TEXT(penbox_error_reason(error), "decode");
    CHECK(strstr(penbox_error_message(error), "the keys of the issuer") != NULL);
    penbox_error_free(error);
    penbox_headers_free(headers);
    penbox_verifier_free(verifier);
    /* A port where nobody listens. */
    close(server->listener);
    verifier = verifier_at(server);
    CHECK_TEXT(refusal_of_delivery(verifier), "refused");
    penbox_verifier_free(verifier);
}

int main(void) {
    struct server server = start_server();
    all_at_once(&server);
    freed_meanwhile(&server);
    cleared_meanwhile(&server);
    keys_are_away(&server);
    return report();
}
