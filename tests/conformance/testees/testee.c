/* The C testee of tests/conformance: calls the named function for each line of stdin, and answers with a line. */
#define _POSIX_C_SOURCE 200809L
#include "cancel.h"
#include "files.h"

typedef penbox_status call_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                    penbox_value **, penbox_error **);
typedef penbox_status list_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                    penbox_pager **, penbox_error **);

static const struct operation {
    const char *id;
    call_function *call;
    list_function *list;
} OPERATIONS[] = {
#include "operations.inc"
};

/* The operation of this name; NULL for one that moves a file. */
static const struct operation *named(const char *id) {
    size_t i;
    for (i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; ++i)
        if (strcmp(OPERATIONS[i].id, id) == 0)
            return &OPERATIONS[i];
    return NULL;
}

static penbox_status walk(penbox_pager *pager, FILE *out, penbox_error **error) {
    penbox_value *item = NULL;
    penbox_status status;
    const char *before = "[";
    while ((status = penbox_pager_next(pager, &item, error)) == PENBOX_OK && item != NULL) {
        fprintf(out, "%s%s", before, penbox_value_json(item));
        penbox_value_free(item);
        before = ",";
    }
    fputs(*before == '[' ? "[]" : "]", out);
    penbox_pager_free(pager);
    return status;
}

static const char *part(const penbox_value *line, const char *pointer) {
    return penbox_value_json(penbox_value_get(line, pointer));
}

static penbox_status run(const penbox_value *line, FILE *out, FILE *told, penbox_error **error) {
    const struct operation *operation = named(penbox_value_string(line, "/operation"));
    penbox_config *config = NULL;
    penbox_params *params = NULL;
    penbox_options *options = NULL;
    penbox_client *client = NULL;
    penbox_pager *pager = NULL;
    penbox_value *value = NULL;
    struct timer *timer = NULL;
    penbox_status status = penbox_config_from_json(part(line, "/settings"), &config, error);
    if (status == PENBOX_OK)
        status = penbox_client_new(config, &client, error);
    if (status == PENBOX_OK)
        status = penbox_params_from_json(part(line, "/params"), &params, error);
    if (status == PENBOX_OK)
        status = penbox_options_from_json(own_options(line), &options, error);
    if (status == PENBOX_OK)
        timer = cancel_after(line, options);
    if (status == PENBOX_OK && operation == NULL) {
        status = move(client, params, options, line, told, &value, error);
        fputs(status == PENBOX_OK ? penbox_value_json(value) : "", out);
    } else if (status == PENBOX_OK && operation->list != NULL) {
        status = operation->list(client, params, options, &pager, error);
        status = status == PENBOX_OK ? walk(pager, out, error) : status;
    } else if (status == PENBOX_OK) {
        status = operation->call(client, params, options, &value, error);
        fputs(status == PENBOX_OK ? penbox_value_json(value) : "", out);
    }
    stop(timer);
    penbox_value_free(value);
    penbox_options_free(options);
    penbox_params_free(params);
    penbox_client_free(client);
    penbox_config_free(config);
    return status;
}

int main(void) {
    char *text = NULL, *result = NULL, *progress = NULL;
    size_t room = 0, length = 0, count = 0, i = 0;
    while (getline(&text, &room, stdin) > 0) {
        FILE *out = open_memstream(&result, &length), *told = open_memstream(&progress, &count);
        penbox_value *line = NULL;
        penbox_error *error = NULL;
        penbox_status status;
        if (out == NULL || told == NULL || penbox_value_from_json(text, &line, NULL) != PENBOX_OK)
            return 2;
        status = run(line, out, told, &error);
        fclose(out);
        fclose(told);
        /* Line breaks of the server's own text: between JSON's tokens, where a blank is as good. */
        for (i = 0; i < length; ++i)
            result[i] = result[i] == '\n' || result[i] == '\r' ? ' ' : result[i];
        printf("{\"id\":%s,\"%s\":%s,\"progress\":[%s]}\n", part(line, "/id"), status == PENBOX_OK ? "result" : "error",
               status == PENBOX_OK ? result : penbox_error_json(error), progress);
        fflush(stdout);
        free(result);
        free(progress);
        penbox_error_free(error);
        penbox_value_free(line);
    }
    free(text);
    return 0;
}
