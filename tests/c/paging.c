/* Lists that change while they are walked, and lists whose pages fail. The argument says what the runner has prepared. */
#include "client.h"

/* Each form leaves the list as it is met: all 350 are met, and none twice. */
static void changing(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_pager *pager = NULL;
    penbox_value *form = NULL, *done = NULL;
    penbox_error *error = NULL;
    int met = 0;
    CHECK(penbox_params_from_json("{\"completed\": true, \"processed\": false}", &params, &error) == PENBOX_OK);
    CHECK(penbox_forms_list_pager(client, params, NULL, &pager, &error) == PENBOX_OK);
    penbox_params_free(params);
    while (penbox_pager_next(pager, &form, &error) == PENBOX_OK && form != NULL) {
        CHECK(penbox_params_from_json("{\"processed\": true}", &params, NULL) == PENBOX_OK);
        CHECK(penbox_params_set_string(params, "/id", penbox_value_string(form, "/id")) == PENBOX_OK);
        CHECK(penbox_forms_update(client, params, NULL, &done, &error) == PENBOX_OK);
        penbox_value_free(done);
        penbox_params_free(params);
        penbox_value_free(form);
        ++met;
    }
    CHECK(error == NULL);
    CHECK(met == 350);
    penbox_pager_free(pager);
}

/* The next form, or a status. */
static void expect(penbox_pager *pager, penbox_status status, const char *id) {
    penbox_value *form = POISON(penbox_value);
    penbox_error *error = NULL;
    CHECK(penbox_pager_next(pager, &form, &error) == status);
    CHECK((form != NULL) == (id != NULL) && (error != NULL) == (id == NULL));
    if (id != NULL)
        CHECK_TEXT(penbox_value_string(form, "/id"), id);
    penbox_value_free(form);
    penbox_error_free(error);
}

/* Page 2 fails twice and is asked for again; page 3 is refused, which no step changes. */
static void failing(const penbox_client *client) {
    penbox_pager *pager = NULL;
    penbox_params *params = NULL;
    penbox_options *once = penbox_options_new();
    CHECK(penbox_options_set_max_attempts(once, 1) == PENBOX_OK);
    CHECK(penbox_params_from_json("{\"page\": {\"size\": 2}}", &params, NULL) == PENBOX_OK);
    CHECK(penbox_forms_list_pager(client, params, once, &pager, NULL) == PENBOX_OK);
    penbox_params_free(params);
    penbox_options_free(once);
    expect(pager, PENBOX_OK, "f1");
    expect(pager, PENBOX_OK, "f2");
    expect(pager, PENBOX_ERROR_SERVER, NULL);
    expect(pager, PENBOX_ERROR_SERVER, NULL);
    expect(pager, PENBOX_OK, "f3");
    expect(pager, PENBOX_OK, "f4");
    expect(pager, PENBOX_ERROR_PERMISSION_DENIED, NULL);
    expect(pager, PENBOX_ERROR_PERMISSION_DENIED, NULL);
    expect(pager, PENBOX_ERROR_PERMISSION_DENIED, NULL);
    penbox_pager_free(pager);
}

int main(int argc, char **argv) {
    penbox_client *client = client_from_env();
    if (argc == 2 && strcmp(argv[1], "changing") == 0)
        changing(client);
    if (argc == 2 && strcmp(argv[1], "failing") == 0)
        failing(client);
    penbox_client_free(client);
    CHECK(checks > 3);
    return report();
}
