/* One handle of every kind, for the generated program that calls every function wrongly. */
#ifndef WRONG_H
#define WRONG_H

#include "client.h"
#include "delivery.h"

struct all {
    penbox_cancel *cancel; /* triggered */
    penbox_client *client; /* closed: nothing is sent */
    penbox_config *config;
    penbox_headers *headers;
    penbox_options *options;
    penbox_pager *pager;
    penbox_params *params;
    penbox_recording *recording;
    penbox_value *value;
    penbox_value *answer;
    penbox_error *error;
    penbox_verifier *verifier;
    penbox_verifier_config *verifier_config;
};

static int64_t reads_nothing(void *user, uint8_t *buffer, size_t size) {
    (void)user, (void)buffer, (void)size;
    return 0;
}

static int64_t seeks_nowhere(void *user, int64_t offset, int32_t whence) {
    (void)user, (void)offset, (void)whence;
    return 0;
}

static bool writes_nothing(void *user, const uint8_t *bytes, size_t size) {
    (void)user, (void)bytes, (void)size;
    return true;
}

static int64_t gives_nothing(void *user, char *buffer, size_t size) {
    (void)user, (void)buffer, (void)size;
    return 0;
}

static int64_t hooks_nothing(void *user, const penbox_value *event, penbox_options *headers, char *reason,
                             size_t size) {
    (void)user, (void)event, (void)headers, (void)reason, (void)size;
    return 0;
}

static int64_t sees_nothing(void *user, const penbox_value *event, char *reason, size_t size) {
    (void)user, (void)event, (void)reason, (void)size;
    return 0;
}

static void logs_nothing(void *user, penbox_log_level level, const char *line) {
    (void)user, (void)level, (void)line;
}

static int64_t adds_nothing(void *user, const char *id, uint64_t lifetime_ms, char *reason, size_t size) {
    (void)user, (void)id, (void)lifetime_ms, (void)reason, (void)size;
    return 1;
}

static int64_t removes_nothing(void *user, const char *id, char *reason, size_t size) {
    (void)user, (void)id, (void)reason, (void)size;
    return 0;
}

static penbox_value *new_value(const struct all *all) {
    penbox_value *value = NULL;
    (void)all;
    CHECK(penbox_value_from_json("{\"s\": \"text\", \"n\": 5, \"t\": true, \"z\": null, \"l\": [1, 2],"
                                 " \"events\": [\"content-type\"]}",
                                 &value, NULL) == PENBOX_OK);
    return value;
}

static penbox_error *new_error(const struct all *all) {
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    penbox_client *client = client_from_env();
    penbox_params *params = penbox_params_new();
    (void)all;
    CHECK(penbox_params_set_string(params, "/id", "00000000-0000-4000-8000-000000000000") == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, NULL, &value, &error) == PENBOX_ERROR_NOT_FOUND);
    penbox_params_free(params);
    penbox_client_free(client);
    return error;
}

static penbox_client *new_client(const struct all *all) {
    return penbox_client_clone(all->client);
}

static penbox_cancel *new_cancel(const struct all *all) {
    return penbox_cancel_clone(all->cancel);
}

static penbox_config *new_config(const struct all *all) {
    (void)all;
    return penbox_config_new();
}

static penbox_options *new_options(const struct all *all) {
    (void)all;
    return penbox_options_new();
}

static penbox_params *new_params(const struct all *all) {
    (void)all;
    return penbox_params_new();
}

/* RECORDED is a recording's path. */
static penbox_recording *new_recording(const struct all *all) {
    penbox_recording *recording = NULL;
    (void)all;
    CHECK(penbox_recording_read(RECORDED, &recording, NULL) == PENBOX_OK);
    return recording;
}

static penbox_headers *new_headers(const struct all *all) {
    penbox_headers *headers = penbox_headers_new();
    (void)all;
    CHECK(penbox_headers_add(headers, "Digest", DELIVERY_DIGEST) == PENBOX_OK);
    CHECK(penbox_headers_add(headers, "X-Pnbx-Signature", DELIVERY_SIGNATURE) == PENBOX_OK);
    return headers;
}

/* With the key of the delivery: nothing is fetched. */
static penbox_verifier_config *new_verifier_config(const struct all *all) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    (void)all;
    CHECK(penbox_verifier_config_set_keys(config, DELIVERY_KEY) == PENBOX_OK);
    return config;
}

static penbox_verifier *new_verifier(const struct all *all) {
    penbox_verifier *verifier = NULL;
    CHECK(penbox_verifier_new(DELIVERY_URL, all->verifier_config, &verifier, NULL) == PENBOX_OK);
    return verifier;
}

static penbox_params *params_of(const char *json) {
    penbox_params *params = NULL;
    CHECK(penbox_params_from_json(json, &params, NULL) == PENBOX_OK);
    return params;
}

static penbox_pager *new_pager(const struct all *all) {
    penbox_pager *pager = NULL;
    CHECK(penbox_workspaces_list_pager(all->client, NULL, NULL, &pager, NULL) == PENBOX_OK);
    return pager;
}

static void set_up(struct all *all) {
    all->client = client_from_env();
    all->answer = NULL;
    CHECK(penbox_workspaces_list(all->client, NULL, NULL, &all->answer, NULL) == PENBOX_OK);
    penbox_client_close(all->client);
    CHECK(penbox_config_from_env(&all->config, NULL) == PENBOX_OK);
    all->cancel = penbox_cancel_new();
    penbox_cancel_trigger(all->cancel);
    all->options = new_options(all);
    all->params = new_params(all);
    all->pager = new_pager(all);
    all->recording = new_recording(all);
    all->value = new_value(all);
    all->error = new_error(all);
    all->headers = new_headers(all);
    all->verifier_config = new_verifier_config(all);
    all->verifier = new_verifier(all);
}

static void tear_down(const struct all *all) {
    CHECK(reads_nothing(NULL, NULL, 0) == 0 && seeks_nowhere(NULL, 0, 0) == 0 && writes_nothing(NULL, NULL, 0) &&
          gives_nothing(NULL, NULL, 0) == 0 && hooks_nothing(NULL, NULL, NULL, NULL, 0) == 0 &&
          sees_nothing(NULL, NULL, NULL, 0) == 0 && adds_nothing(NULL, NULL, 0, NULL, 0) == 1 &&
          removes_nothing(NULL, NULL, NULL, 0) == 0);
    logs_nothing(NULL, PENBOX_LOG_OFF, NULL);
    penbox_cancel_free(all->cancel);
    penbox_client_free(all->client);
    penbox_config_free(all->config);
    penbox_options_free(all->options);
    penbox_pager_free(all->pager);
    penbox_params_free(all->params);
    penbox_recording_free(all->recording);
    penbox_value_free(all->value);
    penbox_value_free(all->answer);
    penbox_error_free(all->error);
    penbox_headers_free(all->headers);
    penbox_verifier_free(all->verifier);
    penbox_verifier_config_free(all->verifier_config);
}

#endif
