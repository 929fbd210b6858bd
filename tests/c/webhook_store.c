/* The replay guard: in memory, and in a store by functions of the program's. */
#include "webhook.h"

#include <sys/wait.h>
#include <unistd.h>

/* A store of one id, what it does, and what it saw. */
static struct store {
    char id[64];
    uint64_t lifetime_ms;
    int64_t adds, removes; /* what the functions return instead of their work, where it is not 0 */
    const char *text;
    penbox_verifier *frees;
    penbox_headers *frees_headers;
    int added, removed, freed;
} store;

static int64_t failure(int64_t result, char *reason, size_t size) {
    CHECK(size == 1024);
    if (store.text != NULL)
        memcpy(reason, store.text, strlen(store.text));
    return result;
}

static int64_t add(void *user, const char *id, uint64_t lifetime_ms, char *reason, size_t size) {
    CHECK(user == &store);
    ++store.added;
    CHECK(strlen(id) == 43 && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == 43);
    store.lifetime_ms = lifetime_ms;
    penbox_verifier_free(store.frees);
    penbox_headers_free(store.frees_headers);
    store.frees = NULL;
    store.frees_headers = NULL;
    if (store.adds != 0)
        return failure(store.adds, reason, size);
    if (strcmp(store.id, id) == 0)
        return 0;
    strcpy(store.id, id);
    return 1;
}

static int64_t take_out(void *user, const char *id, char *reason, size_t size) {
    CHECK(user == &store);
    ++store.removed;
    if (store.removes != 0)
        return failure(store.removes, reason, size);
    if (strcmp(store.id, id) == 0)
        *store.id = '\0';
    return 0;
}

static void on_free(void *user) {
    CHECK(user == &store);
    ++store.freed;
}

static penbox_verifier_config *remembering(void) {
    penbox_verifier_config *config = pinned();
    CHECK(penbox_verifier_config_set_remember_deliveries(config, true) == PENBOX_OK);
    return config;
}

static penbox_verifier_config *stored(void) {
    penbox_verifier_config *config = pinned();
    memset(&store, 0, sizeof store);
    CHECK(penbox_verifier_config_set_store(config, add, take_out, &store, on_free) == PENBOX_OK);
    return config;
}

static penbox_status forget(const penbox_verifier *verifier, penbox_error **error) {
    penbox_headers *headers = headers_of_delivery();
    const penbox_status status = penbox_verifier_forget(verifier, headers, error);
    penbox_headers_free(headers);
    return status;
}

static penbox_status verify(const penbox_verifier *verifier) {
    penbox_headers *headers = headers_of_delivery();
    const penbox_status status =
        penbox_verifier_verify(verifier, headers, (const uint8_t *)DELIVERY_BODY, sizeof DELIVERY_BODY - 1, NULL);
    penbox_headers_free(headers);
    return status;
}

/* A child has accepted nothing yet. */
static void a_child_begins_anew(void) {
    /* For valgrind: it is not lost in the child, which never frees it. */
    static penbox_verifier *verifier;
    pid_t child;
    int status = -1;
    verifier = verifier_of(DELIVERY_URL, remembering());
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    child = fork();
    if (child == 0) {
        const bool is_new = *refusal_of_delivery(verifier) == '\0';
        _exit(is_new && strcmp(refusal_of_delivery(verifier), "replayed") == 0 ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK_TEXT(refusal_of_delivery(verifier), "replayed");
    penbox_verifier_free(verifier);
}

static void remembered_in_memory(void) {
    penbox_verifier_config *config = remembering(), *copy = penbox_verifier_config_clone(config);
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, config), *other = verifier_of(DELIVERY_URL, copy);
    penbox_headers *none = penbox_headers_new();
    penbox_error *error = NULL;
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    CHECK_TEXT(refusal_of_delivery(verifier), "replayed");
    CHECK(verify(verifier) == PENBOX_OK && verify(verifier) == PENBOX_OK);
    /* Each has a memory of its own. */
    CHECK_TEXT(refusal_of_delivery(other), "");
    CHECK(forget(verifier, NULL) == PENBOX_OK && forget(verifier, NULL) == PENBOX_OK);
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    CHECK(penbox_verifier_forget(verifier, none, &error) == PENBOX_ERROR_WEBHOOK);
    CHECK_TEXT(penbox_error_reason(error), "signature_missing");
    penbox_error_free(error);
    penbox_headers_free(none);
    penbox_verifier_free(other);
    penbox_verifier_free(verifier);
    /* Without a guard a repeat is accepted. */
    config = remembering();
    CHECK(penbox_verifier_config_set_remember_deliveries(config, false) == PENBOX_OK);
    verifier = verifier_of(DELIVERY_URL, config);
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    CHECK(forget(verifier, NULL) == PENBOX_OK);
    penbox_verifier_free(verifier);
}

static void remembered_in_a_store(void) {
    penbox_verifier_config *config = stored(), *copy = penbox_verifier_config_clone(config);
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, config), *other = verifier_of(DELIVERY_URL, copy);
    penbox_headers *headers = headers_of_delivery();
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    /* Its token has no end: it is remembered for a day. */
    CHECK(store.lifetime_ms == 24 * 60 * 60 * 1000);
    CHECK_TEXT(refusal_of_delivery(other), "replayed");
    CHECK(forget(other, NULL) == PENBOX_OK && store.removed == 1);
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    CHECK(verify(verifier) == PENBOX_OK && store.added == 3);
    /* What is refused for another reason is not remembered. */
    CHECK_TEXT(refusal(verifier, headers, "{}", 2), "digest");
    CHECK(store.added == 3);
    penbox_headers_free(headers);
    penbox_verifier_free(other);
    CHECK(store.freed == 0);
    penbox_verifier_free(verifier);
    CHECK(store.freed == 1);
}

