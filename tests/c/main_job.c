/* The main job: create, get, list; every call works. The sandbox holds 250 forms of seeding. */
#include "client.h"

static void creates_and_gets(const penbox_client *client) {
    penbox_params *params = NULL, *id = penbox_params_new();
    penbox_value *form = POISON(penbox_value), *again = NULL;
    penbox_error *error = POISON(penbox_error);

    CHECK(penbox_params_from_json("{\"flow\": {\"slug\": \"client-onboarding\"}, \"draft\": true}", &params, &error) ==
          PENBOX_OK);
    CHECK(error == NULL);
    CHECK(penbox_params_set_string(params, "/user/email", "john@example.com") == PENBOX_OK);
    CHECK(penbox_params_set_string(params, "/user/given_name", "J\xc3\xb3hn") == PENBOX_OK);
    CHECK(penbox_params_set_json(params, "/external_args", "{\"crm\": [1, 2]}") == PENBOX_OK);
    CHECK(penbox_forms_create(client, params, NULL, &form, &error) == PENBOX_OK);
    CHECK(error == NULL);
    CHECK(penbox_value_http_status(form) == 200 || penbox_value_http_status(form) == 201);
    CHECK(strstr(penbox_value_header(form, "Content-Type"), "json") != NULL);
    CHECK(penbox_value_header(form, "content-type") == penbox_value_header(form, "CONTENT-TYPE"));
    CHECK(penbox_value_header(form, "x-not-there") == NULL);
    CHECK_TEXT(penbox_value_string(form, "/user/given_name"), "J\xc3\xb3hn");
    CHECK_TEXT(penbox_value_string(form, "/flow/slug"), "client-onboarding");
    CHECK_TEXT(penbox_value_string(form, "/status"), "draft");
    CHECK(strlen(penbox_value_string(form, "/id")) == 36);

    CHECK(penbox_params_set_string(id, "/id", penbox_value_string(form, "/id")) == PENBOX_OK);
    CHECK(penbox_forms_get(client, id, NULL, &again, &error) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(again, "/id"), penbox_value_string(form, "/id"));
    penbox_value_free(again);
    CHECK(penbox_client_invoke(client, "forms.get", id, NULL, &again, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(again, "/id"), penbox_value_string(form, "/id"));

    penbox_value_free(again);
    penbox_value_free(form);
    penbox_params_free(id);
    penbox_params_free(params);
}

static void lists(const penbox_client *client) {
    penbox_params *params = penbox_params_new();
    penbox_pager *pager = NULL;
    penbox_value *item = NULL, *page = NULL;
    penbox_error *error = NULL;
    const penbox_value *data;
    int64_t number = 0;
    int count = 0;

    CHECK(penbox_forms_list_pager(client, NULL, NULL, &pager, &error) == PENBOX_OK);
    CHECK(penbox_pager_total_count(pager) == -1);
    CHECK(penbox_pager_set_prefetch(pager, 1) == PENBOX_OK);
    CHECK(penbox_pager_set_prefetch(NULL, 1) == PENBOX_ERROR_INVALID_ARGUMENT);
    while (penbox_pager_next(pager, &item, &error) == PENBOX_OK && item != NULL) {
        CHECK(strlen(penbox_value_string(item, "/id")) == 36);
        CHECK(penbox_value_http_status(item) == 200);
        penbox_value_free(item);
        ++count;
    }
    CHECK(error == NULL);
    CHECK(count == 251);
    CHECK(penbox_pager_total_count(pager) == 251);
    CHECK(penbox_pager_next(pager, &item, &error) == PENBOX_OK && item == NULL);
    CHECK(penbox_pager_page(pager, 3, &page, &error) == PENBOX_OK);
    CHECK(penbox_value_size(page, "/data") == 51);
    CHECK(penbox_value_int64(page, "/meta/current_page", &number) && number == 3);
    CHECK(penbox_pager_page(pager, 0, &item, &error) == PENBOX_ERROR_INVALID_ARGUMENT && item == NULL);
    penbox_error_free(error);
    penbox_value_free(page);
    penbox_pager_free(pager);

    CHECK(penbox_params_set_int64(params, "/page/size", 7) == PENBOX_OK);
    CHECK(penbox_params_set_int64(params, "/page/number", 2) == PENBOX_OK);
    CHECK(penbox_forms_list(client, params, NULL, &page, &error) == PENBOX_OK);
    data = penbox_value_get(page, "/data");
    CHECK(penbox_value_size(data, "") == 7);
    CHECK_TEXT(penbox_value_string(penbox_value_at(data, 6), "/id"), penbox_value_string(page, "/data/6/id"));
    penbox_value_free(page);

    CHECK(penbox_workspaces_list(client, NULL, NULL, &page, &error) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(page, "/data/0/slug"), "acme-corp");
    penbox_value_free(page);
    CHECK(penbox_workspaces_list_pager(client, NULL, NULL, &pager, &error) == PENBOX_OK);
    CHECK(penbox_pager_next(pager, &item, &error) == PENBOX_OK);
    /* An item stays when its pager and client are gone. */
    penbox_pager_free(pager);
    CHECK_TEXT(penbox_value_string(item, "/slug"), "acme-corp");
    penbox_value_free(item);
    penbox_params_free(params);
}

static void takes_options(const penbox_client *client) {
    penbox_options *options = penbox_options_new(), *copy;
    penbox_value *page = NULL;
    penbox_error *error = NULL;

    CHECK(penbox_options_set_timeout_ms(options, 20000) == PENBOX_OK);
    CHECK(penbox_options_set_header(options, "X-Trace", "t1") == PENBOX_OK);
    CHECK(penbox_options_set_query(options, "trace", "1") == PENBOX_OK);
    copy = penbox_options_clone(options);
    penbox_options_free(options);
    CHECK(penbox_workspaces_list(client, NULL, copy, &page, &error) == PENBOX_OK);
    penbox_value_free(page);
    CHECK(penbox_options_set_header(copy, "Authorization", "x") == PENBOX_OK);
    CHECK(penbox_workspaces_list(client, NULL, copy, &page, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    penbox_error_free(error);
    penbox_options_free(copy);
    CHECK(penbox_options_from_json("{\"timeout_ms\": 0}", &options, &error) == PENBOX_OK);
    CHECK(penbox_workspaces_list(client, NULL, options, &page, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
    penbox_error_free(error);
    penbox_options_free(options);
    CHECK(penbox_options_from_json("{\"nonsense\": 1}", &options, &error) == PENBOX_OK);
    CHECK(penbox_workspaces_list(client, NULL, options, &page, NULL) == PENBOX_ERROR_INVALID_ARGUMENT);
    penbox_options_free(options);
}

int main(void) {
    penbox_client *client = client_from_env();
    creates_and_gets(client);
    lists(client);
    takes_options(client);
    penbox_client_free(client);
    return report();
}
