/* Tokens that a function gives, and that are replaced. The environment has the sandbox and a token that it takes. */
#include "check.h"

struct giver {
    const char *text;
    int64_t result;
    int asked;
    int freed;
};

static int64_t gives(void *user, char *buffer, size_t size) {
    struct giver *giver = user;
    size_t length = strlen(giver->text);
    ++giver->asked;
    if (size < 1024 || buffer[0] != '\0' || buffer[size - 1] != '\0')
        return -1;
    memcpy(buffer, giver->text, length);
    return giver->result != 0 ? giver->result : (int64_t)length;
}

static void frees(void *user) {
    struct giver *giver = user;
    ++giver->freed;
}

static penbox_client *client_of(struct giver *giver) {
    penbox_config *config = NULL, *clone;
    penbox_client *client = NULL;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_token_provider(config, gives, giver, frees) == PENBOX_OK);
    clone = penbox_config_clone(config);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    penbox_config_free(clone);
    return client;
}

/* A call that has to fail, with its reason. */
static void fails(struct giver giver, const char *reason, const char *message) {
    penbox_client *client = client_of(&giver);
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_workspaces_list(client, NULL, NULL, &value, &error) == PENBOX_ERROR_CONFIG && value == NULL);
    CHECK_TEXT(penbox_error_reason(error), reason);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(penbox_error_attempts(error) == 0);
    CHECK(strstr(penbox_error_message(error), message) != NULL);
    CHECK(strstr(penbox_error_message(error), "0123456789") == NULL);
    penbox_error_free(error);
    CHECK(giver.freed == 0);
    penbox_client_free(client);
    CHECK(giver.freed == 1 && giver.asked == 1);
}

static penbox_status lists(const penbox_client *client) {
    penbox_value *value = NULL;
    penbox_status status = penbox_workspaces_list(client, NULL, NULL, &value, NULL);
    penbox_value_free(value);
    return status;
}

int main(void) {
    struct giver giver = {getenv("PENBOX_API_TOKEN"), 0, 0, 0};
    penbox_client *client;
    penbox_error *error = NULL;

    CHECK(giver.text != NULL);
    client = client_of(&giver);
    CHECK(giver.asked == 0 && giver.freed == 0);
    CHECK(lists(client) == PENBOX_OK && lists(client) == PENBOX_OK);
    CHECK(giver.asked == 1);
    /* A token that is set is used; one that is none changes nothing. */
    CHECK(penbox_client_set_token(client, "pnbx_stranger", &error) == PENBOX_OK && error == NULL);
    CHECK(lists(client) == PENBOX_ERROR_AUTHENTICATION);
    CHECK(penbox_client_set_token(client, "pnbx_0123456789\n", &error) == PENBOX_ERROR_CONFIG);
    CHECK(strstr(penbox_error_message(error), "0123456789") == NULL);
    penbox_error_free(error);
    CHECK(lists(client) == PENBOX_ERROR_AUTHENTICATION);
    CHECK(penbox_client_set_token(client, giver.text, NULL) == PENBOX_OK);
    CHECK(lists(client) == PENBOX_OK && giver.asked == 1);
    penbox_client_close(client);
    CHECK(penbox_client_set_token(client, giver.text, NULL) == PENBOX_ERROR_CLOSED);
    penbox_client_free(client);
    CHECK(giver.freed == 1);

    fails((struct giver){"pnbx_0123456789", -15, 0, 0}, "provider_failed", "failed: pnbx_***");
    fails((struct giver){"sealed", -6, 0, 0}, "provider_failed", "failed: sealed");
    fails((struct giver){"", -1, 0, 0}, "provider_failed", "failed");
    fails((struct giver){"", 0, 0, 0}, "provider_empty", "nothing");
    fails((struct giver){"pnbx_0123456789", 1025, 0, 0}, "provider_failed", "more bytes");
    fails((struct giver){"pnbx_0123456789", INT64_MIN, 0, 0}, "provider_failed", "more bytes");
    fails((struct giver){"\xff\xfe", 2, 0, 0}, "provider_failed", "UTF-8");
    fails((struct giver){"Bearer pnbx_0123456789", 0, 0, 0}, "token_malformed", "Bearer");
    return report();
}
