/* The common part of the C examples: their arguments, a client, and errors. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <penbox.h>
#include <stdio.h>
#include <string.h>

static inline const char *argument(int argc, char **argv, int at, const char *otherwise) {
    return at < argc ? argv[at] : otherwise;
}

/* Returns true if a call failed, and prints its error with the hint, and frees it. */
static inline bool failed(penbox_status status, penbox_error *error) {
    if (status == PENBOX_OK)
        return false;
    fprintf(stderr, "%s\n", penbox_error_text(error));
    penbox_error_free(error);
    return true;
}

/* Returns true if the server may have acted on a call that failed. Such a call must not simply be repeated. */
static inline bool may_have_acted(const penbox_error *error) {
    const char *outcome = penbox_error_outcome(error);
    return outcome != NULL && (strcmp(outcome, "unknown") == 0 || strcmp(outcome, "done") == 0);
}

/* Makes a client with PENBOX_API_TOKEN. Returns NULL after it has printed an error. */
static inline penbox_client *client_from_env(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_error *error = NULL;
    penbox_status status = penbox_config_from_env(&config, &error);
    if (status == PENBOX_OK)
        status = penbox_client_new(config, &client, &error);
    penbox_config_free(config);
    return failed(status, error) ? NULL : client;
}

/* Returns the text at a JSON Pointer in a value, never NULL. */
static inline const char *text(const penbox_value *value, const char *pointer) {
    const char *found = penbox_value_string(value, pointer);
    return found == NULL ? "" : found;
}

/* Makes the parameters of a call that reads one object. */
static inline penbox_params *by_id(const char *id) {
    penbox_params *params = penbox_params_new();
    penbox_params_set_string(params, "/id", id);
    return params;
}

#endif
