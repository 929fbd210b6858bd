/* Reading values, and how long what was read stays. */
#include "check.h"

static const char TEXT[] =
    "{\"s\": \"text\", \"e\": \"\", \"esc\": \"a\\n\\u00e9\\ud83d\\ude00\", \"nul\": \"a\\u0000b\", "
    "\"i\": -9007199254740993, \"u\": 18446744073709551615, \"d\": 2.5, \"t\": true, \"f\": false, "
    "\"z\": null, \"l\": [1, [2, 3], {\"k\": \"v\"}], \"o\": {\"a/b\": 1, \"m~n\": 2, \"\": 3}, "
    "\"k\\u0000\": 0, \"twice\": 1, \"twice\": 2}";

static penbox_value *parse(const char *json) {
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = POISON(penbox_error);
    CHECK(penbox_value_from_json(json, &value, &error) == PENBOX_OK);
    CHECK(value != NULL && error == NULL);
    return value;
}

static void reads_every_type(void) {
    penbox_value *v = parse(TEXT);
    int64_t i = 7;
    double d = 7;
    bool b = false;
    size_t length = 7;
    const char *view;

    CHECK_TEXT(penbox_value_json(v), TEXT);
    CHECK_TEXT(penbox_value_string(v, "/s"), "text");
    CHECK_TEXT(penbox_value_string(v, "/e"), "");
    CHECK_TEXT(penbox_value_string(v, "/esc"), "a\n\xc3\xa9\xf0\x9f\x98\x80");
    CHECK(penbox_value_string(v, "/nul") == NULL);
    view = penbox_value_string_view(v, "/nul", &length);
    CHECK(length == 3 && memcmp(view, "a\0b", 3) == 0);
    CHECK(penbox_value_string_view(v, "/e", &length) != NULL && length == 0);
    CHECK(penbox_value_string_view(v, "/i", &length) == NULL && length == 0);
    CHECK(penbox_value_int64(v, "/i", &i) && i == -9007199254740993);
    CHECK(!penbox_value_int64(v, "/u", &i) && !penbox_value_int64(v, "/d", &i) && !penbox_value_int64(v, "/s", &i));
    CHECK(i == -9007199254740993);
    CHECK(penbox_value_double(v, "/d", &d) && d == 2.5);
    CHECK(penbox_value_double(v, "/u", &d) && d > 1.8e19);
    CHECK(!penbox_value_double(v, "/s", &d) && d > 1.8e19);
    CHECK(penbox_value_bool(v, "/t", &b) && b);
    CHECK(penbox_value_bool(v, "/f", &b) && !b);
    CHECK(!penbox_value_bool(v, "/i", &b) && !penbox_value_bool(v, "/nope", &b));
    CHECK(penbox_value_has(v, "/z") && penbox_value_is_null(v, "/z") && !penbox_value_is_null(v, "/s"));
    CHECK(!penbox_value_has(v, "/nope") && !penbox_value_is_null(v, "/nope"));
    CHECK(penbox_value_type(v, "") == PENBOX_TYPE_OBJECT && penbox_value_type(v, "/l") == PENBOX_TYPE_ARRAY);
    CHECK(penbox_value_type(v, "/s") == PENBOX_TYPE_STRING && penbox_value_type(v, "/d") == PENBOX_TYPE_NUMBER);
    CHECK(penbox_value_type(v, "/t") == PENBOX_TYPE_BOOL && penbox_value_type(v, "/z") == PENBOX_TYPE_NULL);
    CHECK(penbox_value_type(v, "/nope") == PENBOX_TYPE_ABSENT && penbox_value_type(v, "s") == PENBOX_TYPE_ABSENT);
    CHECK(penbox_value_size(v, "/l") == 3 && penbox_value_size(v, "/s") == 0 && penbox_value_size(v, "/nope") == 0);
    CHECK(penbox_value_int64(v, "/o/a~1b", &i) && i == 1);
    CHECK(penbox_value_int64(v, "/o/m~0n", &i) && i == 2);
    CHECK(penbox_value_int64(v, "/o/", &i) && i == 3);
    CHECK(penbox_value_int64(v, "/l/1/0", &i) && i == 2);
    CHECK(penbox_value_int64(v, "/twice", &i) && i == 2);
    CHECK(penbox_value_http_status(v) == 0 && penbox_value_header(v, "content-type") == NULL);
    penbox_value_free(v);
}

