/* Recorded answers: written with the sandbox, played without it. The arguments are an empty folder, and what Python recorded. */
#define _POSIX_C_SOURCE 200112L

#include "check.h"

#include <time.h>

#define LINE(operation, path, answer)                                                                                  \
    "{\"recording\":1,\"operation\":\"" operation "\",\"method\":\"GET\",\"path\":\"" path "\",\"answer\":" answer "}" \
    "\n"
#define ANSWER(status, json)                                                                                           \
    "{\"status\":" status ",\"headers\":[[\"content-type\",\"application/json\"]],\"json\":" json "}"
#define FORM LINE("forms.get", "/forms/a", ANSWER("200", "{\"id\":\"a\"}"))
#define LIMITED LINE("forms.get", "/forms/a", ANSWER("429", "{\"retryAfter\":60}"))

static char folder[1000];

/* The path of a file in the folder. One at a time. */
static const char *place(const char *name) {
    static char path[1100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *written(const char *name, const char *text) {
    const char *path = place(name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        exit(2);
    return path;
}

static penbox_recording *recording_of(const char *path) {
    penbox_recording *recording = POISON(penbox_recording);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_recording_read(path, &recording, &error) == PENBOX_OK && error == NULL);
    return recording;
}

/* The token and the address of the environment, which a recording has no use for, and pages of two. */
static penbox_client *player_of(const penbox_recording *recording) {
    penbox_config *config = NULL;
    penbox_client *client = POISON(penbox_client);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_page_size(config, 2) == PENBOX_OK);
    CHECK(penbox_recording_client(recording, config, &client, &error) == PENBOX_OK && error == NULL);
    penbox_config_free(config);
    return client;
}

static penbox_params *params_of(const char *json) {
    penbox_params *params = NULL;
    CHECK(penbox_params_from_json(json, &params, NULL) == PENBOX_OK);
    return params;
}

static bool counts(void *user, const uint8_t *bytes, size_t size) {
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

/* Takes over a value: its id goes to the end of a text. */
static void note(char *seen, penbox_value *value) {
    const char *id = penbox_value_string(value, "/id");
    CHECK(id != NULL);
    strcat(strcat(seen, id == NULL ? "?" : id), " ");
    penbox_value_free(value);
}

/* The calls that are recorded, and played in the same order; what they gave is in `seen`. */
static void run(const penbox_client *client, char *seen) {
    penbox_params *form = params_of("{\"flow\": {\"slug\": \"client-onboarding\"}, \"data\": {\"income\": 98765},"
                                    " \"user\": {\"email\": \"jo@example.org\", \"given_name\": \"Jolene\"}}");
    penbox_params *filter = params_of("{\"user\": {\"email\": \"jo@example.org\"}}");
    penbox_params *name = params_of("{\"name\": \"passport-of-jolene.txt\"}");
    penbox_params *id = params_of("{\"id\": \"00000000-0000-0000-0000-000000000000\"}");
    penbox_value *value = NULL;
    penbox_pager *pager = NULL;
    penbox_error *error = NULL;
    size_t size = 0;
    int count;
    *seen = '\0';
    for (count = 0; count < 3; ++count) {
        CHECK(penbox_forms_create(client, form, NULL, &value, NULL) == PENBOX_OK);
        note(seen, value);
    }
    CHECK(penbox_forms_list_pager(client, filter, NULL, &pager, NULL) == PENBOX_OK);
    for (count = 0; penbox_pager_next(pager, &value, NULL) == PENBOX_OK && value != NULL; ++count)
        note(seen, value);
    CHECK(count == 3);
    CHECK(penbox_forms_get(client, id, NULL, &value, &error) == PENBOX_ERROR_NOT_FOUND);
    CHECK(penbox_error_http_status(error) == 404);
    penbox_error_free(error);
    CHECK(penbox_attachments_upload_bytes(client, name, NULL, (const uint8_t *)"Jolene", 6, NULL, NULL, &value, NULL) ==
          PENBOX_OK);
    CHECK(penbox_params_set_string(id, "/id", penbox_value_string(value, "/id")) == PENBOX_OK);
    note(seen, value);
    CHECK(penbox_attachments_download_writer(client, id, NULL, counts, NULL, &size, &value, NULL) == PENBOX_OK);
    CHECK(size == 6);
    penbox_value_free(value);
    penbox_pager_free(pager);
    penbox_params_free(id);
    penbox_params_free(name);
    penbox_params_free(filter);
    penbox_params_free(form);
}

/* No token is in the file, and nothing of a contact. */
static void holds_nobody(const char *path) {
    const char *token = getenv("PENBOX_API_TOKEN");
    const char *const secrets[] = {token == NULL ? "" : token + 5, "jo@example.org", "olene", "98765", "uthorization"};
    static char text[100000];
    FILE *file = fopen(path, "rb");
    size_t at, size = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    CHECK(size > 1000 && size < sizeof text - 1 && strstr(text, "\"forms.create\"") != NULL);
    for (at = 0; at < sizeof secrets / sizeof *secrets; ++at)
        CHECK(strstr(text, secrets[at]) == NULL);
    if (file != NULL)
        fclose(file);
}

static void recorded_and_played(void) {
    penbox_config *config = NULL;
    penbox_client *live = POISON(penbox_client), *played;
    penbox_error *error = POISON(penbox_error);
    penbox_recording *recording;
    char recorded[1000], seen[1000];
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_page_size(config, 2) == PENBOX_OK);
    CHECK(penbox_recording_record(place("all.jsonl"), config, &live, &error) == PENBOX_OK && error == NULL);
    run(live, recorded);
    penbox_client_free(live);
    holds_nobody(place("all.jsonl"));
    recording = recording_of(place("all.jsonl"));
    /* Three forms, two pages, a file to and fro, and one that is not there. */
    CHECK(penbox_recording_left(recording) == 8);
    played = player_of(recording);
    run(played, seen);
    CHECK_TEXT(seen, recorded);
    CHECK(penbox_recording_left(recording) == 0);
    penbox_client_free(played);
    penbox_recording_free(recording);
    CHECK(penbox_recording_record(place("no/folder"), config, &live, &error) == PENBOX_ERROR_FILE && live == NULL);
    penbox_error_free(error);
    penbox_config_free(config);
    /* Without a token nothing is made, and what is there stays. */
    config = penbox_config_new();
    CHECK(penbox_recording_record(place("all.jsonl"), config, &live, NULL) == PENBOX_ERROR_CONFIG && live == NULL);
    holds_nobody(place("all.jsonl"));
    penbox_config_free(config);
}

static void python_played(const char *path) {
    penbox_recording *recording = recording_of(path);
    penbox_client *client = player_of(recording);
    char seen[1000];
    run(client, seen);
    CHECK(penbox_recording_left(recording) == 0);
    penbox_client_free(client);
    penbox_recording_free(recording);
}

static void limit_played(void) {
    penbox_recording *recording = recording_of(written("limited.jsonl", LIMITED FORM LIMITED));
    penbox_client *client = player_of(recording);
    penbox_options *once = penbox_options_new();
    penbox_params *params = params_of("{\"id\": \"a\"}");
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    const time_t begun = time(NULL);
    CHECK(penbox_options_set_max_attempts(once, 1) == PENBOX_OK);
    /* The client has the answers, whoever frees the recording. */
    penbox_recording_free(recording);
    CHECK(penbox_forms_get(client, params, NULL, &form, NULL) == PENBOX_OK);
    CHECK(penbox_value_attempts(form) == 2);
    penbox_value_free(form);
    CHECK(penbox_forms_get(client, params, once, &form, &error) == PENBOX_ERROR_RATE_LIMIT);
    CHECK(penbox_error_retry_after_ms(error) == 60000);
    CHECK(difftime(time(NULL), begun) < 30);
    penbox_error_free(error);
    penbox_params_free(params);
    penbox_options_free(once);
    penbox_client_free(client);
}

static void not_recorded(void) {
    penbox_recording *recording =
        recording_of(written("few.jsonl", FORM FORM LINE("", "/flows", ANSWER("200", "{\"n\":1}"))));
    penbox_client *client = player_of(recording), *second = player_of(recording);
    penbox_params *params = params_of("{\"id\": \"c\"}");
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    CHECK(penbox_cases_get(client, params, NULL, &value, &error) == PENBOX_ERROR_INTERNAL);
    CHECK_TEXT(penbox_error_reason(error), "not_recorded");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(strstr(penbox_error_text(error), "cases.get (GET /cases/c)") != NULL);
    CHECK(strstr(penbox_error_text(error), "forms.get (2), GET /flows (1)") != NULL);
    penbox_error_free(error);
    CHECK(penbox_recording_left(recording) == 3);
    CHECK(penbox_client_request(client, "GET", "/flows", NULL, NULL, -1, NULL, &value, NULL) == PENBOX_OK);
    penbox_value_free(value);
    /* All clients take from the same answers. */
    CHECK(penbox_forms_get(second, params, NULL, &value, NULL) == PENBOX_OK);
    penbox_value_free(value);
    CHECK(penbox_recording_left(recording) == 1);
    penbox_params_free(params);
    penbox_client_free(second);
    penbox_client_free(client);
    penbox_recording_free(recording);
}

/* What the environment says is no matter, also where the settings are those of the environment. */
static void no_environment(void) {
    penbox_recording *recording = recording_of(written("one.jsonl", FORM));
    CHECK(setenv("HTTPS_PROXY", "ftp://proxy.example", 1) == 0);
    penbox_client_free(player_of(recording));
    CHECK(unsetenv("HTTPS_PROXY") == 0);
    penbox_recording_free(recording);
}

static void refused(const char *path, const char *words) {
    penbox_recording *recording = POISON(penbox_recording);
    penbox_error *error = NULL;
    CHECK(penbox_recording_read(path, &recording, &error) == PENBOX_ERROR_FILE && recording == NULL);
    if (strstr(penbox_error_text(error), words) == NULL)
        CHECK_TEXT(penbox_error_text(error), words);
    penbox_error_free(error);
}

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    snprintf(folder, sizeof folder, "%s", arguments[1]);
    recorded_and_played();
    python_played(arguments[2]);
    limit_played();
    not_recorded();
    no_environment();
    refused(written("cut.jsonl", FORM "{\"recording\":1,\"oper"), "line 2: EOF");
    refused(written("newer.jsonl",
                    "{\"recording\":2,\"operation\":\"forms.get\",\"method\":\"GET\",\"path\":\"/forms/a\","
                    "\"answer\":" ANSWER("200", "{}") "}\n"),
            "line 1: the format's version is 2");
    refused(written("binary", "\xff\xfe"), "UTF-8");
    refused(folder, "no regular file");
    refused(place("none"), "is no recording");
    CHECK(penbox_recording_left(NULL) == 0);
    penbox_recording_free(NULL);
    return report();
}
