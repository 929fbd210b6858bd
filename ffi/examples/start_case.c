/* Makes a case from a template and starts its first step. Needs PENBOX_API_TOKEN.
 *     start_case [email [company [id of a case template]]] */
#include "example.h"

#include <stdlib.h>

/* Returns the template of the arguments, or the newest one. */
static penbox_value *find_template(const penbox_client *client, const char *id) {
    penbox_params *params = id == NULL ? NULL : by_id(id);
    penbox_pager *pager = NULL;
    penbox_value *found = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    if (id != NULL) {
        status = penbox_case_templates_get(client, params, NULL, &found, &error);
    } else {
        status = penbox_case_templates_list_pager(client, NULL, NULL, &pager, &error);
        if (status == PENBOX_OK)
            status = penbox_pager_next(pager, &found, &error);
        if (status == PENBOX_OK && found == NULL)
            fprintf(stderr, "there is no case template\n");
    }
    penbox_pager_free(pager);
    penbox_params_free(params);
    return failed(status, error) ? NULL : found;
}

static penbox_value *create_case(const penbox_client *client, const char *template_id, const char *email) {
    penbox_params *params = penbox_params_new();
    penbox_value *made = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    penbox_params_set_string(params, "/template/id", template_id);
    /* A role of the template. */
    penbox_params_set_string(params, "/contacts/-/key", "main");
    penbox_params_set_string(params, "/contacts/0/email", email);
    status = penbox_cases_create(client, params, NULL, &made, &error);
    penbox_params_free(params);
    if (status != PENBOX_OK && may_have_acted(error))
        fprintf(stderr, "the case may exist: look for it before you make another\n");
    return failed(status, error) ? NULL : made;
}

static bool set_company(const penbox_client *client, const char *case_id, const char *company) {
    penbox_params *params = by_id(case_id);
    penbox_value *changed = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    /* A field of the template. */
    penbox_params_set_string(params, "/data/company_name", company);
    status = penbox_cases_update_data(client, params, NULL, &changed, &error);
    penbox_value_free(changed);
    penbox_params_free(params);
    return !failed(status, error);
}

static penbox_status start_step(const penbox_client *client, const char *case_id, const char *key,
                                penbox_error **error) {
    penbox_params *params = by_id(case_id);
    penbox_value *started = NULL;
    penbox_status status;

    penbox_params_set_string(params, "/step_key", key);
    status = penbox_cases_start_step(client, params, NULL, &started, error);
    penbox_value_free(started);
    penbox_params_free(params);
    return status;
}

static penbox_value *read_case(const penbox_client *client, const char *case_id) {
    penbox_params *params = by_id(case_id);
    penbox_value *found = NULL;
    penbox_error *error = NULL;
    penbox_status status = penbox_cases_get(client, params, NULL, &found, &error);
    penbox_params_free(params);
    return failed(status, error) ? NULL : found;
}

/* Starts the first step that can be started. Its key lies in `fresh`; NULL where there is none. */
static const char *start_first_step(const penbox_client *client, const penbox_value *fresh) {
    const penbox_value *steps = penbox_value_get(fresh, "/steps");
    size_t i;

    for (i = 0; i < penbox_value_size(steps, ""); ++i) {
        const penbox_value *step = penbox_value_at(steps, i);
        const char *key = penbox_value_string(step, "/key");
        penbox_error *error = NULL;
        penbox_status status;
        if (key == NULL)
            key = text(step, "/id");
        status = start_step(client, text(fresh, "/id"), key, &error);
        if (status != PENBOX_ERROR_CONFLICT && status != PENBOX_ERROR_UNPROCESSABLE_ENTITY)
            return failed(status, error) ? NULL : key;
        printf("%s cannot be started: %s\n", key, penbox_error_message(error));
        penbox_error_free(error);
    }
    fprintf(stderr, "no step can be started\n");
    return NULL;
}

static bool show(const penbox_client *client, const char *case_id) {
    penbox_value *now = read_case(client, case_id);
    const penbox_value *steps = penbox_value_get(now, "/steps");
    const bool found = now != NULL;
    size_t i;

    if (found)
        printf("the case is %s and waits for: %s\n", text(now, "/parent_status"), text(now, "/waiting_for"));
    for (i = 0; i < penbox_value_size(steps, ""); ++i) {
        const penbox_value *step = penbox_value_at(steps, i);
        printf("- %s: %s\n", text(step, "/title"), text(step, "/status"));
    }
    penbox_value_free(now);
    return found;
}

static bool start_again(const penbox_client *client, const char *case_id, const char *key) {
    penbox_error *error = NULL;
    const penbox_status status = start_step(client, case_id, key, &error);
    if (status != PENBOX_ERROR_CONFLICT)
        return !failed(status, error);
    printf("a second start is a %s: %s\n", penbox_error_kind(error), penbox_error_message(error));
    penbox_error_free(error);
    return true;
}

int main(int argc, char **argv) {
    const char *email = argument(argc, argv, 1, "jane@example.com");
    const char *company = argument(argc, argv, 2, "Jane's Bakery");
    penbox_client *client = client_from_env();
    penbox_value *template = client == NULL ? NULL : find_template(client, argument(argc, argv, 3, NULL));
    penbox_value *made = template == NULL ? NULL : create_case(client, text(template, "/id"), email);
    penbox_value *fresh = NULL;
    const char *id = text(made, "/id"), *key = NULL;
    bool done = false;

    if (made != NULL) {
        printf("created %s from the template %s\n", id, text(template, "/title"));
        if (set_company(client, id, company))
            fresh = read_case(client, id);
    }
    if (fresh != NULL)
        key = start_first_step(client, fresh);
    if (key != NULL) {
        printf("started %s\n", key);
        done = show(client, id) && start_again(client, id, key);
    }
    penbox_value_free(fresh);
    penbox_value_free(made);
    penbox_value_free(template);
    penbox_client_free(client);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
