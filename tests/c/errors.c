/* What errors tell. The argument says which one the runner has prepared: revoked, limited, refused or silent. */
#include "client.h"

static void revoked(const penbox_client *client) {
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_workspaces_list(client, NULL, NULL, &value, &error) == PENBOX_ERROR_AUTHENTICATION);
    CHECK(value == NULL);
    CHECK(penbox_error_status(error) == PENBOX_ERROR_AUTHENTICATION);
    CHECK_TEXT(penbox_error_kind(error), "authentication");
    CHECK_TEXT(penbox_error_message(error), "Invalid token");
    CHECK_TEXT(penbox_error_title(error), "Unauthorized");
    CHECK_TEXT(penbox_error_outcome(error), "rejected");
    CHECK_TEXT(penbox_error_operation(error), "workspaces.list");
    CHECK_TEXT(penbox_error_method(error), "GET");
    CHECK_TEXT(penbox_error_path(error), "/workspaces");
    CHECK(penbox_error_http_status(error) == 401);
    CHECK(penbox_error_attempts(error) == 1);
    CHECK(penbox_error_retry_after_ms(error) == -1);
    CHECK(!penbox_error_retryable(error));
    CHECK(penbox_error_phase(error) == NULL);
    CHECK(penbox_error_hint(error) != NULL);
    CHECK(strstr(penbox_error_body(error), "\"statusCode\"") != NULL);
    CHECK(strstr(penbox_error_text(error), "HTTP 401") != NULL);
    CHECK(strstr(penbox_error_support_report(error), "GET /workspaces") != NULL);
    CHECK(strstr(penbox_error_json(error), "\"kind\":\"authentication\"") != NULL);
    CHECK(strlen(penbox_error_occurred_at(error)) == strlen("2026-01-01T00:00:00.000Z"));
    printf("%s\n%s\n%s\n", penbox_error_text(error), penbox_error_support_report(error), penbox_error_json(error));
    penbox_error_free(error);
}

static void limited(const penbox_client *client) {
    penbox_pager *pager = NULL;
    penbox_value *item = POISON(penbox_value);
    penbox_error *error = NULL;
    penbox_options *once = penbox_options_new();
    CHECK(penbox_options_set_max_attempts(once, 1) == PENBOX_OK);
    CHECK(penbox_options_set_retry_unsafe(once, 1) == PENBOX_OK);
    CHECK(penbox_forms_list_pager(client, NULL, once, &pager, &error) == PENBOX_OK);
    penbox_options_free(once);
    CHECK(penbox_pager_next(pager, &item, &error) == PENBOX_ERROR_RATE_LIMIT);
    CHECK(item == NULL);
    CHECK(penbox_error_http_status(error) == 429);
    CHECK(penbox_error_retry_after_ms(error) == 7000);
    CHECK(penbox_error_attempts(error) == 1);
    CHECK(penbox_error_retryable(error));
    CHECK_TEXT(penbox_error_outcome(error), "rejected");
    penbox_error_free(error);
    penbox_pager_free(pager);
}

static void refused(const penbox_client *client) {
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_workspaces_list(client, NULL, NULL, &value, &error) == PENBOX_ERROR_CONNECTION);
    CHECK_TEXT(penbox_error_reason(error), "refused");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(penbox_error_http_status(error) == 0 && penbox_error_body(error) == NULL);
    penbox_error_free(error);
}

static void silent(const penbox_client *client) {
    penbox_options *options = penbox_options_new();
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    /* Long enough for the request to be out, under valgrind on a busy machine too. */
    CHECK(penbox_options_set_timeout_ms(options, 3000) == PENBOX_OK);
    CHECK(penbox_workspaces_list(client, NULL, options, &value, &error) == PENBOX_ERROR_TIMEOUT);
    CHECK(penbox_error_phase(error) != NULL);
    CHECK_TEXT(penbox_error_outcome(error), "unknown");
    penbox_error_free(error);
    penbox_options_free(options);
}

int main(int argc, char **argv) {
    const struct {
        const char *name;
        void (*run)(const penbox_client *);
    } all[] = {{"revoked", revoked}, {"limited", limited}, {"refused", refused}, {"silent", silent}};
    penbox_client *client = client_from_env();
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; ++i)
        if (argc == 2 && strcmp(argv[1], all[i].name) == 0)
            all[i].run(client);
    penbox_client_free(client);
    CHECK(checks > 3);
    return report();
}
