/* Verifiers, and the deliveries that they are given. */
#ifndef WEBHOOKS_H
#define WEBHOOKS_H

#include "../../c/delivery.h"
#include "call.h"

/* Takes the id, knows it, or fails with any number and text. It may free what it is called for. */
static int64_t adds(void *user, const char *id, uint64_t lifetime_ms, char *reason, size_t size) {
    if (user != &passes)
        broken("penbox_replay_add", "another user");
    if (strlen(id) != 43 || lifetime_ms == 0)
        broken("penbox_replay_add", "no id, or no time");
    meddle();
    if ((how & 32) != 0)
        penbox_verifier_free(take_verifier());
    if ((how & 24) != 8)
        return (how & 24) == 16 ? 0 : 1;
    memset(reason, '\xff', size);
    return (how & 1) != 0 ? -(int64_t)size : INT64_MIN;
}

static int64_t removes(void *user, const char *id, char *reason, size_t size) {
    if (user != &passes)
        broken("penbox_replay_remove", "another user");
    touched ^= (uint8_t)*id;
    if ((how & 24) != 8)
        return 0;
    memset(reason, 'x', size);
    return (how & 1) != 0 ? -(int64_t)size : 2;
}

static penbox_replay_add any_replay_add(void) {
    return next_byte() % 8 == 7 ? NULL : adds;
}

static penbox_replay_remove any_replay_remove(void) {
    return next_byte() % 8 == 7 ? NULL : removes;
}

/* That of the delivery, or another. */
static const void *draw_body(size_t *size) {
    if (next_byte() % 4 == 3)
        return draw_raw(200, false, size);
    *size = sizeof DELIVERY_BODY - 1;
    return lend(DELIVERY_BODY, *size);
}

/* By hand: keys are fetched from the server of this machine alone, or are those of the delivery. */
static void call_penbox_verifier_new(void) {
    penbox_verifier_config *config = any_verifier_config();
    penbox_config *network = penbox_config_new();
    penbox_verifier *out = POISON(penbox_verifier);
    penbox_error *err = POISON(penbox_error);
    uint8_t byte = next_byte();
    bool has_out = wants_out(), has_error = wants_error(), is_steered = config != NULL && byte % 8 != 7;
    penbox_status status;
    steer(network, server_url);
    if (is_steered) {
        penbox_verifier_config_set_network(config, network);
        penbox_verifier_config_set_keys_url(config, server_url);
        penbox_verifier_config_set_timeout_ms(config, 100);
        if (byte % 4 != 3) {
            penbox_verifier_config_set_keys(config, DELIVERY_KEY);
            penbox_verifier_config_set_algorithms(config, "RS256");
            penbox_verifier_config_set_issuer(config, "https://connect.penbox.io/");
            penbox_verifier_config_set_method(config, "POST");
            penbox_verifier_config_set_leeway_ms(config, 0);
        }
    }
    status = penbox_verifier_new(byte >= 224 ? draw_value_text() : DELIVERY_URL, config, has_out ? &out : NULL,
                                 has_error ? &err : NULL);
    judge("penbox_verifier_new", status, has_error, err);
    penbox_config_free(network);
    if (!has_out)
        return;
    judge_out("penbox_verifier_new", status, out);
    if (is_steered)
        keep_verifier(out);
    else
        penbox_verifier_free(out);
}

/* By hand: the headers of the delivery, and any other with its length. */
static void call_penbox_headers_add_bytes(void) {
    static const char *const names[] = {"Digest", "x-pnbx-signature"};
    static const char *const values[] = {DELIVERY_DIGEST, DELIVERY_SIGNATURE};
    penbox_headers *headers = any_headers();
    uint8_t byte = next_byte();
    size_t name_size, value_size, at = byte % COUNT(names);
    const char *name = names[at], *value = values[at];
    penbox_status status;
    name_size = strlen(name);
    value_size = strlen(value);
    if (byte % 4 == 3)
        value = draw_raw(200, false, &value_size);
    if (byte % 16 == 14)
        name = draw_raw(12, false, &name_size);
    status =
        penbox_headers_add_bytes(headers, byte == 255 ? NULL : name, name_size, byte == 254 ? NULL : value, value_size);
    judge("penbox_headers_add_bytes", status, false, NULL);
}

#endif
