/* A page through libcurl, one easy handle that is reused, and cJSON. */
#include "bench.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const bench_input *input;
    CURL *curl;
    struct curl_slist *headers;
    char *body;
    size_t length, capacity;
    char url[256];
} peer;

static size_t text(const cJSON *object, const char *name) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return value == NULL ? 0 : strlen(value);
}

static size_t read_page(const char *json, size_t length) {
    cJSON *page = cJSON_ParseWithLength(json, length);
    const cJSON *form;
    size_t sum = 0;
    cJSON_ArrayForEach(form, cJSON_GetObjectItemCaseSensitive(page, "data")) {
        sum += text(form, "id") + text(form, "created_at") + text(form, "status");
        sum += text(cJSON_GetObjectItemCaseSensitive(form, "user"), "email");
        sum += text(cJSON_GetObjectItemCaseSensitive(form, "links"), "fill");
    }
    cJSON_Delete(page);
    return sum;
}

static size_t receive(char *bytes, size_t size, size_t count, void *into) {
    peer *state = into;
    const size_t length = size * count;
    if (state->length + length > state->capacity) {
        const size_t capacity = 2 * (state->length + length);
        char *body = realloc(state->body, capacity);
        if (body == NULL)
            return 0;
        state->body = body;
        state->capacity = capacity;
    }
    memcpy(state->body + state->length, bytes, length);
    state->length += length;
    return length;
}

void *peer_start(const bench_input *input) {
    peer *state = calloc(1, sizeof *state);
    char header[128];
    if (state == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return NULL;
    state->input = input;
    state->curl = curl_easy_init();
    snprintf(header, sizeof header, "Authorization: Bearer pnbx_%048d", 0);
    state->headers = curl_slist_append(state->headers, header);
    state->headers = curl_slist_append(state->headers, "Accept: application/json");
    snprintf(state->url, sizeof state->url, "%s/forms?page%%5Bnumber%%5D=1&page%%5Bsize%%5D=100&sort=-created_at",
             input->url);
    curl_easy_setopt(state->curl, CURLOPT_URL, state->url);
    curl_easy_setopt(state->curl, CURLOPT_HTTPHEADER, state->headers);
    curl_easy_setopt(state->curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(state->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(state->curl, CURLOPT_TIMEOUT_MS, 60000L);
    curl_easy_setopt(state->curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(state->curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(state->curl, CURLOPT_WRITEDATA, state);
    return state;
}

size_t peer_page(void *state) {
    peer *self = state;
    long status = 0;
    self->length = 0;
    if (curl_easy_perform(self->curl) != CURLE_OK)
        return 0;
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? read_page(self->body, self->length) : 0;
}

size_t peer_decode(void *state) {
    peer *self = state;
    return read_page(self->input->page, self->input->length);
}

void peer_end(void *state) {
    peer *self = state;
    curl_easy_cleanup(self->curl);
    curl_slist_free_all(self->headers);
    curl_global_cleanup();
    free(self->body);
    free(self);
}
