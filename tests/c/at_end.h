/* Whole calls for programs that make them while a thread or the process ends. */
#ifndef AT_END_H
#define AT_END_H

#include "client.h"

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    const size_t left = *(size_t *)user, count = left < size ? left : size;
    memset(buffer, 'x', count);
    *(size_t *)user = left - count;
    return (int64_t)count;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

/* What happened, where a call failed: the checks count, and this says why. */
static penbox_status told(penbox_status status, penbox_error *error) {
    if (status != PENBOX_OK)
        fprintf(stdout, "%s\n", penbox_error_text(error));
    penbox_error_free(error);
    return status;
}

static void calls_json(const penbox_client *client) {
    penbox_params *params = penbox_params_new();
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_params_set_string(params, "/flow/slug", "client-onboarding") == PENBOX_OK);
    CHECK(penbox_params_set_bool(params, "/draft", true) == PENBOX_OK);
    CHECK(told(penbox_forms_create(client, params, NULL, &form, &error), error) == PENBOX_OK);
    CHECK(penbox_value_string(form, "/id") != NULL);
    penbox_value_free(form);
    CHECK(penbox_params_set_string(params, "/id", "00000000-0000-4000-8000-000000000000") == PENBOX_OK);
    penbox_params_free(params);
    CHECK(penbox_params_from_json("{\"id\": \"00000000-0000-4000-8000-000000000000\"}", &params, NULL) == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_ERROR_NOT_FOUND && form == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "rejected");
    penbox_error_free(error);
    penbox_params_free(params);
}

/* A page that is fetched ahead is fetched by another thread, which has to be made first. */
static void calls_pages(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_pager *pager = NULL;
    penbox_value *item = NULL;
    penbox_error *error = NULL;
    int count = 0;
    CHECK(penbox_params_from_json("{\"page\": {\"size\": 100}}", &params, NULL) == PENBOX_OK);
    CHECK(told(penbox_forms_list_pager(client, params, NULL, &pager, &error), error) == PENBOX_OK);
    CHECK(penbox_pager_set_prefetch(pager, 1) == PENBOX_OK);
    while (told(penbox_pager_next(pager, &item, &error), error) == PENBOX_OK && item != NULL) {
        ++count;
        penbox_value_free(item);
    }
    CHECK(count >= 250);
    penbox_pager_free(pager);
    penbox_params_free(params);
}

static void calls_files(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_value *file = NULL;
    penbox_error *error = NULL;
    size_t left = 100000, came = 0;
    CHECK(penbox_params_from_json("{\"name\": \"a.bin\"}", &params, NULL) == PENBOX_OK);
    CHECK(told(penbox_attachments_upload_reader(client, params, NULL, give, 100000, NULL, &left, &file, &error),
               error) == PENBOX_OK);
    penbox_params_free(params);
    params = penbox_params_new();
    CHECK(penbox_value_string(file, "/id") != NULL);
    if (penbox_value_string(file, "/id") != NULL)
        CHECK(penbox_params_set_string(params, "/id", penbox_value_string(file, "/id")) == PENBOX_OK);
    penbox_value_free(file);
    CHECK(told(penbox_attachments_download_writer(client, params, NULL, take, NULL, &came, &file, &error), error) ==
          PENBOX_OK);
    CHECK(came == 100000);
    penbox_value_free(file);
    penbox_params_free(params);
}

/* Everything through a client that was used before, and through one that is made here. */
static void whole_calls(const penbox_client *used) {
    penbox_client *fresh = client_from_env();
    const penbox_client *clients[2];
    int i;
    clients[0] = used;
    clients[1] = fresh;
    for (i = 0; i < 2; ++i) {
        calls_json(clients[i]);
        calls_pages(clients[i]);
        calls_files(clients[i]);
    }
    penbox_client_free(fresh);
}

/* Whom the system trusts is read at the first connection: it does not know the test's server, and says so. */
static void untrusted(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_value *page = NULL;
    penbox_error *error = NULL;
    if (getenv("PENBOX_TEST_UNTRUSTED") == NULL)
        return;
    config = penbox_config_new();
    CHECK(penbox_config_set_token(config, getenv("PENBOX_API_TOKEN")) == PENBOX_OK);
    CHECK(penbox_config_set_base_url(config, getenv("PENBOX_TEST_UNTRUSTED")) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    CHECK(penbox_workspaces_list(client, NULL, NULL, &page, &error) == PENBOX_ERROR_TLS && page == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    penbox_client_free(client);
    penbox_config_free(config);
}

#endif
