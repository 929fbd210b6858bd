/* Calls that another thread ends. */
#define _POSIX_C_SOURCE 200809L

#include "check.h"
#include "hang.h"

#include <pthread.h>

typedef penbox_status operation(const penbox_client *, const penbox_params *, const penbox_options *, penbox_value **,
                                penbox_error **);

struct job {
    const penbox_client *client;
    const penbox_options *options;
    const char *json;
    operation *function;
    penbox_status status;
    penbox_value *value;
    penbox_error *error;
};

static void *work(void *argument) {
    struct job *job = argument;
    penbox_params *params = NULL;
    CHECK(penbox_params_from_json(job->json, &params, NULL) == PENBOX_OK);
    job->status = job->function(job->client, params, job->options, &job->value, &job->error);
    penbox_params_free(params);
    return NULL;
}

static pthread_t start(struct job *job) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, job) == 0);
    return thread;
}

static void finish(struct job *job) {
    penbox_value_free(job->value);
    penbox_error_free(job->error);
}

static penbox_client *client_of(const char *url) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_base_url(config, url) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    return client;
}

static penbox_options *options_with(const penbox_cancel *cancel) {
    penbox_options *options = penbox_options_new();
    CHECK(penbox_options_set_cancel(options, cancel) == PENBOX_OK);
    return options;
}

/* A call ends while its answer is awaited, by a clone, and a neighbour gets its own. */
static void waiting(const struct server *server, const penbox_client *client) {
    penbox_cancel *cancel = penbox_cancel_new(), *clone = penbox_cancel_clone(cancel);
    penbox_options *options = options_with(cancel);
    struct job ended = {client, options, "{\"flow\": {\"slug\": \"x\"}}", penbox_forms_create, PENBOX_OK, NULL, NULL};
    struct job neighbour = {client, NULL, "{\"id\": \"a\"}", penbox_forms_get, PENBOX_OK, NULL, NULL};
    pthread_t threads[2];
    int connections[2];

    threads[0] = start(&neighbour);
    connections[0] = next_request(server);
    threads[1] = start(&ended);
    connections[1] = next_request(server);
    /* The options keep the token. */
    penbox_cancel_free(cancel);
    CHECK(!penbox_cancel_is_triggered(clone));
    penbox_cancel_trigger(clone);
    CHECK(pthread_join(threads[1], NULL) == 0);
    CHECK(penbox_cancel_is_triggered(clone));
    CHECK(ended.status == PENBOX_ERROR_CANCELLED && ended.value == NULL);
    CHECK_TEXT(penbox_error_kind(ended.error), "cancelled");
    CHECK_TEXT(penbox_error_outcome(ended.error), "unknown");
    CHECK(penbox_error_attempts(ended.error) == 1 && !penbox_error_retryable(ended.error));

    answer(connections[0], "{\"id\": \"a\"}");
    CHECK(pthread_join(threads[0], NULL) == 0);
    CHECK(neighbour.status == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(neighbour.value, "/id"), "a");
    close(connections[0]);
    close(connections[1]);
    finish(&ended);
    finish(&neighbour);
    penbox_options_free(options);
    penbox_cancel_free(clone);
}

/* A list gives what it has, and fetches no more. */
static void listing(const struct server *server, const penbox_client *client) {
    const char *page =
        "{\"data\": [{\"id\": \"a\"}], \"meta\": {\"total_count\": 2, \"total_pages\": 2, \"current_page\": 1}}";
    penbox_cancel *cancel = penbox_cancel_new();
    penbox_options *options = options_with(cancel), *copy = penbox_options_clone(options);
    struct job first = {client, copy, "{}", penbox_forms_list, PENBOX_OK, NULL, NULL};
    penbox_pager *pager = NULL;
    penbox_value *item = POISON(penbox_value);
    penbox_error *error = NULL;
    pthread_t thread = start(&first);
    int connection = next_request(server);

    answer(connection, page);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(first.status == PENBOX_OK);
    CHECK(penbox_forms_list_pager(client, NULL, copy, &pager, NULL) == PENBOX_OK);
    penbox_options_free(options);
    penbox_options_free(copy);
    penbox_cancel_trigger(cancel);
    CHECK(penbox_pager_next(pager, &item, &error) == PENBOX_ERROR_CANCELLED && item == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    penbox_pager_free(pager);
    close(connection);
    finish(&first);
    penbox_cancel_free(cancel);
}

/* A token that was triggered sends nothing. */
static void too_late(const struct server *server, const penbox_client *client) {
    penbox_cancel *cancel = penbox_cancel_new();
    penbox_options *options = options_with(cancel);
    penbox_params *params = NULL;
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = NULL;

    CHECK(penbox_params_from_json("{\"id\": \"a\"}", &params, NULL) == PENBOX_OK);
    penbox_cancel_trigger(cancel);
    penbox_cancel_trigger(cancel);
    CHECK(penbox_forms_get(client, params, options, &value, &error) == PENBOX_ERROR_CANCELLED && value == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(penbox_error_attempts(error) == 0);
    penbox_error_free(error);
    CHECK(penbox_attachments_upload_file(client, NULL, options, "/dev/null", NULL, NULL, &value, &error) ==
          PENBOX_ERROR_CANCELLED);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    CHECK(penbox_attachments_download_file(client, params, options, "not-there", false, NULL, NULL, &value, &error) ==
          PENBOX_ERROR_CANCELLED);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    CHECK(is_left_alone(server));
    penbox_params_free(params);
    penbox_options_free(options);
    penbox_cancel_free(cancel);
}

/* A call that ends amid the TLS handshake has sent nothing, by its token and by the client's close. */
static void shaking_hands(const struct server *server) {
    int closes;
    for (closes = 0; closes < 2; closes++) {
        char url[64];
        penbox_cancel *cancel = penbox_cancel_new();
        penbox_options *options = options_with(cancel);
        struct job job = {NULL, options, "{\"flow\": {\"slug\": \"x\"}}", penbox_forms_create, PENBOX_OK, NULL, NULL};
        penbox_client *client;
        pthread_t thread;
        int connection;

        snprintf(url, sizeof url, "https%s", server->url + strlen("http"));
        client = client_of(url);
        job.client = client;
        thread = start(&job);
        connection = accept(server->listener, NULL, NULL);
        if (closes)
            penbox_client_close(client);
        else
            penbox_cancel_trigger(cancel);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(job.status == (closes ? PENBOX_ERROR_CLOSED : PENBOX_ERROR_CANCELLED) && job.value == NULL);
        CHECK_TEXT(penbox_error_outcome(job.error), "not_sent");
        CHECK(penbox_error_attempts(job.error) == 1);
        close(connection);
        finish(&job);
        penbox_client_free(client);
        penbox_options_free(options);
        penbox_cancel_free(cancel);
    }
}

int main(void) {
    const struct server server = start_server();
    penbox_client *client = client_of(server.url);
    waiting(&server, client);
    too_late(&server, client);
    listing(&server, client);
    shaking_hands(&server);
    penbox_cancel_trigger(NULL);
    CHECK(penbox_cancel_clone(NULL) == NULL && !penbox_cancel_is_triggered(NULL));
    penbox_client_free(client);
    close(server.listener);
    return report();
}
