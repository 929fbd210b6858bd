/* The C testee of tests/conformance: calls the named function for each line of stdin, and answers with a line. */
#define _POSIX_C_SOURCE 200809L
#include "around.h"
#include "cancel.h"
#include "files.h"
#include "response.h"
#include "second.h"
#include "webhook.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

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

/* The items of a list, which is gone on with after so many errors. */
static penbox_status walk(penbox_pager *pager, int64_t resume, FILE *out, penbox_error **error) {
    penbox_value *item = NULL;
    penbox_status status;
    const char *before = "[";
    while ((status = penbox_pager_next(pager, &item, error)) == PENBOX_OK ? item != NULL : resume-- > 0) {
        if (status != PENBOX_OK) {
            penbox_error_free(*error);
            *error = NULL;
            continue;
        }
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

/* The client that makes the next calls without settings. */
static penbox_client *kept = NULL;

static penbox_status client_of(const penbox_value *line, penbox_client **client, penbox_error **error) {
    penbox_config *config = NULL;
    penbox_status status;
    if (penbox_value_get(line, "/settings") == NULL) {
        *client = kept;
        kept = NULL;
        return PENBOX_OK;
    }
    if (penbox_value_get(line, "/settings/from_env") == NULL)
        status = penbox_config_from_json(part(line, "/settings"), &config, error);
    else
        status = penbox_config_from_env(&config, error);
    if (status == PENBOX_OK)
        status = provide(line, config);
    if (status == PENBOX_OK)
        status = penbox_client_new(config, client, error);
    penbox_config_free(config);
    return status;
}

struct closing {
    const char *sign;
    penbox_client *client;
    pthread_t thread;
};

/* Closes the client as soon as this file is there. */
static void *close_when(void *argument) {
    const struct closing *closing = argument;
    const struct timespec pause = {0, 2000000};
    while (access(closing->sign, F_OK) != 0)
        nanosleep(&pause, NULL);
    penbox_client_close(closing->client);
    return NULL;
}

static penbox_status call_line(const penbox_value *line, FILE *out, FILE *told, penbox_error **error) {
    const char *id = penbox_value_string(line, "/operation");
    const struct operation *operation = id == NULL ? NULL : named(id);
    bool keep = false, fresh = false;
    int64_t resume = 0, again = 0;
    penbox_params *params = NULL;
    penbox_options *options = NULL;
    penbox_client *client = NULL;
    penbox_pager *pager = NULL;
    penbox_value *value = NULL;
    struct closing closing = {penbox_value_string(line, "/close_when"), NULL, 0};
    struct timer *timer = NULL;
    penbox_status status = client_of(line, &client, error);
    if (id == NULL) {
        fputs("null", out);
        penbox_client_free(client);
        return status;
    }
    closing.client = client;
    if (closing.sign != NULL)
        pthread_create(&closing.thread, NULL, close_when, &closing);
    if (status == PENBOX_OK)
        status = penbox_params_from_json(part(line, "/params"), &params, error);
    if (status == PENBOX_OK)
        status = penbox_options_from_json(own_options(line), &options, error);
    if (status == PENBOX_OK)
        timer = cancel_after(line, options);
    if (penbox_value_bool(line, "/options/fresh", &fresh) && status == PENBOX_OK)
        penbox_options_set_fresh(options, fresh);
    penbox_value_int64(line, AGAIN, &again);
    if (status == PENBOX_OK && (strcmp(id, "request") == 0 || strcmp(id, "check") == 0)) {
        const struct one_call call = {id, NULL, client, params, options, line};
        status = call_and_tell(&call, &value, out, error);
    } else if (status == PENBOX_OK && operation == NULL) {
        if (is_into_memory(line))
            penbox_options_set_into_memory(options, 1);
        status = move(client, params, options, line, told, &value, error);
        if (status == PENBOX_OK)
            tell(line, value, out);
    } else if (status == PENBOX_OK && operation->list != NULL) {
        penbox_value_int64(line, RESUME, &resume);
        status = operation->list(client, params, options, &pager, error);
        status = status == PENBOX_OK ? walk(pager, resume, out, error) : status;
    } else if (status == PENBOX_OK) {
        for (; again > 0 && status == PENBOX_OK; --again) {
            status = operation->call(client, params, options, &value, error);
            penbox_value_free(value);
            value = NULL;
        }
        if (status == PENBOX_OK) {
            const struct one_call call = {id, operation->call, client, params, options, line};
            status = call_and_tell(&call, &value, out, error);
        }
    }
    if (closing.sign != NULL)
        pthread_join(closing.thread, NULL);
    stop(timer);
    penbox_value_free(value);
    penbox_options_free(options);
    penbox_params_free(params);
    penbox_value_bool(line, "/keep", &keep);
    if (keep)
        kept = client;
    else
        penbox_client_free(client);
    return status;
}

/* What a line asks for. */
static penbox_status run(const penbox_value *line, FILE *out, FILE *told, penbox_error **error) {
    const penbox_value *webhook = penbox_value_get(line, "/webhook");
    if (webhook != NULL)
        return receive(strchr(penbox_value_string(line, "/operation"), '.') + 1, webhook, out, error);
    if (penbox_value_has(line, "/beside"))
        return change(line, out, error);
    return call_line(line, out, told, error);
}

/* The next line. A signal that comes while there is none is not the end. */
static bool next(char **text, size_t *room) {
    ssize_t length;
    do {
        clearerr(stdin);
        errno = 0;
        length = getline(text, room, stdin);
    } while (length < 0 && errno == EINTR);
    return length > 0;
}

int main(void) {
    char *text = NULL, *result = NULL, *progress = NULL;
    size_t room = 0, length = 0, count = 0, i = 0;
    while (next(&text, &room)) {
        FILE *out = open_memstream(&result, &length), *told = open_memstream(&progress, &count);
        penbox_value *line = NULL;
        penbox_error *error = NULL;
        penbox_status status;
        if (out == NULL || told == NULL || penbox_value_from_json(text, &line, NULL) != PENBOX_OK)
            return 2;
        status = run(line, out, told, &error);
        if (status != PENBOX_OK) {
            /* What was told of a result that failed halfway is void. */
            rewind(out);
            tell_error(error, out);
        }
        fclose(out);
        fclose(told);
        /* Line breaks of the server's own text: between JSON's tokens, where a blank is as good. */
        for (i = 0; i < length; ++i)
            result[i] = result[i] == '\n' || result[i] == '\r' ? ' ' : result[i];
        printf("{\"id\":%s,\"%s\":%s,\"progress\":[%s]}\n", part(line, "/id"), status == PENBOX_OK ? "result" : "error",
               result, progress);
        fflush(stdout);
        free(result);
        free(progress);
        penbox_error_free(error);
        penbox_value_free(line);
    }
    free(text);
    return 0;
}
