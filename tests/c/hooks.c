/* The hooks of a client: what they see, what their failures do, and what they may call. */
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

/* What the hooks do, and what they saw. */
static struct plan {
    penbox_client *client;
    const char *header, *value;
    const char *request_fails, *others_fail, *alert_fails;
    bool sets_fresh, calls, closes, forks;
    int requests, responses, retries, alerts, freed;
    int64_t attempt, http_status;
} plan;

static int64_t failure(const char *text, char *reason, size_t size) {
    size_t length = text == NULL ? 0 : strlen(text);
    CHECK(length <= size && size == 1024);
    if (text == NULL)
        return 0;
    memcpy(reason, text, length);
    return length == 0 ? 1 : -(int64_t)length;
}

static void get(const penbox_client *client, penbox_status expected, penbox_value **form, penbox_error **error) {
    penbox_params *params = NULL;
    penbox_params_from_json("{\"id\": \"a\"}", &params, NULL);
    CHECK(penbox_forms_get(client, params, NULL, form, error) == expected);
    penbox_params_free(params);
}

static void get_form(const penbox_client *client) {
    penbox_value *form = NULL;
    get(client, PENBOX_OK, &form, NULL);
    penbox_value_free(form);
}

/* The child has counts of its own. It ends here: what it would go on with is its parent's. */
static void in_child(const penbox_client *client) {
    pid_t child = fork();
    int status = -1;
    if (child == 0) {
        penbox_value *stats = NULL;
        int64_t calls = -1;
        bool good = penbox_client_stats(client, &stats, NULL) == PENBOX_OK &&
                    penbox_value_int64(stats, "/calls", &calls) && calls == 0;
        _exit(good ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static int64_t on_request(void *user, const penbox_value *event, penbox_options *headers, char *reason, size_t size) {
    CHECK(user == &plan);
    ++plan.requests;
    CHECK_TEXT(penbox_value_string(event, "/operation"), "forms.get");
    CHECK_TEXT(penbox_value_string(event, "/method"), "GET");
    CHECK_TEXT(penbox_value_string(event, "/path"), "/forms/{id}");
    CHECK(penbox_value_int64(event, "/attempt", &plan.attempt));
    if (plan.header != NULL)
        CHECK(penbox_options_set_header(headers, plan.header, plan.value) == PENBOX_OK);
    if (plan.sets_fresh)
        penbox_options_set_fresh(headers, 1);
    if (plan.calls)
        get_form(plan.client);
    if (plan.forks)
        in_child(plan.client);
    if (plan.closes)
        penbox_client_close(plan.client);
    return failure(plan.request_fails, reason, size);
}

static int64_t on_response(void *user, const penbox_value *event, char *reason, size_t size) {
    double elapsed = -1;
    CHECK(user == &plan);
    ++plan.responses;
    CHECK(penbox_value_double(event, "/elapsed_ms", &elapsed) && elapsed > 0 && elapsed < 60000);
    if (!penbox_value_int64(event, "/http_status", &plan.http_status))
        plan.http_status = 0; /* the attempt that a hook's close held back */
    CHECK(penbox_value_is_null(event, "/error") == (plan.http_status == 200));
    return failure(plan.others_fail, reason, size);
}

static int64_t on_retry(void *user, const penbox_value *event, char *reason, size_t size) {
    double wait = -1;
    CHECK(user == &plan);
    ++plan.retries;
    CHECK(penbox_value_double(event, "/wait_ms", &wait) && wait >= 0);
    CHECK_TEXT(penbox_value_string(event, "/error"), "server");
    return failure(plan.others_fail, reason, size);
}

static int64_t on_alert(void *user, const penbox_value *event, char *reason, size_t size) {
    int64_t count = 0;
    CHECK(user == &plan);
    ++plan.alerts;
    CHECK_TEXT(penbox_value_string(event, "/rule"), "refusals");
    CHECK(penbox_value_int64(event, "/count", &count) && count == 5 && penbox_value_is_null(event, "/usual"));
    CHECK(strstr(penbox_value_string(event, "/message"), "5 answers") != NULL);
    return failure(plan.alert_fails, reason, size);
}

static void on_free(void *user) {
    CHECK(user == &plan);
    ++plan.freed;
}

/* A client with all four hooks. Its settings are freed already, and so is a copy of them. */
static penbox_client *hooked(void) {
    penbox_config *config = NULL, *copy;
    memset(&plan, 0, sizeof plan);
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_on_request(config, on_request, &plan, on_free) == PENBOX_OK);
    CHECK(penbox_config_set_on_response(config, on_response, &plan, on_free) == PENBOX_OK);
    CHECK(penbox_config_set_on_retry(config, on_retry, &plan, on_free) == PENBOX_OK);
    CHECK(penbox_config_set_on_alert(config, on_alert, &plan, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_on_alert(config, NULL, &plan, on_free) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_config_set_on_request(NULL, on_request, &plan, on_free) == PENBOX_ERROR_INVALID_ARGUMENT);
    copy = penbox_config_clone(config);
    CHECK(penbox_client_new(config, &plan.client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    penbox_config_free(copy);
    CHECK(plan.freed == 0);
    return plan.client;
}

static void ends(penbox_client *client) {
    penbox_client_free(client);
    CHECK(plan.freed == 3);
}

static int64_t stat_of(const penbox_client *client, const char *pointer) {
    penbox_value *stats = NULL;
    int64_t found = -1;
    CHECK(penbox_client_stats(client, &stats, NULL) == PENBOX_OK && penbox_value_int64(stats, pointer, &found));
    penbox_value_free(stats);
    return found;
}

static void see_each_attempt(void) {
    penbox_client *client = hooked();
    penbox_value *form = NULL;
    plan.header = "x-trace";
    plan.value = "4bf9";
    get(client, PENBOX_OK, &form, NULL);
    CHECK_TEXT(penbox_value_header(form, "x-echo"), "4bf9");
    penbox_value_free(form);
    CHECK(plan.requests == 2 && plan.responses == 2 && plan.retries == 1 && plan.attempt == 2);
    CHECK(plan.http_status == 200 && stat_of(client, "/hook_errors") == 0);
    ends(client);
}

/* The call's error has the reason, without what looks like a token. */
static void end_a_call(void) {
    penbox_client *client = hooked();
    penbox_value *form = POISON(penbox_value);
    penbox_error *error = NULL;
    plan.request_fails = "it only reads pnbx_c2VjcmV0LW9mLW1pc3VzZS5j";
    get(client, PENBOX_ERROR_CANCELLED, &form, &error);
    CHECK(form == NULL && plan.requests == 1 && plan.responses == 0);
    CHECK_TEXT(penbox_error_reason(error), "hook");
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(strstr(penbox_error_message(error), "it only reads") != NULL);
    CHECK(strstr(penbox_error_json(error), "c2VjcmV0") == NULL);
    penbox_error_free(error);
    plan.request_fails = "";
    get(client, PENBOX_ERROR_CANCELLED, &form, &error);
    CHECK(strstr(penbox_error_message(error), "no reason") != NULL);
    penbox_error_free(error);
    plan.request_fails = NULL;
    plan.sets_fresh = true;
    get(client, PENBOX_ERROR_CANCELLED, &form, &error);
    CHECK_TEXT(penbox_error_reason(error), "hook");
    penbox_error_free(error);
    plan.sets_fresh = false;
    plan.header = "Authorization";
    plan.value = "x";
    get(client, PENBOX_ERROR_INVALID_ARGUMENT, &form, &error);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    penbox_error_free(error);
    CHECK(stat_of(client, "/attempts") == 0);
    ends(client);
}

static void fail_without_effect(void) {
    penbox_client *client = hooked();
    plan.others_fail = "broken";
    get_form(client);
    CHECK(plan.responses == 2 && plan.retries == 1 && stat_of(client, "/hook_errors") == 3);
    ends(client);
}

static void call_the_client(void) {
    penbox_client *client = hooked();
    plan.calls = true;
    get_form(client);
    CHECK(plan.requests == 1 && plan.responses == 1 && stat_of(client, "/calls") == 2);
    plan.calls = false;
    plan.forks = true;
    get_form(client);
    CHECK(plan.requests == 2 && stat_of(client, "/calls") == 3);
    ends(client);
}

static void close_the_client(void) {
    penbox_client *client = hooked();
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    plan.closes = true;
    get(client, PENBOX_ERROR_CLOSED, &form, &error);
    CHECK_TEXT(penbox_error_outcome(error), "not_sent");
    CHECK(plan.responses == 1 && plan.http_status == 0);
    penbox_error_free(error);
    ends(client);
}

static void alert_once(void) {
    penbox_client *client = hooked();
    penbox_value *form = NULL, *stats = NULL;
    int call;
    /* Its failure is counted, and changes nothing for the calls. */
    plan.alert_fails = "the pager is away";
    for (call = 0; call < 6; ++call)
        get(client, PENBOX_ERROR_AUTHENTICATION, &form, NULL);
    CHECK(plan.alerts == 1 && stat_of(client, "/alerts") == 1 && stat_of(client, "/hook_errors") == 1);
    CHECK(penbox_client_stats(client, &stats, NULL) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(stats, "/unusual/0"), "refusals");
    penbox_value_free(stats);
    ends(client);
}

int main(void) {
    see_each_attempt();
    end_a_call();
    fail_without_effect();
    call_the_client();
    close_the_client();
    alert_once();
    return report();
}
