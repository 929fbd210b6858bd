/* Handles that are freed while a call uses them: in callbacks of the call, and by another thread. The call goes on to its end. */
#include "client.h"
#include "hang.h"

#include <pthread.h>

enum { BYTES = 200000 };

/* What a call was given, and what is left of it. */
struct call {
    penbox_client *client;
    penbox_params *params;
    penbox_options *options;
    penbox_cancel *cancel;
    char *path;
    bool by_thread;
    size_t moved;
};

static void *free_all(void *argument) {
    struct call *call = argument;
    penbox_client_free(call->client);
    penbox_params_free(call->params);
    penbox_options_free(call->options);
    penbox_cancel_free(call->cancel);
    free(call->path);
    call->client = NULL;
    call->params = NULL;
    call->options = NULL;
    call->cancel = NULL;
    call->path = NULL;
    return NULL;
}

/* Frees everything at the first callback; the call goes on. */
static void free_once(struct call *call) {
    pthread_t thread;
    if (call->client == NULL)
        return;
    if (!call->by_thread) {
        free_all(call);
        return;
    }
    CHECK(pthread_create(&thread, NULL, free_all, call) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    struct call *call = user;
    const size_t left = BYTES - call->moved, count = left < size ? left : size;
    free_once(call);
    memset(buffer, 'x', count);
    call->moved += count;
    return (int64_t)count;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    struct call *call = user;
    (void)bytes;
    free_once(call);
    call->moved += size;
    return true;
}

static bool watch(void *user, uint64_t moved, int64_t total) {
    struct call *call = user;
    (void)total;
    free_once(call);
    call->moved = (size_t)moved;
    return true;
}

static struct call begin(const char *params, bool by_thread) {
    struct call call = {0};
    call.client = client_from_env();
    call.by_thread = by_thread;
    CHECK(penbox_params_from_json(params, &call.params, NULL) == PENBOX_OK);
    call.options = penbox_options_new();
    call.cancel = penbox_cancel_new();
    CHECK(penbox_options_set_cancel(call.options, call.cancel) == PENBOX_OK);
    return call;
}

/* Whether a call worked, and every handle of it was freed meanwhile. */
static void ended(const struct call *call, penbox_status status, penbox_error *error) {
    if (status != PENBOX_OK)
        fprintf(stderr, "%s\n", penbox_error_text(error));
    penbox_error_free(error);
    CHECK(status == PENBOX_OK && call->client == NULL && call->moved == BYTES);
}

static void files(const char *folder, bool by_thread) {
    char params[100], path[1000];
    penbox_value *file = NULL, *got = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    struct call call = begin("{\"name\": \"a.bin\"}", by_thread);

    status =
        penbox_attachments_upload_reader(call.client, call.params, call.options, give, -1, NULL, &call, &file, &error);
    ended(&call, status, error);
    CHECK(penbox_value_string(file, "/id") != NULL);
    snprintf(params, sizeof params, "{\"id\": \"%.60s\"}", penbox_value_string(file, "/id"));
    penbox_value_free(file);

    call = begin(params, by_thread);
    status =
        penbox_attachments_download_writer(call.client, call.params, call.options, take, NULL, &call, &got, &error);
    ended(&call, status, error);
    CHECK_TEXT(penbox_value_string(got, "/name"), "a.bin");
    penbox_value_free(got);

    /* Text that went in was copied: the path, too. */
    snprintf(path, sizeof path, "%s/a.bin", folder);
    call = begin(params, by_thread);
    call.path = malloc(strlen(path) + 1);
    strcpy(call.path, path);
    status = penbox_attachments_download_file(call.client, call.params, call.options, call.path, true, watch, &call,
                                              &got, &error);
    ended(&call, status, error);
    penbox_value_free(got);

    call = begin("{\"name\": \"b.bin\"}", by_thread);
    call.path = malloc(strlen(path) + 1);
    strcpy(call.path, path);
    status =
        penbox_attachments_upload_file(call.client, call.params, call.options, call.path, watch, &call, &got, &error);
    ended(&call, status, error);
    penbox_value_free(got);
    CHECK(remove(path) == 0);
}

/* A call that waits for its answer on a thread of its own. */
struct waiting {
    penbox_client *client;
    penbox_options *options;
    penbox_status status;
};

static void *wait_for_answer(void *argument) {
    struct waiting *waiting = argument;
    penbox_value *page = NULL;
    waiting->status = penbox_workspaces_list(waiting->client, NULL, waiting->options, &page, NULL);
    penbox_value_free(page);
    return NULL;
}

/* All that a JSON call was given is freed while its answer is awaited. */
static void while_waiting(void) {
    const struct server server = start_server();
    penbox_config *config = NULL;
    struct waiting waiting = {NULL, penbox_options_new(), PENBOX_ERROR_INTERNAL};
    pthread_t thread;
    int connection;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_base_url(config, server.url) == PENBOX_OK);
    CHECK(penbox_client_new(config, &waiting.client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    CHECK(pthread_create(&thread, NULL, wait_for_answer, &waiting) == 0);
    connection = next_request(&server);
    penbox_client_free(waiting.client);
    penbox_options_free(waiting.options);
    answer(connection, "{\"data\": []}");
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(waiting.status == PENBOX_OK && is_left_alone(&server));
    close(connection);
    close(server.listener);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    files(argv[1], false);
    files(argv[1], true);
    while_waiting();
    return report();
}
