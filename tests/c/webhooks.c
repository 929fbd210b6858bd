/* Deliveries of webhooks: what is accepted, and the reason of each refusal. The arguments are the address of the receiver, the
 * issuer, and a folder with deliveries of the sandbox: NAME.head and NAME.body. */
#include "webhook.h"

#include <limits.h>

static char head[40000], body[40000];

static size_t read_file(const char *folder, const char *name, const char *end, char *text, size_t size) {
    char path[1100];
    FILE *file;
    size_t count;
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, end);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    count = fread(text, 1, size, file);
    fclose(file);
    CHECK(count < size);
    return count;
}

/* The headers of lines "Name: value", as a server has them that does not copy a request. */
static penbox_headers *headers_of(const char *lines, size_t size) {
    penbox_headers *headers = penbox_headers_new();
    const char *line = lines;
    while (line < lines + size) {
        const char *colon = memchr(line, ':', size - (size_t)(line - lines));
        const char *end = memchr(line, '\n', size - (size_t)(line - lines));
        CHECK(penbox_headers_add_bytes(headers, line, (size_t)(colon - line), colon + 2, (size_t)(end - colon - 2)) ==
              PENBOX_OK);
        line = end + 1;
    }
    return headers;
}

static penbox_verifier *verifier_for(const char *url, const char *issuer) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    CHECK(penbox_verifier_config_set_issuer(config, issuer) == PENBOX_OK);
    return verifier_of(url, config);
}

static void each_tampering_has_its_reason(const penbox_verifier *verifier, const char *folder) {
    static const char *const table[][2] = {
        {"none", ""},
        {"body", "digest"},
        {"digest", "digest"},
        {"digest_header", "digest"},
        {"digest_missing", "digest_missing"},
        {"signature", "signature"},
        {"signature_missing", "signature_missing"},
        {"signature_twice", "header"},
        {"other_key", "signature"},
        {"unknown_kid", "unknown_key"},
        {"audience", "audience"},
        {"issuer", "issuer"},
        {"method", "method"},
        {"expired", "expired"},
        {"not_yet", "not_yet"},
        {"claim_type", "malformed"},
        {"alg_none", "algorithm"},
        {"hmac", "algorithm"},
        {"critical", "critical"},
        {"malformed", "malformed"},
        {"huge_header", "header"},
    };
    size_t at;
    for (at = 0; at < sizeof table / sizeof *table; ++at) {
        const size_t head_size = read_file(folder, table[at][0], "head", head, sizeof head);
        const size_t body_size = read_file(folder, table[at][0], "body", body, sizeof body);
        penbox_headers *headers = headers_of(head, head_size);
        penbox_error *error = POISON(penbox_error);
        penbox_status status;
        CHECK_TEXT(refusal(verifier, headers, body, body_size), table[at][1]);
        status = penbox_verifier_verify(verifier, headers, (const uint8_t *)body, body_size, &error);
        CHECK(status == (*table[at][1] == '\0' ? PENBOX_OK : PENBOX_ERROR_WEBHOOK));
        CHECK(status == PENBOX_OK ? error == NULL : !penbox_error_retryable(error));
        penbox_error_free(error);
        penbox_headers_free(headers);
    }
}

static void the_event_is_read(const penbox_verifier *verifier, const char *folder) {
    const size_t head_size = read_file(folder, "none", "head", head, sizeof head);
    const size_t body_size = read_file(folder, "none", "body", body, sizeof body);
    penbox_headers *headers = headers_of(head, head_size);
    penbox_value *event = POISON(penbox_value);
    CHECK(penbox_verifier_unwrap(verifier, headers, (const uint8_t *)body, body_size, &event, NULL) == PENBOX_OK);
    /* The value has a text of its own. */
    memset(body, 'x', body_size);
    CHECK(penbox_event_has(event, "responses:completed") && penbox_event_has(event, "responses:created"));
    CHECK(!penbox_event_has(event, "responses:complete") && !penbox_event_has(event, "") &&
          !penbox_event_has(event, NULL) && !penbox_event_has(NULL, "responses:completed"));
    CHECK_TEXT(penbox_value_string(event, "/data/type"), "responses");
    CHECK_TEXT(penbox_value_string(event, "/request/user/email"), "john@example.com");
    CHECK_TEXT(penbox_value_string(event, "/request/status"), "completed");
    CHECK(penbox_value_http_status(event) == 0);
    penbox_headers_free(headers);
    penbox_value_free(event);
}

