/* Waits for a form, and the hint of a webhook's receiver that ends their pause. */
#define _POSIX_C_SOURCE 200809L

#include "client.h"

#include <pthread.h>
#include <time.h>

struct wait {
    const penbox_client *client;
    const penbox_params *form;
    const penbox_options *options;
    penbox_status status;
    penbox_error *error;
};

static void *run(void *argument) {
    struct wait *wait = argument;
    penbox_value *form = NULL;
    wait->status = penbox_forms_wait_completed(wait->client, wait->form, wait->options, &form, &wait->error);
    CHECK(form == NULL);
    return NULL;
}

static penbox_params *params(const char *json) {
    penbox_params *made = NULL;
    CHECK(penbox_params_from_json(json, &made, NULL) == PENBOX_OK);
    return made;
}

int main(void) {
    const struct timespec look = {0, 10000000};
    penbox_client *client = client_from_env();
    penbox_params *new_form = params("{\"flow\": {\"slug\": \"client-onboarding\"}}");
    penbox_params *form = penbox_params_new(), *archived = penbox_params_new();
    penbox_options *patient = penbox_options_new(), *hasty = penbox_options_new();
    penbox_value *made = NULL, *changed = NULL;
    penbox_error *error = NULL;
    struct wait wait = {client, form, patient, PENBOX_OK, NULL};
    pthread_t thread;
    const char *id = NULL;
    int left;

    CHECK(penbox_forms_create(client, new_form, NULL, &made, NULL) == PENBOX_OK);
    id = penbox_value_string(made, "/id");
    penbox_params_set_string(form, "/id", id);
    penbox_params_set_string(archived, "/id", id);
    penbox_params_set_bool(archived, "/archived", 1);
    CHECK(penbox_options_set_timeout_ms(patient, 3600000) == PENBOX_OK);
    CHECK(penbox_options_set_timeout_ms(hasty, 500) == PENBOX_OK);

    CHECK(penbox_forms_wait_completed(client, form, hasty, &changed, &error) == PENBOX_ERROR_TIMEOUT);
    CHECK(changed == NULL && strstr(penbox_error_message(error), "pending") != NULL);
    CHECK(penbox_error_retryable(error));
    penbox_error_free(error);

    CHECK(pthread_create(&thread, NULL, run, &wait) == 0);
    for (left = 3000; left > 0 && penbox_client_notify_form(client, id) == 0; --left)
        nanosleep(&look, NULL);
    CHECK(left > 0);
    CHECK(penbox_forms_update(client, archived, NULL, &changed, NULL) == PENBOX_OK);
    penbox_value_free(changed);
    penbox_client_notify_form(client, id);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(wait.status == PENBOX_ERROR_NOT_COMPLETED);
    CHECK_TEXT(penbox_error_reason(wait.error), "form_archived");
    CHECK_TEXT(penbox_error_outcome(wait.error), "done");
    CHECK(penbox_error_body(wait.error) != NULL && strstr(penbox_error_body(wait.error), id) != NULL);
    penbox_error_free(wait.error);

    CHECK(penbox_client_notify_form(client, id) == 0);
    CHECK(penbox_client_notify_form(client, NULL) == 0);
    CHECK(penbox_client_notify_form(NULL, id) == 0);
    CHECK(penbox_client_notify_form(client, "\xff") == 0);
    penbox_options_free(patient);
    penbox_options_free(hasty);
    penbox_params_free(form);
    penbox_params_free(archived);
    penbox_params_free(new_form);
    penbox_value_free(made);
    penbox_client_free(client);
    return report();
}
