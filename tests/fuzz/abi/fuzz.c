/* The target, for libFuzzer: src/main.rs calls it. */
#define _DEFAULT_SOURCE

#include "program.h"

void penbox_fuzz_program(const uint8_t *bytes, size_t size);

void penbox_fuzz_program(const uint8_t *bytes, size_t size) {
    run_program(bytes, size);
}