static void an_event_is_any_object(void) {
    static const char *const without[] = {"{}",
                                          "{\"events\": null}",
                                          "{\"events\": \"a\"}",
                                          "{\"events\": {\"a\": \"a\"}}",
                                          "{\"events\": [1, null, [\"a\"]]}",
                                          "\"a\"",
                                          "[\"a\"]"};
    penbox_value *event = NULL;
    size_t at;
    for (at = 0; at < sizeof without / sizeof *without; ++at) {
        CHECK(penbox_value_from_json(without[at], &event, NULL) == PENBOX_OK);
        CHECK(!penbox_event_has(event, "a"));
        penbox_value_free(event);
    }
}

/* What the settings say, each against a delivery that differs in it. */
static void a_setting_counts(void) {
    penbox_verifier_config *config = pinned();
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    penbox_verifier_free(verifier);
    verifier = verifier_of(DELIVERY_URL "/", pinned());
    CHECK_TEXT(refusal_of_delivery(verifier), "audience");
    penbox_verifier_free(verifier);
    config = pinned();
    CHECK(penbox_verifier_config_set_method(config, "PUT") == PENBOX_OK);
    verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "method");
    penbox_verifier_free(verifier);
    config = pinned();
    CHECK(penbox_verifier_config_set_issuer(config, "https://connect.penbox.io") == PENBOX_OK);
    verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "issuer");
    penbox_verifier_free(verifier);
    config = pinned();
    CHECK(penbox_verifier_config_set_algorithms(config, "ES256, RS384,RS512") == PENBOX_OK);
    verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "algorithm");
    penbox_verifier_free(verifier);
    /* The last value counts. */
    config = pinned();
    CHECK(penbox_verifier_config_set_algorithms(config, "ES256") == PENBOX_OK);
    CHECK(penbox_verifier_config_set_algorithms(config, "RS512, RS256") == PENBOX_OK);
    CHECK(penbox_verifier_config_set_leeway_ms(config, 0) == PENBOX_OK);
    verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    penbox_verifier_free(verifier);
}

/* A verifier that cannot be made: the words of the message, and the reason. The settings are freed. */
static void is_refused(const char *url, penbox_verifier_config *config, const char *words, const char *reason) {
    penbox_verifier *verifier = POISON(penbox_verifier);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_verifier_new(url, config, &verifier, &error) == PENBOX_ERROR_CONFIG && verifier == NULL);
    if (strstr(penbox_error_text(error), words) == NULL)
        CHECK_TEXT(penbox_error_text(error), words);
    CHECK_TEXT(penbox_error_reason(error), reason);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    penbox_verifier_config_free(config);
}

static penbox_verifier_config *with(penbox_status (*set)(penbox_verifier_config *, const char *), const char *value) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    CHECK(set(config, value) == PENBOX_OK);
    return config;
}

static penbox_verifier_config *with_ms(penbox_status (*set)(penbox_verifier_config *, uint64_t), uint64_t value) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    CHECK(set(config, value) == PENBOX_OK);
    return config;
}

