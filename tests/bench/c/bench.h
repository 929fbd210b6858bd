/* One way to read a page; what it returns is checked: the length of five fields of each form, in bytes. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

/* What every contestant is given. */
typedef struct {
    const char *url;
    const char *page; /* NUL-terminated */
    size_t length;
} bench_input;

typedef size_t (*bench_read)(void *state);

void *ours_start(const bench_input *input);
size_t ours_page(void *state);
size_t ours_pager(void *state);
size_t ours_decode(void *state);
void ours_end(void *state);

void *peer_start(const bench_input *input);
size_t peer_page(void *state);
size_t peer_decode(void *state);
void peer_end(void *state);

#endif