/* What no type of C can hold is absent for its getter, and there as text. */
static void odd_texts_and_numbers(void) {
    penbox_value *v =
        parse("{\"s\": \"x\\ud83d\", \"k\\uDE00\": [\"\\ude00\\ud83d\", \"\\ud83d\\ude00\"], \"big\": 1e400, "
              "\"n\": [1e400, 12345678901234567890123, 0.1000000000000000055511151231257827, 1e2], "
              "\"flag\": \"yes\", \"count\": \"3\"}");
    int64_t i = 7;
    double d = 7;
    bool b = false;

    CHECK_TEXT(penbox_value_string(v, "/s"), "x\xef\xbf\xbd");
    CHECK_TEXT(penbox_value_key(v, 1), "k\xef\xbf\xbd");
    CHECK_TEXT(penbox_value_string(v, "/k\xef\xbf\xbd/0"), "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK_TEXT(penbox_value_string(v, "/k\xef\xbf\xbd/1"), "\xf0\x9f\x98\x80");
    CHECK(penbox_value_type(v, "/big") == PENBOX_TYPE_NUMBER);
    CHECK(!penbox_value_double(v, "/big", &d) && !penbox_value_int64(v, "/big", &i) && d == 7 && i == 7);
    CHECK_TEXT(penbox_value_json(penbox_value_get(v, "/big")), "1e400");
    CHECK_TEXT(penbox_value_json(penbox_value_get(v, "/n")),
               "[1e400,12345678901234567890123,0.1000000000000000055511151231257827,1e2]");
    CHECK(penbox_value_double(v, "/n/1", &d) && d > 1.2e22 && !penbox_value_int64(v, "/n/1", &i));
    CHECK(penbox_value_double(v, "/n/2", &d) && d == 0.1);
    CHECK(penbox_value_double(v, "/n/3", &d) && d == 100);
    CHECK(!penbox_value_bool(v, "/flag", &b) && !penbox_value_int64(v, "/count", &i) && i == 7);
    CHECK_TEXT(penbox_value_string(v, "/flag"), "yes");
    penbox_value_free(v);
}

static void walks_parts(void) {
    penbox_value *v = parse(TEXT);
    const penbox_value *list = penbox_value_get(v, "/l"), *object = penbox_value_get(v, "/o");
    CHECK(penbox_value_get(v, "") == v && penbox_value_get(v, "/l") == list && penbox_value_get(v, "/nope") == NULL);
    CHECK(penbox_value_get(list, "/1") == penbox_value_at(list, 1) && penbox_value_at(list, 3) == NULL);
    CHECK_TEXT(penbox_value_json(penbox_value_at(list, 1)), "[2,3]");
    CHECK_TEXT(penbox_value_string(penbox_value_at(list, 2), "/k"), "v");
    CHECK_TEXT(penbox_value_key(object, 0), "a/b");
    CHECK_TEXT(penbox_value_key(object, 2), "");
    CHECK(penbox_value_key(object, 3) == NULL && penbox_value_key(list, 0) == NULL);
    CHECK_TEXT(penbox_value_json(penbox_value_at(object, 1)), "2");
    CHECK(penbox_value_at(penbox_value_get(v, "/s"), 0) == NULL);
    CHECK(penbox_value_key(v, 12) == NULL && penbox_value_at(v, 12) != NULL);
    CHECK(penbox_value_at(v, (size_t)-1) == NULL && penbox_value_key(v, (size_t)-1) == NULL);
    penbox_value_free(v);
}

/* Every string is read, then all are compared again: none has moved, changed or shared its place. */
static void strings_stay(void) {
    enum { COUNT = 400 };
    static const char *texts[COUNT], *keys[COUNT];
    char *json = malloc(COUNT * 32), *end = json, pointer[32];
    penbox_value *v;
    int i, j;
    if (json == NULL)
        exit(2);
    for (i = 0; i < COUNT; ++i)
        end += sprintf(end, "%s\"k%d\":\"v%d\"", i == 0 ? "{" : ",", i, i);
    strcpy(end, "}");
    v = parse(json);
    free(json);
    for (i = 0; i < COUNT; ++i) {
        sprintf(pointer, "/k%d", i);
        texts[i] = penbox_value_string(v, pointer);
        keys[i] = penbox_value_key(v, (size_t)i);
        CHECK(penbox_value_string(penbox_value_at(v, (size_t)i), "") != texts[i]);
    }
    for (i = 0; i < COUNT; ++i) {
        sprintf(pointer, "/k%d", i);
        CHECK_TEXT(keys[i], pointer + 1);
        CHECK(penbox_value_string(v, pointer) == texts[i]);
        pointer[1] = 'v';
        CHECK_TEXT(texts[i], pointer + 1);
    }
    for (i = 0, j = 1; j < COUNT; ++i, ++j)
        CHECK(texts[i] != texts[j] && texts[i] != keys[i]);
    penbox_value_free(v);
}

static void refuses_what_is_no_json(void) {
    static const char *const bad[] = {"", "{", "[1,]", "nul", "{} x", "\"\x01\"", "<html>"};
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = NULL;
    char *deep = malloc(200001);
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; ++i) {
        CHECK(penbox_value_from_json(bad[i], &value, &error) == PENBOX_ERROR_INVALID_ARGUMENT);
        CHECK(value == NULL && strstr(penbox_error_message(error), "must be valid JSON") != NULL);
        penbox_error_free(error);
    }
    if (deep == NULL)
        exit(2);
    memset(deep, '[', 200000);
    deep[200000] = '\0';
    CHECK(penbox_value_from_json(deep, &value, NULL) == PENBOX_ERROR_INVALID_ARGUMENT && value == NULL);
    memset(deep + 127, ']', 127);
    deep[254] = '\0';
    CHECK(penbox_value_from_json(deep, &value, NULL) == PENBOX_OK);
    penbox_value_free(value);
    memset(deep, '[', 128);
    memset(deep + 128, ']', 128);
    deep[256] = '\0';
    CHECK(penbox_value_from_json(deep, &value, &error) == PENBOX_ERROR_INVALID_ARGUMENT && value == NULL);
    CHECK(strstr(penbox_error_message(error), "nests deeper than 127 levels") != NULL);
    penbox_error_free(error);
    free(deep);
}

int main(void) {
    reads_every_type();
    odd_texts_and_numbers();
    walks_parts();
    strings_stay();
    refuses_what_is_no_json();
    return report();
}
