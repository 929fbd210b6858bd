/* An input is a program: a sequence of calls of the functions of penbox.h, in any order, with anything that the header's rules
 * allow. calls.inc, which is made from the header, draws the arguments of each function and looks at what it gives. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "webhooks.h"

/* Calls of one program. */
#define MOST_CALLS 64

static int64_t reads(void *user, uint8_t *buffer, size_t size) {
    size_t count = size < 1000 ? size : 1000;
    if (user != &passes)
        broken("penbox_read_callback", "another user");
    meddle();
    if (++passes > 3)
        return (how & 4) != 0 ? -1 : 0;
    memset(buffer, 'x', count);
    return (how & 8) != 0 ? (int64_t)size + 1 : (int64_t)count;
}

/* Of a source of 3,000 bytes that is where it says, or one that tells anything. */
static int64_t seeks(void *user, int64_t offset, int32_t whence) {
    const int64_t begin = whence == 0 ? 0 : whence == 1 ? (int64_t)passes * 1000 : 3000;
    if (user != &passes)
        broken("penbox_seek_callback", "another user");
    if (whence < 0 || whence > 2)
        broken("penbox_seek_callback", "an unknown place to count from");
    meddle();
    if ((how & 16) != 0)
        return (how & 32) != 0 ? INT64_MAX : -1;
    passes = (int)((begin + offset) / 1000);
    return begin + offset;
}

static bool writes(void *user, const uint8_t *bytes, size_t size) {
    if (user != &passes)
        broken("penbox_write_callback", "another user");
    meddle();
    while (size > 0)
        touched ^= bytes[--size];
    return (how & 4) == 0;
}

static bool watches(void *user, uint64_t moved, int64_t total) {
    if (user != &passes)
        broken("penbox_progress_callback", "another user");
    if (total >= 0 && (how & 8) == 0 && moved > (uint64_t)total)
        broken("penbox_progress_callback", "more than all");
    meddle();
    return (how & 16) == 0 || moved < 500;
}

static penbox_read_callback any_read(void) {
    return next_byte() % 16 == 15 ? NULL : reads;
}

static penbox_seek_callback any_seek(void) {
    return next_byte() % 16 == 15 ? NULL : seeks;
}

static penbox_write_callback any_write(void) {
    return next_byte() % 16 == 15 ? NULL : writes;
}

static penbox_progress_callback any_progress(void) {
    return next_byte() % 2 == 1 ? NULL : watches;
}

/* A token, none, or what is no token. */
static int64_t gives(void *user, char *buffer, size_t size) {
    static const char token[] = "pnbx_given";
    uint8_t byte = next_byte();
    (void)user;
    if (byte % 4 == 0)
        return -1;
    if (byte % 4 == 1)
        return 0;
    if (size < sizeof token)
        return (int64_t)sizeof token;
    memcpy(buffer, token, sizeof token - 1);
    return (int64_t)(sizeof token - (byte % 4 == 2 ? 1 : 7));
}

static penbox_token_provider any_provider(void) {
    return next_byte() % 8 == 7 ? NULL : gives;
}

/* What any hook may do: fail with any number, tell a text, and call the library for the same client. */
static int64_t ends_hook(const penbox_value *event, char *reason, size_t size) {
    if (penbox_value_type(event, "") != PENBOX_TYPE_OBJECT)
        broken("a hook", "the event is no object");
    meddle();
    if ((how & 128) != 0 && client_count > 0) {
        penbox_value *stats = NULL;
        if (penbox_client_stats(clients[0], &stats, NULL) != PENBOX_OK)
            broken("a hook", "no stats");
        penbox_value_free(stats);
    }
    if ((how & 24) == 8) {
        memset(reason, '\xff', size);
        return (how & 1) != 0 ? -(int64_t)size : INT64_MIN;
    }
    return (how & 24) == 16 ? 1 : 0;
}

static int64_t hooks(void *user, const penbox_value *event, penbox_options *headers, char *reason, size_t size) {
    if (user != &passes)
        broken("penbox_request_hook", "another user");
    if ((how & 32) != 0)
        penbox_options_set_header(headers, (how & 4) != 0 ? "authorization" : "x-trace", (how & 2) != 0 ? SECRET : "1");
    if ((how & 36) == 4)
        penbox_options_set_fresh(headers, 1);
    return ends_hook(event, reason, size);
}

static int64_t sees(void *user, const penbox_value *event, char *reason, size_t size) {
    if (user != &passes)
        broken("penbox_event_hook", "another user");
    return ends_hook(event, reason, size);
}

static penbox_request_hook any_request_hook(void) {
    return next_byte() % 8 == 7 ? NULL : hooks;
}

static penbox_event_hook any_event_hook(void) {
    return next_byte() % 8 == 7 ? NULL : sees;
}

static void logs(void *user, penbox_log_level level, const char *line) {
    if (user != &passes)
        broken("penbox_log_callback", "another user");
    if (level < PENBOX_LOG_ERROR || level > PENBOX_LOG_DEBUG)
        broken("penbox_log_callback", "an unknown level");
    if (strstr(line, SECRET) != NULL)
        broken("penbox_log_callback", "shows the token");
    meddle();
}

