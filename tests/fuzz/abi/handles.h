/* The handles that live, what was read from them, and that both are as penbox.h says. */
#ifndef HANDLES_H
#define HANDLES_H

#include "input.h"

#include <penbox.h>

/* In the configuration of every client; no text that comes out may hold it. */
#define SECRET "fuzzedAndNeverShown0123456789"

/* Of each kind. What comes when there is no room is freed at once. */
#define MOST 6

/* An address no handle has: what an output holds before a call must not matter. */
#define POISON(type) ((type *)(void *)&loan_count)

/* A text that was read stays where it is, unchanged, until the handle is freed that it was read from. */
struct text {
    const void *owner;
    const char *place;
    char *copy;
    size_t size;
};

static struct text texts[32];
static size_t text_count;

/* Parts of values: they end with the value at their root. */
struct part {
    const penbox_value *value;
    const penbox_value *root;
};

static struct part parts[16];
static size_t part_count;

static void check_text(struct text *text) {
    if (memcmp(text->place, text->copy, text->size) != 0)
        broken("a text", "changed while its handle lived");
    free(text->copy);
}

static const void *root_of(const void *owner) {
    for (size_t at = 0; at < part_count; ++at)
        if (parts[at].value == owner)
            return parts[at].root;
    return owner;
}

static void keep_bytes(const char *function, const void *owner, const char *place, size_t size) {
    struct text text;
    if (text_count == COUNT(texts))
        check_text(&texts[--text_count]);
    text.owner = root_of(owner);
    text.place = place;
    text.copy = malloc(size + 1);
    text.size = size;
    if (text.copy == NULL)
        broken(function, "no memory");
    memcpy(text.copy, place, size);
    text.copy[size] = '\0';
    if (strstr(text.copy, SECRET) != NULL)
        broken(function, "shows the token");
    texts[text_count++] = text;
}

static void keep_text(const char *function, const void *owner, const char *text) {
    if (text != NULL)
        keep_bytes(function, owner, text, strlen(text) + 1);
}

static void keep_part(const penbox_value *owner, const penbox_value *part) {
    if (part == NULL || part_count == COUNT(parts))
        return;
    parts[part_count].root = root_of(owner);
    parts[part_count++].value = part;
}

/* A handle is about to be freed: its texts are looked at, and its parts forgotten. */
static void released(const void *handle) {
    size_t kept = 0;
    for (size_t at = 0; at < text_count; ++at) {
        if (texts[at].owner == handle)
            check_text(&texts[at]);
        else
            texts[kept++] = texts[at];
    }
    text_count = kept;
    kept = 0;
    for (size_t at = 0; at < part_count; ++at)
        if (parts[at].root != handle)
            parts[kept++] = parts[at];
    part_count = kept;
}

#define HANDLES(kind)                                                                                                  \
    static penbox_##kind *kind##s[MOST];                                                                               \
    static size_t kind##_count;                                                                                        \
                                                                                                                       \
    static void keep_##kind(penbox_##kind *handle) {                                                                   \
        if (handle != NULL && kind##_count < MOST) {                                                                   \
            kind##s[kind##_count++] = handle;                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
        released(handle);                                                                                              \
        penbox_##kind##_free(handle);                                                                                  \
    }                                                                                                                  \
                                                                                                                       \
    /* One to be freed, or NULL. */                                                                                    \
    static penbox_##kind *take_##kind(void) {                                                                          \
        uint8_t byte = next_byte();                                                                                    \
        penbox_##kind *handle;                                                                                         \
        if (byte % 8 == 7 || kind##_count == 0)                                                                        \
            return NULL;                                                                                               \
        byte %= kind##_count;                                                                                          \
        handle = kind##s[byte];                                                                                        \
        kind##s[byte] = kind##s[--kind##_count];                                                                       \
        released(handle);                                                                                              \
        return handle;                                                                                                 \
    }                                                                                                                  \
                                                                                                                       \
    static penbox_##kind *any_##kind(void) {                                                                           \
        uint8_t byte = next_byte();                                                                                    \
        return byte % 16 == 15 || kind##_count == 0 ? NULL : kind##s[byte % kind##_count];                             \
    }                                                                                                                  \
                                                                                                                       \
    static void free_##kind##s(void) {                                                                                 \
        while (kind##_count > 0) {                                                                                     \
            released(kind##s[--kind##_count]);                                                                         \
            penbox_##kind##_free(kind##s[kind##_count]);                                                               \
        }                                                                                                              \
    }

HANDLES(cancel)
HANDLES(client)
HANDLES(config)
HANDLES(error)
HANDLES(headers)
HANDLES(options)
HANDLES(pager)
HANDLES(params)
HANDLES(recording)
HANDLES(value)
HANDLES(verifier)
HANDLES(verifier_config)

/* A value, or a part of one. */
static const penbox_value *any_value_or_part(void) {
    uint8_t byte = next_byte();
    return byte >= 128 && part_count > 0 ? parts[byte % part_count].value : any_value();
}

/* In an order that the input chooses: nothing that lives may need what was freed. */
static void free_all(void) {
    static void (*const frees[])(void) = {free_cancels,    free_clients,  free_configs,   free_errors,
                                          free_headerss,   free_optionss, free_pagers,    free_paramss,
                                          free_recordings, free_values,   free_verifiers, free_verifier_configs};
    uint8_t first = next_byte();
    for (size_t at = 0; at < COUNT(frees); ++at)
        frees[(first + at) % COUNT(frees)]();
    while (text_count > 0)
        check_text(&texts[--text_count]);
}

#endif
