/* Sends a form to a contact, waits for the answer and saves it as PDF. Needs PENBOX_API_TOKEN.
 *     collect_pdf [email [template [folder [seconds]]]] */
#define _POSIX_C_SOURCE 200809L
#include "example.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_BETWEEN_QUESTIONS = 2 };

static penbox_value *create_form(const penbox_client *client, const char *template, const char *email) {
    penbox_params *params = penbox_params_new();
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    penbox_params_set_string(params, "/flow/slug", template);
    penbox_params_set_string(params, "/user/email", email);
    status = penbox_forms_create(client, params, NULL, &form, &error);
    penbox_params_free(params);
    /* The SDK does not repeat a create by itself, and neither should you before you looked: the contact could be
     * mailed twice. */
    if (status != PENBOX_OK && may_have_acted(error))
        fprintf(stderr, "the form may exist: look for it before you send another\n");
    return failed(status, error) ? NULL : form;
}

/* Returns the completed response of a form, or NULL. */
static const penbox_value *completed(const penbox_value *form) {
    const penbox_value *responses = penbox_value_get(form, "/responses");
    size_t i;
    for (i = 0; i < penbox_value_size(responses, ""); ++i) {
        const penbox_value *response = penbox_value_at(responses, i);
        if (penbox_value_string(response, "/completed_at") != NULL)
            return response;
    }
    return NULL;
}

/* Asks until the contact has answered, and copies the answer's id. For waits of days there are webhooks. */
static bool wait_for_answer(const penbox_client *client, const char *form_id, int seconds, char *id, size_t size) {
    const time_t deadline = time(NULL) + seconds;
    penbox_params *params = by_id(form_id);
    bool answered = false, over = false;

    while (!answered && !over) {
        penbox_value *form = NULL;
        penbox_error *error = NULL;
        over = failed(penbox_forms_get(client, params, NULL, &form, &error), error);
        answered = completed(form) != NULL;
        if (answered) {
            snprintf(id, size, "%s", text(completed(form), "/id"));
        } else if (strcmp(text(form, "/status"), "declined") == 0) {
            over = true;
            fprintf(stderr, "the contact declined\n");
        } else if (!over && time(NULL) + SECONDS_BETWEEN_QUESTIONS > deadline) {
            over = true;
            fprintf(stderr, "no answer within %d s; the form stays open\n", seconds);
        } else if (!over) {
            sleep(SECONDS_BETWEEN_QUESTIONS);
        }
        penbox_value_free(form);
    }
    penbox_params_free(params);
    return answered;
}

static bool save(const penbox_client *client, const char *id, const char *folder) {
    penbox_params *params = by_id(id);
    penbox_value *file = NULL;
    penbox_error *error = NULL;
    char path[4096];
    penbox_status status;
    int64_t size = 0;

    snprintf(path, sizeof path, "%s/answer-%s.pdf", folder, id);
    status = penbox_responses_download_pdf_file(client, params, NULL, path, false, NULL, NULL, &file, &error);
    penbox_params_free(params);
    if (failed(status, error))
        return false;
    penbox_value_int64(file, "/size", &size);
    printf("saved %s: %lld bytes, SHA-256 %s\n", text(file, "/path"), (long long)size, text(file, "/sha256"));
    penbox_value_free(file);
    return true;
}

int main(int argc, char **argv) {
    const char *email = argument(argc, argv, 1, "john@example.com");
    const char *template = argument(argc, argv, 2, "client-onboarding");
    const char *folder = argument(argc, argv, 3, ".");
    const int seconds = atoi(argument(argc, argv, 4, "600"));
    penbox_client *client = client_from_env();
    penbox_value *form = client == NULL ? NULL : create_form(client, template, email);
    char answer_id[64];
    bool done = false;

    if (form != NULL) {
        printf("created %s\nto be filled in at %s\n", text(form, "/id"), text(form, "/links/fill"));
        printf("waiting for the answer, %d s at most\n", seconds);
        fflush(stdout);
        done = wait_for_answer(client, text(form, "/id"), seconds, answer_id, sizeof answer_id) &&
               save(client, answer_id, folder);
    }
    penbox_value_free(form);
    penbox_client_free(client);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
