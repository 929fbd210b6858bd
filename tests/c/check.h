/* Checks that count, for the programs of this folder. */
#ifndef CHECK_H
#define CHECK_H

#include <penbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks, failures;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        ++checks;                                                                                                      \
        if (!(condition)) {                                                                                            \
            ++failures;                                                                                                \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                                    \
        }                                                                                                              \
    } while (0)

#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, actual, expected)

static void check_text(const char *file, int line, const char *actual, const char *expected) {
    ++checks;
    if (actual == NULL || expected == NULL ? actual != expected : strcmp(actual, expected) != 0) {
        ++failures;
        fprintf(stderr, "%s:%d: expected \"%s\", got \"%s\"\n", file, line, expected == NULL ? "(null)" : expected,
                actual == NULL ? "(null)" : actual);
    }
}

/* What main returns; the runner wants to see that something was checked at all. */
static int report(void) {
    check_text(__FILE__, __LINE__, "", "");
    printf("%d checks, %d failures\n", checks, failures);
    return failures == 0 ? 0 : 1;
}

/* An address no handle has: what an output holds before a call must not matter. */
#define POISON(type) ((type *)(void *)&checks)

#endif
