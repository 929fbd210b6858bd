/* What is done around a call: a callback for the token, calls before it, a new token, callers at once, and stats. */
#ifndef AROUND_H
#define AROUND_H

#include "response.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The most callers at once. */
enum { CALLERS = 256 };

typedef penbox_status call_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                    penbox_value **, penbox_error **);

/* One call, which any number of threads may make. */
struct one_call {
    const char *id;
    call_function *function;
    const penbox_client *client;
    const penbox_params *params;
    penbox_options *options;
    const penbox_value *line;
};

static atomic_size_t asked;

/* Gives the tokens of a line in order, the last one again and again; an empty text is a failure. */
static int64_t give_token(void *user, char *buffer, size_t size) {
    const penbox_value *tokens = penbox_value_get(user, "/around/provider");
    const size_t count = penbox_value_size(tokens, ""), at = atomic_fetch_add(&asked, 1);
    const char *token = penbox_value_string(penbox_value_at(tokens, at < count ? at : count - 1), "");
    const int length = token == NULL ? 0 : snprintf(buffer, size, "%s", *token == '\0' ? "the vault is sealed" : token);
    return token != NULL && *token == '\0' ? -length : length;
}

/* Gives the settings the callback of a line that has one. */
static penbox_status provide(const penbox_value *line, penbox_config *config) {
    atomic_store(&asked, 0);
    if (!penbox_value_has(line, "/around/provider"))
        return PENBOX_OK;
    return penbox_config_set_token_provider(config, give_token, (void *)line, NULL);
}

static penbox_status call_it(const struct one_call *call, penbox_value **value, penbox_error **error) {
    if (strcmp(call->id, "request") == 0)
        return request(call->client, call->line, call->options, value, error);
    if (strcmp(call->id, "check") == 0)
        return penbox_client_check(call->client, penbox_value_string(call->line, "/params/workspace"), call->options,
                                   value, error);
    return call->function(call->client, call->params, call->options, value, error);
}

/* A caller of several. */
struct caller {
    const struct one_call *call;
    pthread_t thread;
    penbox_status status;
    penbox_value *value;
    penbox_error *error;
};

static void *call_on_a_thread(void *argument) {
    struct caller *caller = argument;
    caller->status = call_it(caller->call, &caller->value, &caller->error);
    return NULL;
}

/* The result of a call that so many callers make at once, and that comes to the same for each. */
static penbox_status call_at_once(const struct one_call *call, int64_t count, penbox_value **value,
                                  penbox_error **error) {
    static struct caller callers[CALLERS];
    int64_t i;
    if (count > CALLERS)
        exit(2);
    memset(callers, 0, sizeof callers);
    for (i = 0; i < count; ++i) {
        callers[i].call = call;
        if (pthread_create(&callers[i].thread, NULL, call_on_a_thread, &callers[i]) != 0)
            exit(2);
    }
    for (i = 0; i < count; ++i)
        pthread_join(callers[i].thread, NULL);
    for (i = 1; i < count; ++i) {
        if (callers[i].status != callers[0].status)
            exit(2);
        if (callers[i].status == PENBOX_OK &&
            strcmp(penbox_value_json(callers[i].value), penbox_value_json(callers[0].value)) != 0)
            exit(2);
        penbox_value_free(callers[i].value);
        penbox_error_free(callers[i].error);
    }
    *value = callers[0].value;
    *error = callers[0].error;
    return callers[0].status;
}

/* Makes a call, after what is to be done before it. */
static penbox_status call_around(const struct one_call *call, penbox_value **value, penbox_error **error) {
    const char *token = penbox_value_string(call->line, "/around/set_token");
    int64_t before = 0, callers = 0;
    bool clear = false;
    penbox_value_int64(call->line, "/around/before", &before);
    for (; before > 0; --before) {
        call_it(call, value, NULL);
        penbox_value_free(*value);
        *value = NULL;
    }
    if (token != NULL) {
        const penbox_status status = penbox_client_set_token(call->client, token, error);
        if (status != PENBOX_OK)
            return status;
    }
    penbox_value_bool(call->line, "/around/clear_cache", &clear);
    if (clear)
        penbox_client_clear_cache(call->client);
    if (penbox_value_int64(call->line, "/around/at_once", &callers))
        return call_at_once(call, callers, value, error);
    return call_it(call, value, error);
}

/* The calls and the errors of each operation, for times are never the same. */
static void tell_operations(const penbox_value *operations, FILE *out) {
    size_t i;
    fputs("{", out);
    for (i = 0; i < penbox_value_size(operations, ""); ++i) {
        const penbox_value *of = penbox_value_at(operations, i);
        fprintf(out, "%s\"%s\":{\"calls\":%s,", i == 0 ? "" : ",", penbox_value_key(operations, i),
                penbox_value_json(penbox_value_get(of, "/calls")));
        fprintf(out, "\"errors\":%s}", penbox_value_json(penbox_value_get(of, "/errors")));
    }
    fputs("}", out);
}

/* The members of the client's stats that a line asks for. */
static penbox_status tell_stats(const penbox_value *line, const penbox_client *client, FILE *out,
                                penbox_error **error) {
    const penbox_value *names = penbox_value_get(line, "/around/stats");
    penbox_value *stats = NULL;
    const penbox_status status = penbox_client_stats(client, &stats, error);
    size_t i;
    fputs("{", out);
    for (i = 0; i < penbox_value_size(names, ""); ++i) {
        const char *name = penbox_value_string(penbox_value_at(names, i), "");
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/%s", name);
        fprintf(out, "%s\"%s\":", i == 0 ? "" : ",", name);
        if (strcmp(name, "operations") == 0)
            tell_operations(penbox_value_get(stats, pointer), out);
        else
            fputs(penbox_value_json(penbox_value_get(stats, pointer)), out);
    }
    fputs("}", out);
    penbox_value_free(stats);
    return status;
}

/* Whether all is well, and each finding that says otherwise. */
static void tell_check(const penbox_value *report, FILE *out) {
    const penbox_value *findings = penbox_value_get(report, "/findings");
    const char *before = "";
    size_t i;
    fprintf(out, "{\"ok\":%s,\"findings\":[", penbox_value_json(penbox_value_get(report, "/ok")));
    for (i = 0; i < penbox_value_size(findings, ""); ++i) {
        const penbox_value *finding = penbox_value_at(findings, i);
        const char *level = penbox_value_string(finding, "/level");
        if (strcmp(level, "ok") == 0)
            continue;
        fprintf(out, "%s\"%s %s\"", before, level, penbox_value_string(finding, "/id"));
        before = ",";
    }
    fputs("]}", out);
}

/* Makes the call of a line, and tells what came of it. */
static penbox_status call_and_tell(const struct one_call *call, penbox_value **value, FILE *out, penbox_error **error) {
    const penbox_status status = call_around(call, value, error);
    if (penbox_value_has(call->line, "/around/stats")) {
        penbox_error_free(*error);
        *error = NULL;
        return tell_stats(call->line, call->client, out, error);
    }
    if (status == PENBOX_OK && strcmp(call->id, "check") == 0)
        tell_check(*value, out);
    else if (status == PENBOX_OK)
        tell(call->line, *value, out);
    return status;
}

#endif
