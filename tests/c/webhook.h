/* Verifiers and deliveries for the programs of this folder. */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include "check.h"
#include "delivery.h"

/* Settings with the key of the delivery in delivery.h. */
static inline penbox_verifier_config *pinned(void) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    CHECK(penbox_verifier_config_set_keys(config, DELIVERY_KEY) == PENBOX_OK);
    return config;
}

/* A verifier of these settings, which are freed. */
static inline penbox_verifier *verifier_of(const char *url, penbox_verifier_config *config) {
    penbox_verifier *verifier = POISON(penbox_verifier);
    penbox_error *error = POISON(penbox_error);
    if (penbox_verifier_new(url, config, &verifier, &error) != PENBOX_OK) {
        fprintf(stderr, "%s\n", penbox_error_text(error));
        exit(2);
    }
    CHECK(error == NULL);
    penbox_verifier_config_free(config);
    return verifier;
}

/* The headers of that delivery, among others. */
static inline penbox_headers *headers_of_delivery(void) {
    penbox_headers *headers = penbox_headers_new();
    CHECK(penbox_headers_add(headers, "Content-Type", "application/json") == PENBOX_OK);
    CHECK(penbox_headers_add(headers, "digest", DELIVERY_DIGEST) == PENBOX_OK);
    CHECK(penbox_headers_add(headers, "X-Pnbx-Signature", DELIVERY_SIGNATURE) == PENBOX_OK);
    return headers;
}

/* What a verifier says of a body with these headers: the reason, the kind of an error without one, "" for success. */
static inline const char *refusal(const penbox_verifier *verifier, const penbox_headers *headers, const void *body,
                                  size_t size) {
    static char reason[100];
    penbox_value *event = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    const penbox_status status = penbox_verifier_unwrap(verifier, headers, body, size, &event, &error);
    const char *found = penbox_error_reason(error);
    CHECK((status == PENBOX_OK) == (event != NULL) && (status == PENBOX_OK) == (error == NULL));
    if (found == NULL && error != NULL)
        found = penbox_error_kind(error);
    snprintf(reason, sizeof reason, "%s", found == NULL ? "" : found);
    penbox_value_free(event);
    penbox_error_free(error);
    return reason;
}

/* The same for the delivery in delivery.h. */
static inline const char *refusal_of_delivery(const penbox_verifier *verifier) {
    penbox_headers *headers = headers_of_delivery();
    const char *reason = refusal(verifier, headers, DELIVERY_BODY, sizeof DELIVERY_BODY - 1);
    penbox_headers_free(headers);
    return reason;
}

#endif
