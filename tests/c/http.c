/* Requests that no function of their own makes, the HTTP side of answers, and kept answers. */
#include "client.h"

static void requests(const penbox_client *client) {
    penbox_params *query = NULL;
    penbox_value *flows = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    penbox_params_from_json("{\"page[size]\": 5}", &query, NULL);
    CHECK(penbox_client_request(client, "GET", "/flows", query, NULL, -1, NULL, &flows, &error) == PENBOX_OK);
    CHECK(error == NULL);
    CHECK_TEXT(penbox_value_string(flows, "/data/0/slug"), "a");
    CHECK(penbox_value_http_status(flows) == 200);
    penbox_value_free(flows);
    penbox_params_free(query);
    CHECK(penbox_client_request(client, "DELETE", "/requests/a", NULL, NULL, -1, NULL, &flows, NULL) == PENBOX_OK);
    CHECK(penbox_value_type(flows, "") == PENBOX_TYPE_NULL && penbox_value_http_status(flows) == 204);
    penbox_value_free(flows);
    CHECK(penbox_client_request(client, "GET", "https://evil.example/x", NULL, NULL, -1, NULL, &flows, &error) ==
          PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(flows == NULL);
    CHECK_TEXT(penbox_error_operation(error), "request");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    CHECK(penbox_client_request(client, NULL, "/flows", NULL, NULL, -1, NULL, &flows, NULL) != PENBOX_OK);
    CHECK(penbox_client_request(NULL, "GET", "/flows", NULL, NULL, -1, NULL, &flows, NULL) != PENBOX_OK);
}

static void sides(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_value *form = NULL, *body = POISON(penbox_value);
    penbox_error *error = NULL;
    size_t position, cookies = 0;
    penbox_params_from_json("{\"id\": \"a\"}", &params, NULL);
    CHECK(penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_OK);
    CHECK(penbox_value_http_status(form) == 200 && penbox_value_attempts(form) == 1);
    CHECK(penbox_value_elapsed_ms(form) < 60000 && penbox_value_age_ms(form) == -1);
    CHECK_TEXT(penbox_value_request_id(form), "r1");
    CHECK_TEXT(penbox_value_header(form, "X-Left"), "7");
    CHECK(penbox_value_header(form, "x-none") == NULL && penbox_value_header(form, NULL) == NULL);
    for (position = 0; position < penbox_value_header_count(form); ++position)
        if (strcmp(penbox_value_header_name(form, position), "set-cookie") == 0) {
            CHECK_TEXT(penbox_value_header_value(form, position), cookies == 0 ? "a=1" : "b=2");
            ++cookies;
        }
    CHECK(cookies == 2);
    CHECK(penbox_value_header_name(form, position) == NULL && penbox_value_header_value(form, position) == NULL);
    /* A part has the side of its whole. */
    CHECK(penbox_value_http_status(penbox_value_get(form, "/id")) == 200);
    penbox_value_free(form);
    CHECK(penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_ERROR_NOT_FOUND);
    CHECK_TEXT(penbox_error_header(error, "X-LEFT"), "0");
    CHECK(penbox_error_header(error, "x-none") == NULL && penbox_error_header(NULL, "x-left") == NULL);
    CHECK(strstr(penbox_error_json(error), "x-left") == NULL);
    CHECK(penbox_error_header_count(error) > 0 && penbox_error_header_name(error, 999) == NULL);
    CHECK(penbox_error_body_json(error, &body, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(body, "/message"), "gone");
    penbox_value_free(body);
    penbox_error_free(error);
    CHECK(penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_ERROR_NOT_FOUND);
    CHECK(penbox_error_body_json(error, &body, NULL) == PENBOX_OK && body == NULL);
    CHECK(penbox_error_body_json(NULL, &body, NULL) == PENBOX_ERROR_INVALID_ARGUMENT && body == NULL);
    penbox_error_free(error);
    penbox_params_free(params);
    CHECK(penbox_value_http_status(NULL) == 0 && penbox_value_attempts(NULL) == 0);
    CHECK(penbox_value_age_ms(NULL) == -1 && penbox_value_request_id(NULL) == NULL);
}

static void caching(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_params *params = NULL;
    penbox_options *fresh = penbox_options_new();
    penbox_value *options = NULL;
    int call;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_cache_ttl_ms(config, 60000) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    penbox_params_from_json("{\"slug\": \"a\"}", &params, NULL);
    for (call = 0; call < 2; ++call) {
        CHECK(penbox_form_templates_options(client, params, NULL, &options, NULL) == PENBOX_OK);
        CHECK_TEXT(penbox_value_json(options), "{\"n\": 0}");
        CHECK((penbox_value_age_ms(options) >= 0) == (call == 1));
        CHECK(penbox_value_attempts(options) == (call == 0));
        penbox_value_free(options);
    }
    CHECK(penbox_client_cache_hits(client) == 1 && penbox_client_cache_misses(client) == 1);
    CHECK(penbox_client_cache_entries(client) == 1 && penbox_client_cache_bytes(client) > 0);
    CHECK(penbox_options_set_fresh(fresh, 1) == PENBOX_OK);
    CHECK(penbox_form_templates_options(client, params, fresh, &options, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_json(options), "{\"n\": 1}");
    penbox_value_free(options);
    penbox_client_clear_cache(client);
    CHECK(penbox_client_cache_entries(client) == 0);
    CHECK(penbox_form_templates_options(client, params, NULL, &options, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_json(options), "{\"n\": 2}");
    penbox_value_free(options);
    penbox_client_clear_cache(NULL);
    CHECK(penbox_client_cache_hits(NULL) == 0 && penbox_client_cache_bytes(NULL) == 0);
    penbox_options_free(fresh);
    penbox_params_free(params);
    penbox_client_free(client);
    penbox_config_free(config);
}

int main(void) {
    penbox_client *client = client_from_env();
    requests(client);
    sides(client);
    penbox_client_free(client);
    caching();
    return report();
}