static penbox_log_callback any_log(void) {
    return next_byte() % 8 == 7 ? NULL : logs;
}

/* In the present folder: it is an empty one. */
static const char *draw_source(void) {
    static const char *const table[] = {"/dev/null", ".", "none", "", "kept"};
    uint8_t byte = next_byte();
    return byte % 8 == 7 ? NULL : table[byte % COUNT(table)];
}

static const char *draw_target(void) {
    static const char *const table[] = {"kept", "new", ".", "none/new", "", "\xff\xfe"};
    uint8_t byte = next_byte();
    return byte % 8 == 7 ? NULL : table[byte % COUNT(table)];
}

/* By hand: a client that calls is one that was steered; any other is judged, and freed at once. */
static void call_penbox_client_new(void) {
    penbox_config *config = any_config();
    penbox_client *out = POISON(penbox_client);
    penbox_error *err = POISON(penbox_error);
    bool is_steered = next_byte() % 4 != 3, has_out = wants_out(), has_error = wants_error();
    penbox_status status;
    if (is_steered)
        steer(config, next_byte() % 16 == 15 ? "http://127.0.0.1:1/v1" : server_url);
    status = penbox_client_new(config, has_out ? &out : NULL, has_error ? &err : NULL);
    judge("penbox_client_new", status, has_error, err);
    if (!has_out)
        return;
    judge_out("penbox_client_new", status, out);
    if (is_steered)
        keep_client(out);
    else
        penbox_client_free(out);
}

/* By hand: what is recorded is nobody's, and the client is steered, for it calls. */
static void call_penbox_recording_record(void) {
    penbox_config *config = any_config();
    const char *recorded = next_byte() % 8 == 7 ? "none/new" : "/dev/null";
    penbox_client *out = POISON(penbox_client);
    penbox_error *err = POISON(penbox_error);
    bool has_out = wants_out(), has_error = wants_error();
    penbox_status status;
    steer(config, server_url);
    status = penbox_recording_record(recorded, config, has_out ? &out : NULL, has_error ? &err : NULL);
    judge("penbox_recording_record", status, has_error, err);
    if (!has_out)
        return;
    judge_out("penbox_recording_record", status, out);
    keep_client(out);
}

/* By hand: the client is freed at once, for a call that was not recorded is PENBOX_ERROR_INTERNAL, which is no fault. */
static void call_penbox_recording_client(void) {
    const penbox_recording *recording = any_recording();
    penbox_config *config = any_config();
    penbox_client *out = POISON(penbox_client);
    penbox_error *err = POISON(penbox_error);
    bool has_out = wants_out(), has_error = wants_error();
    penbox_status status;
    status = penbox_recording_client(recording, config, has_out ? &out : NULL, has_error ? &err : NULL);
    judge("penbox_recording_client", status, has_error, err);
    if (!has_out)
        return;
    judge_out("penbox_recording_client", status, out);
    penbox_client_free(out);
}

/* By hand: it ends where its length says. */
static void call_penbox_value_string_view(void) {
    const penbox_value *value = any_value_or_part();
    const char *pointer = draw_pointer(), *text;
    size_t length = (size_t)-1;
    bool has_length = (how & 3) != 3;
    text = penbox_value_string_view(value, pointer, has_length ? &length : NULL);
    if (text != NULL && has_length)
        keep_bytes("penbox_value_string_view", value, text, length);
}

struct call {
    uint16_t code;
    const char *name;
    void (*run)(void);
};

#include "calls.inc"

/* How often each function was called. */
static unsigned long called[COUNT(CALLS)];

/* The function of a code, or the next one: what is added to the header leaves most codes where they are. */
static size_t index_of(unsigned code) {
    size_t at = 0;
    while (at < COUNT(CALLS) && CALLS[at].code < code)
        ++at;
    return at % COUNT(CALLS);
}

/* One handle of most kinds, so that any function can be the first. */
static void prepare(void) {
    penbox_config *config = penbox_config_new();
    penbox_params *params = NULL;
    penbox_value *value = NULL;
    penbox_client *client = NULL;
    steer(config, server_url);
    if (penbox_client_new(config, &client, NULL) != PENBOX_OK ||
        penbox_params_from_json("{\"id\": \"a\"}", &params, NULL) != PENBOX_OK ||
        penbox_value_from_json("{\"id\": \"a\", \"data\": [{\"id\": \"1\", \"n\": 5}, 1.5, true]}", &value, NULL) !=
            PENBOX_OK)
        broken("prepare", "does not work");
    keep_config(config);
    keep_client(client);
    keep_params(params);
    keep_value(value);
    keep_options(penbox_options_new());
    keep_cancel(penbox_cancel_new());
    keep_headers(penbox_headers_new());
    keep_verifier_config(penbox_verifier_config_new());
}

static void run_program(const uint8_t *bytes, size_t size) {
    int calls = 0;
    start_server();
    input = bytes;
    input_end = bytes + size;
    requests = 0;
    if (next_byte() % 8 != 7)
        prepare();
    while (input < input_end && calls++ < MOST_CALLS) {
        unsigned code = next_byte();
        size_t at = index_of(code << 8 | next_byte());
        how = next_byte();
        ++called[at];
        CALLS[at].run();
        take_back();
    }
    free_all();
}

#endif
