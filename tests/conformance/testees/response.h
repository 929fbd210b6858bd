/* Requests that no function of their own makes, and the HTTP side of results. */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "cancel.h"

#include <stdio.h>
#include <string.h>

/* A part of the line's parameters as parameters; NULL where there is none. */
static penbox_status params_of(const penbox_value *line, const char *pointer, penbox_params **out,
                               penbox_error **error) {
    const penbox_value *part = penbox_value_get(line, pointer);
    *out = NULL;
    if (part == NULL)
        return PENBOX_OK;
    return penbox_params_from_json(penbox_value_json(part), out, error);
}

static penbox_status request(const penbox_client *client, const penbox_value *line, penbox_options *options,
                             penbox_value **value, penbox_error **error) {
    const penbox_value *headers = penbox_value_get(line, "/params/headers");
    penbox_params *query = NULL, *body = NULL;
    const char *method = penbox_value_string(line, "/params/method"), *path = penbox_value_string(line, "/params/path");
    bool safe = false;
    const int is_said = penbox_value_bool(line, "/params/safe", &safe);
    penbox_status status = params_of(line, "/params/query", &query, error);
    size_t i;
    for (i = 0; i < penbox_value_size(headers, ""); ++i)
        penbox_options_set_header(options, penbox_value_key(headers, i),
                                  penbox_value_string(penbox_value_at(headers, i), ""));
    if (status == PENBOX_OK)
        status = params_of(line, "/params/body", &body, error);
    if (status == PENBOX_OK)
        status = penbox_client_request(client, method == NULL ? "" : method, path == NULL ? "" : path, query, body,
                                       is_said ? safe : -1, options, value, error);
    penbox_params_free(query);
    penbox_params_free(body);
    return status;
}

/* A text as JSON. The texts of the cases have no control characters. */
static void quoted(const char *text, FILE *out) {
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; ++text)
        fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('"', out);
}

/* An error with its line for a shell. */
static void tell_error(const penbox_error *error, FILE *out) {
    const char *json = penbox_error_json(error);
    fprintf(out, "%.*s,\"curl\":", (int)strlen(json) - 1, json);
    quoted(penbox_error_curl(error), out);
    fputs("}", out);
}

/* A result, with its HTTP side where the line asks for that. */
static void tell(const penbox_value *line, const penbox_value *value, FILE *out) {
    const penbox_value *names = penbox_value_get(line, WITH_RESPONSE);
    size_t i;
    if (names == NULL) {
        fputs(penbox_value_json(value), out);
        return;
    }
    fprintf(out,
            "{\"data\":%s,\"status\":%d,\"attempts\":%u,\"from_cache\":%s,\"request_id\":", penbox_value_json(value),
            penbox_value_http_status(value), (unsigned)penbox_value_attempts(value),
            penbox_value_age_ms(value) >= 0 ? "true" : "false");
    quoted(penbox_value_request_id(value), out);
    fputs(",\"headers\":{", out);
    for (i = 0; i < penbox_value_size(names, ""); ++i) {
        const char *name = penbox_value_string(penbox_value_at(names, i), "");
        fprintf(out, "%s\"%s\":", i == 0 ? "" : ",", name);
        quoted(penbox_value_header(value, name), out);
    }
    fputs("}}", out);
}

#endif
