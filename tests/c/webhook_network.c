/* How keys are fetched: over https, with the CAs of the settings, and of the environment only where the program says so. The
 * arguments are the address of a key set whose authority SSL_CERT_FILE names, and the file of that authority. */
#include "webhook.h"

/* What a verifier says that fetches keys with these settings. They are the sandbox's, so the delivery's is not among them. */
static const char *fetched(const char *url, penbox_config *network) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    penbox_verifier *verifier;
    const char *reason;
    CHECK(penbox_verifier_config_set_keys_url(config, url) == PENBOX_OK);
    if (network != NULL)
        CHECK(penbox_verifier_config_set_network(config, network) == PENBOX_OK);
    /* They are copied. */
    penbox_config_free(network);
    verifier = verifier_of(DELIVERY_URL, config);
    reason = refusal_of_delivery(verifier);
    penbox_verifier_free(verifier);
    return reason;
}

int main(int count, char **arguments) {
    penbox_config *network = NULL;
    if (count != 3)
        return 2;
    CHECK(getenv("SSL_CERT_FILE") != NULL);
    CHECK_TEXT(fetched(arguments[1], NULL), "tls");
    CHECK_TEXT(fetched(arguments[1], penbox_config_new()), "tls");
    CHECK(penbox_config_from_env(&network, NULL) == PENBOX_OK);
    CHECK_TEXT(fetched(arguments[1], network), "signature");
    network = penbox_config_new();
    CHECK(penbox_config_set_ca_file(network, arguments[2]) == PENBOX_OK);
    CHECK_TEXT(fetched(arguments[1], network), "signature");
    CHECK(penbox_config_from_env(&network, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_proxy(network, "http://127.0.0.1:1") == PENBOX_OK);
    CHECK_TEXT(fetched(arguments[1], network), "proxy");
    /* A setting that cannot be is found when the verifier is made. */
    network = penbox_config_new();
    CHECK(penbox_config_set_ca_file(network, "/none.pem") == PENBOX_OK);
    {
        penbox_verifier_config *config = penbox_verifier_config_new();
        penbox_verifier *verifier = POISON(penbox_verifier);
        penbox_error *error = NULL;
        CHECK(penbox_verifier_config_set_network(config, network) == PENBOX_OK);
        CHECK(penbox_verifier_new(DELIVERY_URL, config, &verifier, &error) == PENBOX_ERROR_CONFIG && verifier == NULL);
        CHECK(strstr(penbox_error_text(error), "/none.pem") != NULL);
        penbox_error_free(error);
        penbox_verifier_config_free(config);
        penbox_config_free(network);
    }
    return report();
}
