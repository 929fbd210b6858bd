/* The operations beyond the main job, each by its function, against the sandbox. */
#include "client.h"

static const penbox_client *client;

typedef penbox_status operation(const penbox_client *, const penbox_params *, const penbox_options *, penbox_value **,
                                penbox_error **);

/* Calls an operation with parameters in JSON; the answer, or NULL with a failed check unless the status is as expected. */
static penbox_value *call(operation *function, const char *json, penbox_status expected) {
    penbox_params *params = NULL;
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    CHECK(penbox_params_from_json(json, &params, NULL) == PENBOX_OK);
    status = function(client, params, NULL, &value, &error);
    CHECK(status == expected);
    if (status != expected)
        fprintf(stderr, "%s: %s\n", json, status == PENBOX_OK ? "worked" : penbox_error_text(error));
    penbox_error_free(error);
    penbox_params_free(params);
    return value;
}

/* JSON with the id of a value in the place of %s. */
static const char *with_id(const char *format, const char *id) {
    static char text[512];
    snprintf(text, sizeof text, format, id == NULL ? "" : id);
    return text;
}

static void forms(void) {
    penbox_value *form = call(penbox_forms_create,
                              "{\"flow\": {\"slug\": \"client-onboarding\"}, \"draft\": true, "
                              "\"active_until\": \"2030-01-01T00:00:00Z\"}",
                              PENBOX_OK);
    const char *id = penbox_value_string(form, "/id");
    penbox_value *value;
    int64_t count = 0;

    value =
        call(penbox_forms_count, "{\"group-by\": \"status\", \"flow\": {\"slug\": \"client-onboarding\"}}", PENBOX_OK);
    CHECK(penbox_value_int64(value, "/count", &count) && count > 0);
    CHECK(penbox_value_size(value, "/by") > 0);
    penbox_value_free(value);

    /* What is absent stays, null is sent. */
    value = call(penbox_forms_update, with_id("{\"id\": \"%s\", \"draft\": false}", id), PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/status"), "pending");
    CHECK(penbox_value_string(value, "/active_until") != NULL);
    penbox_value_free(value);
    value = call(penbox_forms_update, with_id("{\"id\": \"%s\", \"active_until\": null}", id), PENBOX_OK);
    CHECK(penbox_value_is_null(value, "/active_until") || !penbox_value_has(value, "/active_until"));
    penbox_value_free(value);
    value = call(penbox_forms_update, with_id("{\"id\": \"%s\", \"processed\": true}", id),
                 PENBOX_ERROR_UNPROCESSABLE_ENTITY);
    CHECK(value == NULL);
    penbox_value_free(form);
    CHECK(call(penbox_forms_update, "{\"draft\": false}", PENBOX_ERROR_INVALID_ARGUMENT) == NULL);
}

static void templates(void) {
    penbox_value *value = call(penbox_form_templates_list, "{}", PENBOX_OK);
    CHECK(penbox_value_size(value, "/data") > 0);
    penbox_value_free(value);
    value = call(penbox_form_templates_options, "{\"slug\": \"client-onboarding\"}", PENBOX_OK);
    CHECK(penbox_value_type(value, "") == PENBOX_TYPE_OBJECT);
    penbox_value_free(value);
    value = call(penbox_form_templates_steps, "{\"slug\": \"client-onboarding\"}", PENBOX_OK);
    CHECK(penbox_value_type(value, "") == PENBOX_TYPE_ARRAY);
    CHECK(penbox_value_string(value, "/0/elements/0/key") != NULL);
    penbox_value_free(value);
    CHECK(call(penbox_form_templates_steps, "{\"slug\": \"nothing\"}", PENBOX_ERROR_NOT_FOUND) == NULL);
}

static void cases(void) {
    penbox_value *list = call(penbox_case_templates_list, "{}", PENBOX_OK);
    penbox_value *template = call(penbox_case_templates_get,
                                  with_id("{\"id\": \"%s\"}", penbox_value_string(list, "/data/0/id")), PENBOX_OK);
    penbox_value *made = call(penbox_cases_create,
                              with_id("{\"title\": \"Onboarding\", \"template\": {\"id\": \"%s\"}, "
                                      "\"contacts\": [{\"key\": \"main\", \"email\": \"jo@example.com\"}]}",
                                      penbox_value_string(template, "/id")),
                              PENBOX_OK);
    const char *id = penbox_value_string(made, "/id");
    char json[512];
    penbox_value *value = call(penbox_cases_get, with_id("{\"id\": \"%s\"}", id), PENBOX_OK);
    int64_t count = 0;

    CHECK_TEXT(penbox_value_string(value, "/title"), "Onboarding");
    penbox_value_free(value);
    value = call(penbox_cases_update_data, with_id("{\"id\": \"%s\", \"data\": {\"company_name\": \"Acme\"}}", id),
                 PENBOX_OK);
    CHECK(strstr(penbox_value_json(value), "\"Acme\"") != NULL);
    penbox_value_free(value);
    value =
        call(penbox_cases_update_contacts,
             with_id("{\"id\": \"%s\", \"contacts\": [{\"key\": \"main\", \"family_name\": \"Doe\"}]}", id), PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/contacts/0/family_name"), "Doe");
    penbox_value_free(value);
    snprintf(json, sizeof json, "{\"id\": \"%s\", \"step_key\": \"%s\"}", id,
             penbox_value_string(template, "/steps/0/id"));
    value = call(penbox_cases_start_step, json, PENBOX_OK);
    penbox_value_free(value);
    CHECK(call(penbox_cases_start_step, json, PENBOX_ERROR_CONFLICT) == NULL);
    CHECK(call(penbox_cases_start_step, with_id("{\"id\": \"%s\"}", id), PENBOX_ERROR_INVALID_ARGUMENT) == NULL);

    value = call(penbox_cases_count, "{}", PENBOX_OK);
    CHECK(penbox_value_int64(value, "/count", &count) && count > 0);
    penbox_value_free(value);
    value = call(penbox_cases_list, "{\"page\": {\"size\": 5}}", PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/data/0/id"), id);
    penbox_value_free(value);
    penbox_value_free(made);
    penbox_value_free(template);
    penbox_value_free(list);
}

static void extractions(void) {
    static const char *document =
        "{\"attachments\": [{\"data\": \"aGVsbG8=\", \"name\": \"a.txt\", \"type\": \"text/plain\"}], "
        "\"fields\": [{\"name\": \"Name\", \"type\": \"text\"}]}";
    penbox_value *job = call(penbox_document_intelligence_create, document, PENBOX_OK);
    penbox_value *value =
        call(penbox_document_intelligence_get, with_id("{\"id\": \"%s\"}", penbox_value_string(job, "/id")), PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/id"), penbox_value_string(job, "/id"));
    penbox_value_free(value);
    penbox_value_free(job);
    value = call(penbox_document_intelligence_extract, document, PENBOX_OK);
    CHECK(penbox_value_size(value, "/results") > 0);
    penbox_value_free(value);
    CHECK(call(penbox_document_intelligence_create, "{\"attachments\": []}", PENBOX_ERROR_INVALID_ARGUMENT) == NULL);
}

static void not_found(void) {
    static const char *nowhere = "{\"id\": \"00000000-0000-4000-8000-000000000000\"}";
    CHECK(call(penbox_responses_get, nowhere, PENBOX_ERROR_NOT_FOUND) == NULL);
    CHECK(call(penbox_attachments_get, nowhere, PENBOX_ERROR_NOT_FOUND) == NULL);
    CHECK(call(penbox_signatures_get, nowhere, PENBOX_ERROR_NOT_FOUND) == NULL);
    CHECK(call(penbox_document_intelligence_get, nowhere, PENBOX_ERROR_NOT_FOUND) == NULL);
}

int main(void) {
    penbox_client *own = client_from_env();
    client = own;
    forms();
    templates();
    cases();
    extractions();
    not_found();
    penbox_client_free(own);
    return report();
}
