/* The bytes of one input, and what is drawn from them. When they are used up, all is zero. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const uint8_t *input, *input_end;

static uint8_t next_byte(void) {
    return input < input_end ? *input++ : 0;
}

/* A promise was broken: libFuzzer takes the abort for a find. */
static void broken(const char *function, const char *what) {
    fprintf(stderr, "%s: %s\n", function, what);
    abort();
}

static int64_t draw_number(void) {
    static const int64_t table[] = {0,     1,         -1,        2,          100,       101,
                                    65536, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN};
    uint8_t byte = next_byte();
    return byte < 128 ? table[byte % COUNT(table)] : (int64_t)next_byte() << (byte & 31);
}

static double draw_double(void) {
    static const double table[] = {0, -0.0, 0.5, -1, 1e308, -1e308, 5e-324, 9007199254740993.0};
    double zero = table[0];
    uint8_t byte = next_byte();
    switch (byte) {
    case 255:
        return zero / zero;
    case 254:
        return 1 / zero;
    default:
        return table[byte % COUNT(table)];
    }
}

/* What a call is given lives only as long as the call: what it needs longer it has to copy. */
static char *loans[16];
static size_t loan_count;

static char *lend(const void *bytes, size_t size) {
    char *loan = malloc(size > 0 ? size : 1);
    if (loan == NULL || loan_count == COUNT(loans))
        broken("lend", "no room");
    memcpy(loan, bytes, size);
    loans[loan_count++] = loan;
    return loan;
}

static void take_back(void) {
    while (loan_count > 0)
        free(loans[--loan_count]);
}

/* The next bytes as they are, without those after the first zero where they are text. */
static const char *draw_raw(size_t most, bool is_text, size_t *size) {
    char raw[256] = {0};
    size_t count = next_byte() % (most + 1);
    for (size_t at = 0; at < count; ++at)
        raw[at] = (char)next_byte();
    if (is_text)
        count = strlen(raw) + 1;
    if (size != NULL)
        *size = count;
    return lend(raw, count);
}

static const char *draw_of(const char *const *table, size_t count) {
    uint8_t byte = next_byte();
    const char *text;
    if (byte >= 192)
        return draw_raw(byte == 255 ? 200 : 12, true, NULL);
    if (byte % 16 == 15)
        return NULL;
    text = byte % 16 == 14 ? "\xff\xfe" : table[byte % count];
    return lend(text, strlen(text) + 1);
}

static const char *draw_json(void) {
    static const char *const table[] = {
        "{}",
        "{\"id\": \"a\", \"slug\": \"s\", \"step_key\": \"k\", \"name\": \"n\"}",
        "{\"flow\": {\"slug\": \"x\"}, \"user\": {\"email\": \"j@example.com\"}}",
        "[1, \"two\", true, null, {\"a\": [{}, []]}]",
        "null",
        "\"a\\u0000b\"",
        "{\"timeout_ms\": 5, \"max_attempts\": 2, \"headers\": {\"x-a\": \"b\"}, \"query\": {\"q\": [\"1\"]}}",
        "{\"attachments\": [{\"id\": \"x\"}], \"fields\": [{\"name\": \"x\", \"type\": \"text\"}]}",
        "{\"ids\": [\"a\", \"b\"], \"page_size\": 1}",
        "{\"a\": 1e999, \"b\": -9223372036854775809, \"c\": 0.1}",
        "{\"a\": 1,",
        "",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    };
    return draw_of(table, COUNT(table));
}

static const char *draw_pointer(void) {
    static const char *const table[] = {"",
                                        "/id",
                                        "/data",
                                        "/data/0",
                                        "/data/0/id",
                                        "/flow/-",
                                        "/a/b",
                                        "/meta/~0/~1",
                                        "/user/name",
                                        "x",
                                        "/0",
                                        "/data/-1",
                                        "/data/18446744073709551616",
                                        "/"};
    return draw_of(table, COUNT(table));
}

static const char *draw_name(void) {
    static const char *const table[] = {"id",
                                        "content-type",
                                        "authorization",
                                        "X-Request-Id",
                                        "page",
                                        "a b",
                                        "",
                                        "user-agent",
                                        "filter[a]",
                                        "content-length",
                                        "\n",
                                        "host",
                                        "accept-encoding"};
    return draw_of(table, COUNT(table));
}

static const char *draw_value_text(void) {
    static const char *const table[] = {"a",
                                        "",
                                        "x y\r\nz: 1",
                                        "100/min, 1000/h",
                                        "http://127.0.0.1:1",
                                        "https://u:p@127.0.0.1:1/v1",
                                        "prod",
                                        "none.pem",
                                        "\xc3\xa9\xf0\x9f\x98\x80",
                                        "*",
                                        "10.0.0.0/8",
                                        "0/s"};
    return draw_of(table, COUNT(table));
}

static const char *draw_method(void) {
    static const char *const table[] = {"GET", "POST", "put", "HEAD", "DELETE", "", "G T", "CONNECT", "\n"};
    return draw_of(table, COUNT(table));
}

static const char *draw_address(void) {
    static const char *const table[] = {
        "/forms",   "/requests", "forms", "//a/b", "/a/../b", "/a?b=c", "https://127.0.0.1:1/",
        "/%2e%2e/", "",          "/a\nb", "/a#b",  "/\xff"};
    return draw_of(table, COUNT(table));
}

#endif
