/* A page through libpenbox. */
#include "bench.h"

#include <penbox.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const bench_input *input;
    penbox_client *client;
} ours;

static const char *const FIELDS[] = {"/id", "/created_at", "/status", "/user/email", "/links/fill"};

static size_t read_form(const penbox_value *form) {
    size_t sum = 0;
    for (size_t field = 0; field < sizeof FIELDS / sizeof *FIELDS; ++field) {
        size_t length = 0;
        penbox_value_string_view(form, FIELDS[field], &length);
        sum += length;
    }
    return sum;
}

static size_t read_page(const penbox_value *page) {
    const penbox_value *forms = penbox_value_get(page, "/data");
    size_t sum = 0;
    const size_t count = penbox_value_size(forms, "");
    for (size_t index = 0; index < count; ++index)
        sum += read_form(penbox_value_at(forms, index));
    return sum;
}

void *ours_start(const bench_input *input) {
    ours *state = calloc(1, sizeof *state);
    penbox_config *config = penbox_config_new();
    penbox_error *error = NULL;
    char token[64];
    if (state == NULL || config == NULL)
        return NULL;
    state->input = input;
    snprintf(token, sizeof token, "pnbx_%048d", 0);
    penbox_config_set_token(config, token);
    penbox_config_set_base_url(config, input->url);
    if (penbox_client_new(config, &state->client, &error) != PENBOX_OK) {
        fprintf(stderr, "%s\n", penbox_error_message(error));
        exit(1);
    }
    penbox_config_free(config);
    return state;
}

size_t ours_page(void *state) {
    penbox_value *page = NULL;
    size_t sum = 0;
    if (penbox_forms_list(((ours *)state)->client, NULL, NULL, &page, NULL) == PENBOX_OK)
        sum = read_page(page);
    penbox_value_free(page);
    return sum;
}

size_t ours_pager(void *state) {
    penbox_pager *pager = NULL;
    penbox_value *form = NULL;
    size_t sum = 0;
    if (penbox_forms_list_pager(((ours *)state)->client, NULL, NULL, &pager, NULL) != PENBOX_OK)
        return 0;
    while (penbox_pager_next(pager, &form, NULL) == PENBOX_OK && form != NULL) {
        sum += read_form(form);
        penbox_value_free(form);
    }
    penbox_pager_free(pager);
    return sum;
}

size_t ours_decode(void *state) {
    penbox_value *page = NULL;
    size_t sum = 0;
    if (penbox_value_from_json(((ours *)state)->input->page, &page, NULL) == PENBOX_OK)
        sum = read_page(page);
    penbox_value_free(page);
    return sum;
}

void ours_end(void *state) {
    penbox_client_free(((ours *)state)->client);
    free(state);
}