static void bad_settings_are_refused(void) {
    /* An RSA key of 1,024 bits. */
    static const char weak[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCUDf7U/GkXDcuGXmGbnUPFNHOm\n"
                               "jN2JgBnhQcRGBoyRLwQo5KDsRBYUZNM+G7ZXdITu1z3pPjwGQXlVldboSz4m21yD\n"
                               "jTJRPdScX20I6aa/tVp4sx45JIXZoLKyJwLSC6lpxS+b8fAow/4PqCoTepYFjUGX\n"
                               "zHPYO437hfzIf15QTwIDAQAB\n"
                               "-----END PUBLIC KEY-----\n";
    is_refused("/hooks/penbox", NULL, "does not begin with https://", NULL);
    is_refused("", NULL, "does not begin with https://", NULL);
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_keys, weak), "1024", "weak_key");
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_keys, "{}"), "no public key", NULL);
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_keys_url, "http://keys.example.com/"), "plain http",
               "insecure_http");
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_algorithms, "HS256"), "RS256, ", NULL);
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_algorithms, ""), "RS256, ", NULL);
    is_refused(DELIVERY_URL, with(penbox_verifier_config_set_method, "P T"), "no HTTP method", NULL);
    is_refused(DELIVERY_URL, with_ms(penbox_verifier_config_set_leeway_ms, UINT64_MAX), "longer than a day", NULL);
    is_refused(DELIVERY_URL, with_ms(penbox_verifier_config_set_timeout_ms, 0),
               "the verifier's timeout must be a duration from 1 ms", NULL);
    is_refused(DELIVERY_URL, with_ms(penbox_verifier_config_set_timeout_ms, UINT64_MAX), "the verifier's timeout",
               NULL);
}

/* Headers as servers have them, and what is no header. */
static void headers_are_as_servers_have_them(void) {
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, pinned());
    penbox_headers *headers = headers_of_delivery();
    const uint8_t *delivered = (const uint8_t *)DELIVERY_BODY;
    const size_t size = sizeof DELIVERY_BODY - 1;
    CHECK_TEXT(refusal(verifier, headers, delivered, size - 1), "digest");
    CHECK_TEXT(refusal(verifier, headers, NULL, 0), "digest");
    /* A body that cannot be is refused before it is read. */
    CHECK_TEXT(refusal(verifier, headers, NULL, size), "invalid_argument");
    CHECK_TEXT(refusal(verifier, headers, delivered, SIZE_MAX), "invalid_argument");
    CHECK(penbox_headers_add_bytes(headers, "x", 1, NULL, 0) == PENBOX_OK);
    CHECK(penbox_headers_add_bytes(headers, "\xff\0", 2, "\xfe\0", 2) == PENBOX_OK);
    CHECK(penbox_headers_add_bytes(headers, NULL, 0, "x", 1) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_headers_add_bytes(headers, "x", 1, NULL, 1) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_headers_add_bytes(headers, "x", SIZE_MAX, "x", 1) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_headers_add(headers, "", "x") == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(refusal(verifier, headers, delivered, size), "");
    CHECK(penbox_headers_add(headers, "DIGEST", DELIVERY_DIGEST) == PENBOX_OK);
    CHECK_TEXT(refusal(verifier, headers, delivered, size), "header");
    /* The handle serves the next request; a header that a look-up does not find is missing. */
    penbox_headers_clear(headers);
    CHECK_TEXT(refusal(verifier, headers, delivered, size), "signature_missing");
    CHECK(penbox_headers_add(headers, "X-PNBX-SIGNATURE", DELIVERY_SIGNATURE) == PENBOX_OK);
    CHECK(penbox_headers_add(headers, "Digest", getenv("HTTP_DIGEST")) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK_TEXT(refusal(verifier, headers, delivered, size), "digest_missing");
    penbox_headers_free(headers);
    penbox_verifier_free(verifier);
}

int main(int count, char **arguments) {
    penbox_verifier *verifier;
    if (count != 4)
        return 2;
    verifier = verifier_for(arguments[1], arguments[2]);
    each_tampering_has_its_reason(verifier, arguments[3]);
    the_event_is_read(verifier, arguments[3]);
    penbox_verifier_free(verifier);
    an_event_is_any_object();
    a_setting_counts();
    bad_settings_are_refused();
    headers_are_as_servers_have_them();
    penbox_headers_clear(NULL);
    penbox_headers_free(NULL);
    penbox_verifier_free(NULL);
    penbox_verifier_config_free(NULL);
    CHECK(penbox_verifier_config_clone(NULL) == NULL);
    return report();
}
