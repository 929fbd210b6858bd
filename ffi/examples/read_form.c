/* Reads a form with settings of its own, and says what went wrong. Needs PENBOX_API_TOKEN.
 *     read_form [id] */
#include "example.h"

#include <stdlib.h>

static penbox_client *client_with_settings(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_error *error = NULL;
    penbox_status status = penbox_config_from_env(&config, &error);

    if (status == PENBOX_OK) {
        penbox_config_set_timeout_ms(config, 60000); /* for a call with its waits */
        penbox_config_set_max_retry_wait_ms(config, 5000);
        penbox_config_set_rate_limit(config, "100/min, 1000/h");
        penbox_config_set_token_name(config, "CRM");
        penbox_config_set_user_agent_suffix(config, "crm-sync/2.1");
        /* Settings are validated here. */
        status = penbox_client_new(config, &client, &error);
    }
    penbox_config_free(config);
    return failed(status, error) ? NULL : client;
}

static void explain(const penbox_error *error) {
    const int64_t wait_ms = penbox_error_retry_after_ms(error); /* -1: the server named none */

    switch (penbox_error_status(error)) {
    case PENBOX_ERROR_NOT_FOUND:
        fprintf(stderr, "there is no such form\n");
        break;
    case PENBOX_ERROR_RATE_LIMIT:
        fprintf(stderr, "too many requests: wait %g s\n", wait_ms < 0 ? 1 : (double)wait_ms / 1000);
        break;
    case PENBOX_ERROR_SERVER: /* It never holds the token. */
        fprintf(stderr, "the service failed; for Penbox's support:\n%s", penbox_error_support_report(error));
        break;
    default:
        fprintf(stderr, "%s\n", penbox_error_text(error));
    }
}

int main(int argc, char **argv) {
    penbox_client *client = client_with_settings();
    penbox_params *params = by_id(argument(argc, argv, 1, "00000000-0000-4000-8000-000000000000"));
    penbox_options *options = penbox_options_new();
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    int code = EXIT_FAILURE;

    /* Somebody waits for this call. */
    penbox_options_set_timeout_ms(options, 20000);
    penbox_options_set_max_attempts(options, 2);
    if (client != NULL) {
        if (penbox_forms_get(client, params, options, &form, &error) == PENBOX_OK) {
            printf("%s %s\n", text(form, "/id"), text(form, "/status"));
            code = EXIT_SUCCESS;
        } else {
            explain(error);
        }
    }
    penbox_value_free(form);
    penbox_error_free(error);
    penbox_options_free(options);
    penbox_params_free(params);
    penbox_client_free(client);
    return code;
}
