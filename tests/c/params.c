/* Building parameters by JSON Pointer: what was built is sent, and read back from the sandbox. */
#include "client.h"

#include <math.h>

static void set(penbox_params *params) {
    CHECK(penbox_params_set_string(params, "/flow/slug", "client-onboarding") == PENBOX_OK);
    CHECK(penbox_params_set_bool(params, "/draft", true) == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/a/b/c", "x") == PENBOX_OK);
    CHECK(penbox_params_set_int64(params, "/external_args/a/n", INT64_MIN) == PENBOX_OK);
    CHECK(penbox_params_set_double(params, "/external_args/a/d", 0.5) == PENBOX_OK);
    CHECK(penbox_params_set_bool(params, "/external_args/a/t", true) == PENBOX_OK);
    CHECK(penbox_params_set_null(params, "/external_args/a/z") == PENBOX_OK);
    CHECK(penbox_params_set_json(params, "/external_args/l", "[]") == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/l/-", "first") == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/l/-/name", "second") == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/l/0", "replaced") == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/made/-/-/key", "a list") == PENBOX_OK);
    CHECK(penbox_params_set_bool(params, "/external_args/made/0/0/same", true) == PENBOX_OK);
    CHECK(penbox_params_set_bool(params, "/external_args/made/-", false) == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/external_args/s~1m~0n", "escaped") == PENBOX_OK);
}

