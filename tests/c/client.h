/* Clients for the programs of this folder. */
#ifndef CLIENT_H
#define CLIENT_H

#include "check.h"

/* A client on PENBOX_API_TOKEN and PENBOX_BASE_URL. Ends the program where there is none. */
static penbox_client *client_from_env(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_config_from_env(&config, &error) == PENBOX_OK);
    if (penbox_client_new(config, &client, &error) != PENBOX_OK) {
        fprintf(stderr, "%s\n", penbox_error_text(error));
        exit(2);
    }
    penbox_config_free(config);
    return client;
}

#endif
