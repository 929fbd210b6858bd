/* Writes the forms made since a date, drafts left out, to a CSV file. Needs PENBOX_API_TOKEN.
 *     export_csv [date or moment in UTC [file]] */
#include "example.h"

#include <stdlib.h>

static const char *const PLACES[] = {"/id",         "/created_at",      "/status",    "/flow/slug",
                                     "/user/email", "/user/given_name", "/user/phone"};
enum { COLUMNS = sizeof PLACES / sizeof PLACES[0] };

/* A cell in quotes. No spreadsheet takes for a formula what a contact typed. */
static void write_cell(FILE *out, const char *cell) {
    fputc('"', out);
    if (*cell != '\0' && strchr("=+-@\t\r", *cell) != NULL)
        fputc('\'', out);
    for (; *cell != '\0'; ++cell) {
        if (*cell == '"')
            fputc('"', out);
        fputc(*cell, out);
    }
    fputc('"', out);
}

static void write_row(FILE *out, const penbox_value *form) {
    size_t i;
    for (i = 0; i < COLUMNS; ++i) {
        write_cell(out, text(form, PLACES[i]));
        fputs(i + 1 < COLUMNS ? "," : "\r\n", out);
    }
}

/* How many forms were written, or -1. One page of them at a time is held. */
static long write_forms(const penbox_client *client, const char *since, FILE *out) {
    penbox_params *params = penbox_params_new();
    penbox_pager *pager = NULL;
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    long count = 0;

    penbox_params_set_string(params, "/filter/attributes/created_at/$ge", since);
    penbox_params_set_string(params, "/filter/attributes/status/$ne", "draft");
    /* Oldest first: what is made meanwhile moves no page. */
    penbox_params_set_string(params, "/sort", "+created_at");
    fputs("\"id\",\"created_at\",\"status\",\"template\",\"email\",\"given_name\",\"phone\"\r\n", out);
    status = penbox_forms_list_pager(client, params, NULL, &pager, &error);
    while (status == PENBOX_OK && (status = penbox_pager_next(pager, &form, &error)) == PENBOX_OK && form != NULL) {
        write_row(out, form);
        penbox_value_free(form);
        ++count;
    }
    penbox_pager_free(pager);
    penbox_params_free(params);
    return failed(status, error) ? -1 : count;
}

int main(int argc, char **argv) {
    const char *since = argument(argc, argv, 1, "2024-01-01");
    const char *path = argument(argc, argv, 2, "forms.csv");
    char unfinished[4096];
    penbox_client *client = client_from_env();
    FILE *out;
    long count;
    bool written;

    if (client == NULL)
        return EXIT_FAILURE;
    snprintf(unfinished, sizeof unfinished, "%s.part", path);
    out = fopen(unfinished, "wb");
    if (out == NULL) {
        perror(unfinished);
        penbox_client_free(client);
        return EXIT_FAILURE;
    }
    count = write_forms(client, since, out);
    penbox_client_free(client);
    written = !ferror(out);
    written = fclose(out) == 0 && written;
    if (count < 0)
        return EXIT_FAILURE;
    if (!written || rename(unfinished, path) != 0) {
        perror(path);
        return EXIT_FAILURE;
    }
    printf("wrote %ld forms to %s\n", count, path);
    return EXIT_SUCCESS;
}
