/* Who reads the environment: penbox_config_from_env, and nobody in a program with raised privileges. The argument says whether
 * this one has them: "plain", "raised", or with PENBOX_TEST_HOOKS "played". Every variable is set by the runner. */
#include "check.h"

#ifdef PENBOX_TEST_HOOKS
void penbox_test_raise_privileges(void);
#endif

/* The settings find no token, and the hint says why. */
static void finds_none(const penbox_config *config, const char *message, const char *why) {
    penbox_client *client = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_client_new(config, &client, &error) == PENBOX_ERROR_CONFIG && client == NULL);
    CHECK_TEXT(penbox_error_message(error), message);
    CHECK(penbox_error_hint(error) != NULL && strstr(penbox_error_hint(error), why) != NULL);
    penbox_error_free(error);
}

static void in_code(void) {
    penbox_config *config = penbox_config_new();
    finds_none(config, "no token was given", "penbox_config_from_env");
    CHECK(penbox_config_set_environment(config, "prod") == PENBOX_OK);
    finds_none(config, "the environment prod was asked for and PENBOX_API_TOKEN_PROD is not set",
               "penbox_config_from_env");
    penbox_config_free(config);
    CHECK(penbox_config_from_json("{\"environment\": \"prod\"}", &config, NULL) == PENBOX_OK);
    finds_none(config, "the environment prod was asked for and PENBOX_API_TOKEN_PROD is not set",
               "penbox_config_from_env");
    penbox_config_free(config);
}

static void from_environment(bool raised) {
    penbox_config *config = NULL, *clone = NULL;
    penbox_client *client = NULL;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    clone = penbox_config_clone(config);
    if (raised) {
        finds_none(config, "no token was given", "raised privileges");
        finds_none(clone, "no token was given", "raised privileges");
        CHECK(penbox_config_set_environment(clone, "prod") == PENBOX_OK);
        finds_none(clone, "the environment prod was asked for and PENBOX_API_TOKEN_PROD is not set",
                   "raised privileges");
        CHECK(penbox_config_set_token(config, getenv("PENBOX_API_TOKEN")) == PENBOX_OK);
    }
    /* SSL_CERT_FILE names no file, so whoever reads it says so. */
    CHECK(penbox_client_new(config, &client, NULL) == (raised ? PENBOX_OK : PENBOX_ERROR_CONFIG));
    penbox_client_free(client);
    penbox_config_free(config);
    penbox_config_free(clone);
}

int main(int argc, char **argv) {
    if (argc != 2 || getenv("PENBOX_API_TOKEN") == NULL || getenv("PENBOX_API_TOKEN_PROD") == NULL)
        return 2;
#ifdef PENBOX_TEST_HOOKS
    penbox_test_raise_privileges();
#endif
    in_code();
    from_environment(strcmp(argv[1], "plain") != 0);
    return report();
}
