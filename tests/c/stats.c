/* What a client did, and what all clients of the process did. */
#include "client.h"

static int64_t number(const penbox_value *value, const char *pointer) {
    int64_t found = -1;
    CHECK(penbox_value_int64(value, pointer, &found));
    return found;
}

static penbox_value *stats_of(const penbox_client *client) {
    penbox_value *stats = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_client_stats(client, &stats, &error) == PENBOX_OK);
    CHECK(stats != NULL && error == NULL);
    return stats;
}

static void call(const penbox_client *client, penbox_status expected) {
    penbox_value *page = NULL;
    CHECK(penbox_workspaces_list(client, NULL, NULL, &page, NULL) == expected);
    penbox_value_free(page);
}

static void refuses_null(const penbox_client *client) {
    penbox_value *stats = POISON(penbox_value);
    CHECK(penbox_client_stats(NULL, &stats, NULL) == PENBOX_ERROR_INVALID_ARGUMENT && stats == NULL);
    CHECK(penbox_client_stats(client, NULL, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_process_stats(NULL, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
}

static void counts(const penbox_client *client) {
    penbox_value *stats = stats_of(client);
    double most = -1;
    CHECK(number(stats, "/calls") == 0 && penbox_value_is_null(stats, "/last_used_at"));
    CHECK(penbox_value_size(stats, "/operations") == 0 && penbox_value_size(stats, "/errors") == 0);
    penbox_value_free(stats);
    call(client, PENBOX_OK);
    call(client, PENBOX_OK);
    CHECK(penbox_client_set_token(client, "pnbx_stranger", NULL) == PENBOX_OK);
    call(client, PENBOX_ERROR_AUTHENTICATION);
    penbox_client_close(client);
    stats = stats_of(client);
    CHECK(number(stats, "/calls") == 3 && number(stats, "/attempts") == 3 && number(stats, "/repeats") == 0);
    CHECK(number(stats, "/errors/authentication") == 1 && number(stats, "/rate_limited") == 0);
    CHECK(number(stats, "/operations/workspaces.list/calls") == 3);
    CHECK(number(stats, "/operations/workspaces.list/errors") == 1);
    CHECK(penbox_value_double(stats, "/operations/workspaces.list/max_ms", &most) && most > 0 && most < 60000);
    CHECK(penbox_value_size(stats, "/operations/workspaces.list/histogram") > 3);
    CHECK(number(stats, "/bytes_sent") > 100 && number(stats, "/bytes_received") > 100);
    CHECK(penbox_value_string(stats, "/since") != NULL && penbox_value_string(stats, "/last_used_at") != NULL);
    CHECK(number(stats, "/hook_errors") == 0 && number(stats, "/alerts") == 0);
    CHECK(strlen(penbox_value_string(stats, "/token_fingerprint")) == 8);
    penbox_value_free(stats);
}

/* A token each, the one used last first; the client is freed already. */
static void counts_by_token(void) {
    penbox_value *all = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_process_stats(&all, &error) == PENBOX_OK && error == NULL);
    CHECK(penbox_value_size(all, "") == 2);
    CHECK(number(all, "/0/calls") == 1 && number(all, "/0/errors/authentication") == 1);
    CHECK(number(all, "/1/calls") == 2 && penbox_value_size(all, "/1/errors") == 0);
    CHECK(strcmp(penbox_value_string(all, "/0/token_fingerprint"), penbox_value_string(all, "/1/token_fingerprint")) !=
          0);
    CHECK(strstr(penbox_value_json(all), "pnbx_") == NULL);
    penbox_value_free(all);
}

int main(void) {
    penbox_client *client = client_from_env();
    refuses_null(client);
    counts(client);
    penbox_client_free(client);
    counts_by_token();
    return report();
}