/* A store that fails, by what it returns and the text that it wrote: what the error says. */
static void fails(int64_t adds, int64_t removes, const char *text, const char *words) {
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, stored());
    penbox_headers *headers = headers_of_delivery();
    penbox_value *event = POISON(penbox_value);
    penbox_error *error = NULL;
    penbox_status status;
    store.adds = adds;
    store.removes = removes;
    store.text = text;
    status = adds == 0 ? penbox_verifier_forget(verifier, headers, &error)
                       : penbox_verifier_unwrap(verifier, headers, (const uint8_t *)DELIVERY_BODY,
                                                sizeof DELIVERY_BODY - 1, &event, &error);
    CHECK(status == PENBOX_ERROR_WEBHOOK && (adds == 0 || event == NULL));
    CHECK_TEXT(penbox_error_reason(error), "replay_store");
    CHECK(penbox_error_retryable(error));
    if (strstr(penbox_error_message(error), words) == NULL)
        CHECK_TEXT(penbox_error_message(error), words);
    penbox_error_free(error);
    /* Later it works. */
    store.adds = 0;
    CHECK_TEXT(refusal_of_delivery(verifier), "");
    penbox_headers_free(headers);
    penbox_verifier_free(verifier);
    CHECK(store.freed == 1);
}

static void a_store_may_fail(void) {
    fails(-4, 0, "away", "the replay guard failed: away");
    fails(-2, 0, "away", "the replay guard failed: aw");
    fails(-1, 0, NULL, "it gave no reason");
    fails(2, 0, NULL, "it gave no reason");
    fails(-1025, 0, "away", "it gave no reason");
    fails(INT64_MIN, 0, "away", "it gave no reason");
    fails(INT64_MAX, 0, "away", "it gave no reason");
    fails(-4, 0, "a\xff\nb", "a");
    fails(0, -4, "away", "the replay guard failed: away");
    fails(0, 1, "away", "it gave no reason");
}

static void a_store_may_free_its_verifier(void) {
    penbox_headers *headers = headers_of_delivery();
    penbox_verifier *verifier = verifier_of(DELIVERY_URL, stored());
    store.frees = verifier;
    store.frees_headers = headers;
    CHECK_TEXT(refusal(verifier, headers, DELIVERY_BODY, sizeof DELIVERY_BODY - 1), "");
    CHECK(store.added == 1 && store.freed == 1);
}

static void a_store_is_freed_once(void) {
    penbox_verifier_config *config = stored();
    CHECK(penbox_verifier_config_set_store(config, NULL, take_out, &store, on_free) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_verifier_config_set_store(config, add, NULL, &store, on_free) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(penbox_verifier_config_set_store(NULL, add, take_out, &store, on_free) == PENBOX_ERROR_INVALID_ARGUMENT);
    CHECK(store.freed == 0);
    CHECK(penbox_verifier_config_set_store(config, add, take_out, &store, on_free) == PENBOX_OK);
    CHECK(store.freed == 1);
    CHECK(penbox_verifier_config_set_remember_deliveries(config, true) == PENBOX_OK);
    CHECK(store.freed == 2);
    CHECK(penbox_verifier_config_set_store(config, add, take_out, &store, NULL) == PENBOX_OK);
    penbox_verifier_config_free(config);
    CHECK(store.freed == 2);
}

int main(void) {
    remembered_in_memory();
    a_child_begins_anew();
    remembered_in_a_store();
    a_store_may_fail();
    a_store_may_free_its_verifier();
    a_store_is_freed_once();
    return report();
}
