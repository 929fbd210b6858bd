/* The check of a client, and the curl line of an error. */
#include "client.h"

/* The report on a workspace, or on any for NULL. */
static penbox_value *checked(const penbox_client *client, const char *workspace, bool expected) {
    penbox_value *report = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    bool ok = !expected;
    CHECK(penbox_client_check(client, workspace, NULL, &report, &error) == PENBOX_OK);
    CHECK(error == NULL);
    CHECK(penbox_value_bool(report, "/ok", &ok) && ok == expected);
    CHECK_TEXT(penbox_value_string(report, "/findings/0/id"), "token_source");
    CHECK_TEXT(penbox_value_string(report, "/findings/0/level"), "ok");
    CHECK(strstr(penbox_value_string(report, "/curl"), "$PENBOX_API_TOKEN") != NULL);
    printf("%s\n%s\n", penbox_value_string(report, "/text"), penbox_value_json(report));
    return report;
}

static void a_report_says_what_is_wrong(const penbox_client *client) {
    penbox_value *report = checked(client, NULL, true);
    const char *text = penbox_value_string(report, "/text");
    CHECK(strstr(text, "token_accepted: ") != NULL);
    CHECK(strstr(text, "Set penbox_config_set_token_name to") != NULL);
    penbox_value_free(report);
    penbox_value_free(checked(client, "acme-corp", true));
    report = checked(client, "elsewhere", false);
    CHECK(strstr(penbox_value_string(report, "/text"), "wrong_workspace: ") != NULL);
    penbox_value_free(report);
}

static void only_wrong_arguments_and_a_close_are_errors(const penbox_client *client) {
    penbox_value *report = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_client_check(NULL, NULL, NULL, &report, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_client_check(client, "\xff", NULL, &report, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_client_check(client, NULL, NULL, NULL, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
    penbox_client_close(client);
    CHECK(penbox_client_check(client, NULL, NULL, &report, &error) == PENBOX_ERROR_CLOSED);
    CHECK(report == NULL);
    penbox_error_free(error);
}

static void an_error_has_its_call_as_a_curl_line(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    const char *json = "{\"id\": \"o'brien\"}";
    CHECK(penbox_params_from_json(json, &params, &error) == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, NULL, &value, &error) == PENBOX_ERROR_BAD_REQUEST);
    CHECK(strncmp(penbox_error_curl(error), "curl -X GET 'http", 17) == 0);
    CHECK(strstr(penbox_error_curl(error), "/forms/o%27brien' -H \"Authorization: Bearer $PENBOX_API_TOKEN\"") != NULL);
    CHECK(strstr(penbox_error_json(error), "brien") == NULL);
    CHECK(strstr(penbox_error_text(error), "brien") == NULL);
    penbox_error_free(error);
    penbox_params_free(params);
    CHECK(penbox_error_curl(NULL) == NULL);
    CHECK(penbox_client_invoke(client, "nothing", NULL, NULL, &value, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_error_curl(error) == NULL);
    penbox_error_free(error);
}

int main(void) {
    penbox_client *client = client_from_env();
    a_report_says_what_is_wrong(client);
    an_error_has_its_call_as_a_curl_line(client);
    only_wrong_arguments_and_a_close_are_errors(client);
    penbox_client_free(client);
    return report();
}