static void refuse(penbox_params *params) {
    char pointer[512] = "";
    int i;
    CHECK(penbox_params_set_string(params, "", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "a", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "/draft/x", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "/external_args/a/z/x", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "/external_args/l/2", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "/external_args/l/00", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_string(params, "/external_args/l/x", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_double(params, "/external_args/d", NAN) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_double(params, "/external_args/d", HUGE_VAL) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_params_set_json(params, "/external_args/j", "{") == PENBOX_ERROR_INVALID_ARGUMENT);
    for (i = 0; i < 65; ++i)
        strcat(pointer, "/x");
    CHECK(penbox_params_set_null(params, pointer) == PENBOX_ERROR_INVALID_ARGUMENT);
}

static void deep(void) {
    penbox_params *params = penbox_params_new();
    char pointer[512] = "";
    int i;
    for (i = 0; i < 64; ++i)
        strcat(pointer, "/x");
    CHECK(penbox_params_set_null(params, pointer) == PENBOX_OK);
    penbox_params_free(params);
}

static void from_json(void) {
    penbox_params *params = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_params_from_json("[]", &params, &error) == PENBOX_ERROR_INVALID_ARGUMENT && params == NULL);
    CHECK_TEXT(penbox_error_message(error), "the parameters must be a JSON object");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    CHECK(penbox_params_from_json("{\"a\": }", &params, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(penbox_error_message(error), "line 1 column 7") != NULL);
    penbox_error_free(error);
    CHECK(penbox_params_from_json("{\"data\": {\"a\": [1, \"\\ud83d\"]}}", &params, &error) ==
          PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(penbox_error_message(error),
               "the parameter data.a.1 holds a lone surrogate, half a character, which is not text");
    CHECK(penbox_error_hint(error) != NULL);
    penbox_error_free(error);
    CHECK(penbox_params_from_json("{\"user\": {\"given_name\": \"Andr\xe9\"}}", &params, &error) ==
          PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(penbox_error_message(error), "the parameters are not valid UTF-8: byte 30, in user.given_name");
    penbox_error_free(error);
}

/* The parameters of a list that are refused, from JSON and by pointer: what a query would drop would ask for everything. */
static void nothing(penbox_client *client) {
    static const char *const CASES[][2] = {
        {"{\"user\": {\"email\": null}}", "the parameter user.email is null"},
        {"{\"flow\": {\"slug\": []}}", "the parameter flow.slug is an empty list"},
        {"{\"flow\": {\"slug\": [\"a\", null]}}", "the parameter flow.slug.1 is null"},
        {"{\"completed\": null}", "the parameter completed is null"},
        {"{\"workspace\": {}}", "the parameter workspace is an empty object"},
        {"{\"user\": {\"email\": \"\"}}", "the parameter user.email is empty text"},
        {"{\"group-by\": null}", "the parameter group-by is null"},
    };
    penbox_params *params;
    penbox_options *options;
    penbox_value *count = NULL;
    penbox_pager *pager = NULL;
    penbox_error *error = NULL;
    size_t i;
    for (i = 0; i < sizeof CASES / sizeof *CASES; ++i) {
        CHECK(penbox_params_from_json(CASES[i][0], &params, NULL) == PENBOX_OK);
        CHECK(penbox_forms_count(client, params, NULL, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
        CHECK(strstr(penbox_error_message(error), CASES[i][1]) != NULL);
        CHECK_TEXT(penbox_error_operation(error), "forms.count");
        CHECK_TEXT(penbox_error_outcome(error), "not_sent");
        CHECK(strstr(penbox_error_hint(error), "do not set it") != NULL);
        penbox_error_free(error);
        penbox_params_free(params);
    }
    params = penbox_params_new();
    CHECK(penbox_params_set_null(params, "/user/email") == PENBOX_OK);
    CHECK(penbox_forms_list_pager(client, params, NULL, &pager, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(penbox_error_message(error), "the parameter user.email is null") != NULL);
    CHECK_TEXT(penbox_error_operation(error), "forms.list");
    penbox_error_free(error);
    penbox_params_free(params);
    params = penbox_params_new();
    CHECK(penbox_params_set_null(params, "/id") == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, NULL, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(penbox_error_message(error), "the parameter id is null");
    penbox_error_free(error);
    CHECK(penbox_params_set_string(params, "/id", "") == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, NULL, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(penbox_error_message(error), "the parameter id is empty text");
    penbox_error_free(error);
    CHECK(penbox_params_set_string(params, "/id", "a") == PENBOX_OK);
    CHECK(penbox_options_from_json("{\"query\": {\"x\": []}}", &options, NULL) == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, options, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(penbox_error_message(error), "the extra query parameter x is an empty list") != NULL);
    penbox_error_free(error);
    penbox_options_free(options);
    CHECK(penbox_options_from_json("{\"tiemout\": 3}", &options, NULL) == PENBOX_OK);
    CHECK(penbox_forms_get(client, params, options, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(penbox_error_operation(error), "forms.get");
    penbox_error_free(error);
    penbox_options_free(options);
    penbox_params_free(params);
    /* 64 parts of a pointer and the levels of JSON below them are more than can be sent. */
    {
        char pointer[512] = "/data", json[256] = "";
        for (i = 0; i < 60; ++i)
            strcat(pointer, "/x");
        for (i = 0; i < 80; ++i)
            strcat(json, "[");
        for (i = 0; i < 80; ++i)
            strcat(json, "]");
        CHECK(penbox_params_from_json("{\"flow\": {\"slug\": \"a\"}}", &params, NULL) == PENBOX_OK);
        CHECK(penbox_params_set_json(params, pointer, json) == PENBOX_OK);
        CHECK(penbox_forms_create(client, params, NULL, &count, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
        CHECK(strstr(penbox_error_message(error), "the parameter data.x.x") != NULL);
        CHECK(strstr(penbox_error_message(error), "at most 100 levels") != NULL);
        CHECK_TEXT(penbox_error_operation(error), "forms.create");
        penbox_error_free(error);
        penbox_params_free(params);
    }
}

int main(void) {
    penbox_client *client = client_from_env();
    penbox_params *params = penbox_params_new(), *copy;
    penbox_value *form = NULL;

    set(params);
    copy = penbox_params_clone(params);
    CHECK(penbox_params_set_string(params, "/external_args", "replaced as a whole") == PENBOX_OK);
    penbox_params_free(params);
    /* What was refused has left no trace, and the copy is a copy. */
    refuse(copy);
    CHECK(penbox_forms_create(client, copy, NULL, &form, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_json(penbox_value_get(form, "/external_args")),
               "{\"a\":{\"b\":{\"c\":\"x\"},\"d\":0.5,\"n\":-9223372036854775808,\"t\":true,\"z\":null},"
               "\"l\":[\"replaced\",{\"name\":\"second\"}],\"made\":[[{\"key\":\"a list\",\"same\":true}],false],"
               "\"s/m~n\":\"escaped\"}");
    penbox_value_free(form);
    penbox_params_free(copy);
    nothing(client);
    penbox_client_free(client);
    deep();
    from_json();
    return report();
}
