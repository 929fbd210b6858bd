/* The lines of the log, given to a function. */
#include "client.h"

static char lines[16][400];
static penbox_log_level levels[16];
static size_t count;
static penbox_client *called;

static void get_form(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_value *form = NULL;
    penbox_params_from_json("{\"id\": \"a\"}", &params, NULL);
    CHECK(penbox_forms_get(client, params, NULL, &form, NULL) == PENBOX_OK);
    penbox_value_free(form);
    penbox_params_free(params);
}

static void keeps(void *user, penbox_log_level level, const char *line) {
    CHECK(user == lines && count < 16);
    levels[count] = level;
    strncpy(lines[count++], line, sizeof lines[0] - 1);
    if (called != NULL) {
        /* Its own lines would come here again. */
        get_form(called);
        called = NULL;
    }
}

static void clear(void) {
    count = 0;
    memset(lines, 0, sizeof lines);
}

int main(void) {
    penbox_client *client = client_from_env();
    penbox_value *stats = NULL;
    size_t at, debug = 0;
    get_form(client);
    CHECK(count == 0);
    CHECK(penbox_log_set(9, keeps, lines) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_log_set(-1, keeps, lines) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_log_set(PENBOX_LOG_INFO, NULL, lines) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_log_set(PENBOX_LOG_INFO, keeps, lines) == PENBOX_OK);
    get_form(client);
    CHECK(count == 1 && levels[0] == PENBOX_LOG_INFO);
    CHECK(strncmp(lines[0], "GET /forms/{id} 200", 19) == 0);
    clear();
    called = client;
    get_form(client);
    CHECK(count == 1 && called == NULL);
    clear();
    CHECK(penbox_log_set(PENBOX_LOG_DEBUG, keeps, lines) == PENBOX_OK);
    get_form(client);
    for (at = 0; at < count; ++at) {
        debug += levels[at] == PENBOX_LOG_DEBUG;
        CHECK(strstr(lines[at], getenv("PENBOX_API_TOKEN") + 5) == NULL && strchr(lines[at], '\n') == NULL);
        CHECK(strstr(lines[at], "john@example.com") == NULL);
    }
    CHECK(debug > 0);
    clear();
    /* Once for each operation, although the second answer says it again. */
    CHECK(penbox_log_set(PENBOX_LOG_WARN, keeps, lines) == PENBOX_OK);
    get_form(client);
    get_form(client);
    CHECK(count == 1 && levels[0] == PENBOX_LOG_WARN && strstr(lines[0], "deprecated") != NULL);
    CHECK(penbox_client_stats(client, &stats, NULL) == PENBOX_OK && penbox_value_size(stats, "/deprecations") == 1);
    CHECK_TEXT(penbox_value_string(stats, "/deprecations/0/deprecated"), "@1796083200");
    CHECK_TEXT(penbox_value_string(stats, "/deprecations/0/sunset"), "Sun, 06 Jun 2027 00:00:00 GMT");
    penbox_value_free(stats);
    clear();
    CHECK(penbox_log_set(PENBOX_LOG_OFF, NULL, NULL) == PENBOX_OK);
    get_form(client);
    CHECK(count == 0);
    penbox_client_free(client);
    return report();
}
