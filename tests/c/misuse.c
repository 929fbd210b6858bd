/* What callers do wrong: each time the documented error, and no request. PENBOX_BASE_URL is a server that would count. */
#include "client.h"

/* Only the runner's scan for leaks knows this text. */
#define SECRET "c2VjcmV0LW9mLW1pc3VzZS5j"

static void config_error(const char *setting, const char *value, const char *part) {
    penbox_config *config = penbox_config_new();
    penbox_client *client = POISON(penbox_client);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_config_set_base_url(config, getenv("PENBOX_BASE_URL")) == PENBOX_OK);
    CHECK(penbox_config_set_token(config, "pnbx_" SECRET) == PENBOX_OK);
    if (strcmp(setting, "token") == 0)
        CHECK(penbox_config_set_token(config, value) == PENBOX_OK);
    else
        CHECK(penbox_config_set_base_url(config, value) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, &error) == PENBOX_ERROR_CONFIG);
    CHECK(client == NULL);
    CHECK_TEXT(penbox_error_kind(error), "config");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(penbox_error_hint(error) != NULL);
    if (strstr(penbox_error_message(error), part) == NULL)
        CHECK_TEXT(penbox_error_message(error), part);
    CHECK(strstr(penbox_error_json(error), SECRET) == NULL && strstr(penbox_error_text(error), SECRET) == NULL);
    printf("%s\n", penbox_error_support_report(error));
    penbox_error_free(error);
    penbox_config_free(config);
}

static void bad_settings(void) {
    penbox_config *config = penbox_config_new();
    penbox_client *client = NULL;
    penbox_error *error = NULL;

    CHECK(penbox_client_new(config, &client, &error) == PENBOX_ERROR_CONFIG);
    CHECK_TEXT(penbox_error_message(error), "no token was given");
    penbox_error_free(error);
    penbox_config_free(config);
    config_error("token", "", "token");
    config_error("token", "Bearer pnbx_" SECRET, "Bearer");
    config_error("token", "pnbx_" SECRET "\n", "line break");
    config_error("token", "sk_" SECRET, "pnbx_");
    config_error("token", "pnbx_...", "placeholder");
    config_error("base_url", "http://example.com/v1", "plain http");
    config_error("base_url", "https://user:" SECRET "@example.com/v1", "user name or password");
    config_error("base_url", "nonsense", "base_url");

    CHECK(penbox_config_from_json("{\"token\": \"pnbx_" SECRET "\", \"tiemout_ms\": 1}", &config, &error) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, &error) == PENBOX_ERROR_CONFIG && client == NULL);
    CHECK_TEXT(penbox_error_message(error), "there is no setting tiemout_ms");
    penbox_error_free(error);
    penbox_config_free(config);
    CHECK(penbox_config_from_json("{\"token\": \"pnbx_" SECRET "\",", &config, &error) ==
          PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(config == NULL && strstr(penbox_error_message(error), "they end too early") != NULL);
    printf("%s\n", penbox_error_text(error));
    penbox_error_free(error);

    config = penbox_config_new();
    CHECK(penbox_config_set_token(config, "pnbx_" SECRET) == PENBOX_OK);
    CHECK(penbox_config_set_page_size(config, 101) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_ERROR_CONFIG && client == NULL);
    /* A configuration can be put right and used again. */
    CHECK(penbox_config_set_page_size(config, 100) == PENBOX_OK);
    CHECK(penbox_config_set_token(config, "\xff") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK && client != NULL);
    penbox_client_free(client);
    penbox_config_free(config);
}

static void refused(const penbox_client *client, const char *operation, const char *json, const char *part) {
    penbox_params *params = NULL;
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = NULL;
    CHECK(penbox_params_from_json(json, &params, NULL) == PENBOX_OK);
    CHECK(penbox_client_invoke(client, operation, params, NULL, &value, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(value == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    if (strstr(penbox_error_message(error), part) == NULL)
        CHECK_TEXT(penbox_error_message(error), part);
    penbox_error_free(error);
    penbox_params_free(params);
}

static void bad_calls(const penbox_client *client) {
    refused(client, "forms.nonsense", "{}", "there is no operation");
    refused(client, "", "{}", "there is no operation");
    refused(client, "forms.get", "{}", "id");
    refused(client, "forms.get", "{\"id\": \"\"}", "id");
    refused(client, "forms.get", "{\"id\": \"../workspaces\"}", "id");
    refused(client, "forms.get", "{\"id\": \"a\\u0000b\"}", "id");
    refused(client, "forms.get", "{\"id\": 5}", "id");
    refused(client, "forms.create", "{}", "flow");
    refused(client, "forms.create", "{\"flow\": {\"slug\": \"x\"}, \"usr\": 1}", "usr");
    refused(client, "forms.list", "{\"archived\": \"yes\"}", "archived");
}

static void close_and_free(void) {
    penbox_client *client = client_from_env(), *clone = penbox_client_clone(client);
    penbox_pager *pager = NULL;
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = NULL;

    CHECK(penbox_forms_list_pager(clone, NULL, NULL, &pager, &error) == PENBOX_OK);
    penbox_client_free(client);
    penbox_client_close(clone);
    penbox_client_close(clone);
    CHECK(penbox_workspaces_list(clone, NULL, NULL, &value, &error) == PENBOX_ERROR_CLOSED && value == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    penbox_client_free(clone);
    /* The pager holds what it needs. */
    CHECK(penbox_pager_next(pager, &value, NULL) == PENBOX_ERROR_CLOSED && value == NULL);
    penbox_pager_free(pager);

    penbox_client_close(NULL);
    CHECK(penbox_client_clone(NULL) == NULL && penbox_config_clone(NULL) == NULL);
    CHECK(penbox_params_clone(NULL) == NULL && penbox_options_clone(NULL) == NULL);
    CHECK(penbox_error_status(NULL) == PENBOX_OK && penbox_error_text(NULL) == NULL);
}

int main(void) {
    penbox_client *client = client_from_env();
    bad_settings();
    bad_calls(client);
    penbox_client_free(client);
    close_and_free();
    CHECK_TEXT(penbox_version(), PENBOX_VERSION);
    CHECK(penbox_abi_version() == PENBOX_ABI_VERSION);
    return report();
}
