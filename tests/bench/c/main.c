/* Contestants in turn, one JSON line a sample. See tests/bench/README.md. */
#include "bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    const char *who;
    bench_read read;
    bool ours;
} contestant;

typedef struct {
    const char *name;
    contestant contestants[2];
} work;

static const work WORKS[] = {
    {"page", {{"penbox", ours_page, true}, {"libcurl + cJSON", peer_page, false}}},
    {"page_pager", {{"penbox", ours_pager, true}, {"libcurl + cJSON", peer_page, false}}},
    {"page_decode", {{"penbox", ours_decode, true}, {"cJSON", peer_decode, false}}},
};

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static char *whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = 0;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0)
        text = calloc(1, (size_t)size + 1);
    rewind(file);
    *length = text == NULL ? 0 : fread(text, 1, (size_t)size, file);
    fclose(file);
    return text;
}

static void sample(const work *work, const contestant *contestant, void *state, long iterations) {
    const double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    volatile size_t sum = 0;
    for (long index = 0; index < iterations; ++index)
        sum = sum + contestant->read(state);
    printf("{\"work\": \"%s\", \"who\": \"%s\", \"ns_per_op\": %.0f, \"cpu_ns_per_op\": %.0f}\n", work->name,
           contestant->who, (now(CLOCK_MONOTONIC) - wall) / (double)iterations,
           (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)iterations);
    fflush(stdout);
}

int main(int argc, char **argv) {
    bench_input input = {NULL, NULL, 0};
    const char *wanted = NULL;
    long iterations = 100, rounds = 9;
    for (int index = 1; index + 1 < argc; index += 2) {
        const char *value = argv[index + 1];
        if (strcmp(argv[index], "--page") == 0)
            input.page = whole(value, &input.length);
        if (strcmp(argv[index], "--url") == 0)
            input.url = value;
        if (strcmp(argv[index], "--work") == 0)
            wanted = value;
        if (strcmp(argv[index], "--iterations") == 0)
            iterations = strtol(value, NULL, 10);
        if (strcmp(argv[index], "--rounds") == 0)
            rounds = strtol(value, NULL, 10);
    }
    if (input.page == NULL || input.url == NULL || iterations < 1) {
        fprintf(stderr, "bench --page FILE --url URL --iterations N --rounds N [--work NAME]\n");
        return 2;
    }
    void *ours = ours_start(&input), *peer = peer_start(&input);
    const size_t expected = peer_decode(peer);
    for (size_t index = 0; index < sizeof WORKS / sizeof *WORKS; ++index) {
        const work *work = &WORKS[index];
        if (wanted != NULL && strcmp(wanted, work->name) != 0)
            continue;
        for (int turn = 0; turn < 2; ++turn) {
            const contestant *contestant = &work->contestants[turn];
            const size_t seen = contestant->read(contestant->ours ? ours : peer);
            if (seen != expected || expected == 0) {
                fprintf(stderr, "%s: %s read %zu, not %zu\n", work->name, contestant->who, seen, expected);
                return 1;
            }
        }
        for (long round = 0; round < rounds; ++round) {
            for (int turn = 0; turn < 2; ++turn) {
                const contestant *contestant = &work->contestants[turn];
                sample(work, contestant, contestant->ours ? ours : peer, iterations);
            }
        }
    }
    ours_end(ours);
    peer_end(peer);
    free((char *)input.page);
    return 0;
}
