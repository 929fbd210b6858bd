/* One call: how it goes, what is looked at after it, and what it may reach. */
#ifndef CALL_H
#define CALL_H

#include "handles.h"
#include "server.h"

/* Calls of one program that may reach the network. */
#define MOST_REQUESTS 12

/* How the present call goes: what of its outputs is NULL, and what its callbacks do. */
static unsigned how;
static int requests;
static int passes;
/* Every byte that is handed out goes in here: it has to be one that may be read. */
static volatile uint8_t touched;

static bool wants_error(void) {
    return (how & 3) != 3;
}

static bool wants_out(void) {
    return (how & 60) != 60;
}

/* Whether a call may be made that reaches the network, and what it will be told. */
static bool may_request(void) {
    uint8_t byte = next_byte();
    answer = byte < 128 ? byte & 1 : byte;
    passes = 0;
    return ++requests <= MOST_REQUESTS;
}

static bool is_outcome(const char *text) {
    static const char *const table[] = {"not_sent", "rejected", "unknown", "done"};
    size_t at = 0;
    while (at < COUNT(table) && strcmp(table[at], text) != 0)
        ++at;
    return at < COUNT(table);
}

static void judge(const char *function, penbox_status status, bool has_error, penbox_error *error) {
    if (status < PENBOX_OK || status > PENBOX_ERROR_SERVER)
        broken(function, "an unknown status");
    if (status == PENBOX_ERROR_INTERNAL)
        broken(function, "a fault of the SDK itself");
    if (!has_error)
        return;
    if ((error != NULL) != (status != PENBOX_OK))
        broken(function, "the error does not go with the status");
    if (error == NULL)
        return;
    if (penbox_error_status(error) != status)
        broken(function, "the error has another status");
    if (penbox_error_kind(error) == NULL || penbox_error_message(error) == NULL || penbox_error_outcome(error) == NULL)
        broken(function, "the error has no kind, message or outcome");
    if (!is_outcome(penbox_error_outcome(error)))
        broken(function, "an unknown outcome");
    keep_text(function, error, penbox_error_json(error));
    keep_error(error);
}

static void judge_out(const char *function, penbox_status status, const void *out) {
    if (status != PENBOX_OK && out != NULL)
        broken(function, "an output without success");
}

/* Limits for a call: the others are those of steer. */
static penbox_options *any_options_of_call(void) {
    penbox_options *options = any_options();
    if (options != NULL)
        penbox_options_set_timeout_ms(options, 100);
    return options;
}

/* What callbacks may do besides their work. */
static void meddle(void) {
    if ((how & 64) != 0 && cancel_count > 0)
        penbox_cancel_trigger(cancels[0]);
    if ((how & 192) == 192 && client_count > 0)
        penbox_client_close(clients[0]);
}

/* Nothing leaves this machine, and nothing waits. */
static void steer(penbox_config *config, const char *url) {
    if (config == NULL)
        return;
    penbox_config_set_base_url(config, url);
    penbox_config_set_token(config, "pnbx_" SECRET);
    penbox_config_set_proxy(config, "");
    penbox_config_set_max_attempts(config, 1);
    penbox_config_set_timeout_ms(config, 100);
    penbox_config_set_read_timeout_ms(config, 100);
    penbox_config_set_max_retry_wait_ms(config, 20);
}

#endif
