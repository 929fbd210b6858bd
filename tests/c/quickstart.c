/* Sends a form to a contact. Needs PENBOX_API_TOKEN. */
#include <penbox.h>
#include <stdio.h>

int main(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    penbox_params *params = penbox_params_new();
    int failed;

    penbox_params_set_string(params, "/flow/slug", "client-onboarding");
    penbox_params_set_string(params, "/user/email", "john@example.com");
    penbox_config_from_env(&config, NULL);
    failed = penbox_client_new(config, &client, &error) != PENBOX_OK ||
             penbox_forms_create(client, params, NULL, &form, &error) != PENBOX_OK;
    if (failed)
        fprintf(stderr, "%s\n", penbox_error_text(error));
    else
        printf("created %s (%s)\n", penbox_value_string(form, "/id"), penbox_value_string(form, "/status"));

    penbox_value_free(form);
    penbox_error_free(error);
    penbox_params_free(params);
    penbox_client_free(client);
    penbox_config_free(config);
    return failed;
}
