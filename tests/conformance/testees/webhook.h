/* Deliveries of webhooks, given to a verifier. */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include <penbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The settings of a verifier that are texts, numbers and lists. */
static const struct {
    const char *pointer;
    penbox_status (*set)(penbox_verifier_config *, const char *);
} TEXTS[] = {{"/method", penbox_verifier_config_set_method},
             {"/issuer", penbox_verifier_config_set_issuer},
             {"/keys_url", penbox_verifier_config_set_keys_url},
             {"/keys", penbox_verifier_config_set_keys}};
static const struct {
    const char *pointer;
    penbox_status (*set)(penbox_verifier_config *, uint64_t);
} TIMES[] = {{"/leeway_ms", penbox_verifier_config_set_leeway_ms},
             {"/timeout_ms", penbox_verifier_config_set_timeout_ms}};

/* The algorithms of a list, separated by commas. */
static size_t set_algorithms(penbox_verifier_config *config, const penbox_value *names) {
    char text[256] = "";
    size_t i;
    if (names == NULL)
        return 0;
    for (i = 0; i < penbox_value_size(names, ""); ++i)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : ",",
                 penbox_value_string(penbox_value_at(names, i), ""));
    penbox_verifier_config_set_algorithms(config, text);
    return 1;
}

static penbox_verifier_config *settings_of(const penbox_value *settings) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    bool remembers = false;
    int64_t time = 0;
    size_t i, known = set_algorithms(config, penbox_value_get(settings, "/algorithms"));
    for (i = 0; i < sizeof TEXTS / sizeof *TEXTS; ++i)
        if (penbox_value_string(settings, TEXTS[i].pointer) != NULL) {
            ++known;
            TEXTS[i].set(config, penbox_value_string(settings, TEXTS[i].pointer));
        }
    for (i = 0; i < sizeof TIMES / sizeof *TIMES; ++i)
        if (penbox_value_int64(settings, TIMES[i].pointer, &time)) {
            ++known;
            TIMES[i].set(config, (uint64_t)time);
        }
    if (penbox_value_bool(settings, "/remember_deliveries", &remembers)) {
        ++known;
        penbox_verifier_config_set_remember_deliveries(config, remembers);
    }
    if (known != penbox_value_size(settings, "")) {
        fputs("an unknown setting of a verifier\n", stderr);
        exit(2);
    }
    return config;
}

static penbox_headers *headers_of(const penbox_value *pairs) {
    penbox_headers *headers = penbox_headers_new();
    size_t i;
    for (i = 0; i < penbox_value_size(pairs, ""); ++i) {
        const penbox_value *pair = penbox_value_at(pairs, i);
        size_t name_size = 0, value_size = 0;
        const char *name = penbox_value_string_view(pair, "/0", &name_size);
        const char *value = penbox_value_string_view(pair, "/1", &value_size);
        penbox_headers_add_bytes(headers, name, name_size, value, value_size);
    }
    return headers;
}

/* Gives a verifier the delivery of a line; `value` is the event of an unwrap. */
static penbox_status deliver(const char *method, const penbox_verifier *verifier, const penbox_headers *headers,
                             const penbox_value *webhook, penbox_value **value, penbox_error **error) {
    size_t size = 0;
    const uint8_t *body = (const uint8_t *)penbox_value_string_view(webhook, "/body", &size);
    if (strcmp(method, "unwrap") == 0)
        return penbox_verifier_unwrap(verifier, headers, body, size, value, error);
    if (strcmp(method, "forget") == 0)
        return penbox_verifier_forget(verifier, headers, error);
    return penbox_verifier_verify(verifier, headers, body, size, error);
}

/* The same after what is called before it, with a new verifier. */
static penbox_status receive(const char *method, const penbox_value *webhook, FILE *out, penbox_error **error) {
    const penbox_value *before = penbox_value_get(webhook, "/before");
    penbox_verifier_config *config = settings_of(penbox_value_get(webhook, "/settings"));
    penbox_headers *headers = headers_of(penbox_value_get(webhook, "/headers"));
    penbox_verifier *verifier = NULL;
    penbox_value *value = NULL;
    penbox_status status = penbox_verifier_new(penbox_value_string(webhook, "/url"), config, &verifier, error);
    size_t i;
    for (i = 0; status == PENBOX_OK && i < penbox_value_size(before, ""); ++i) {
        deliver(penbox_value_string(penbox_value_at(before, i), ""), verifier, headers, webhook, &value, NULL);
        penbox_value_free(value);
        value = NULL;
    }
    if (status == PENBOX_OK)
        status = deliver(method, verifier, headers, webhook, &value, error);
    fputs(value == NULL ? "null" : penbox_value_json(value), out);
    penbox_value_free(value);
    penbox_verifier_free(verifier);
    penbox_headers_free(headers);
    penbox_verifier_config_free(config);
    return status;
}

#endif
