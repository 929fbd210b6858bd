/* Without libFuzzer: runs the inputs that are given by their paths, so many near each, and so many that begin with each function. */
#define _DEFAULT_SOURCE

#include "program.h"

static uint8_t bytes[1 << 16];
static uint64_t seed, near;

static size_t chance(size_t limit) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % limit);
}

static void begin_chance(uint64_t number) {
    seed = (number + 1) * 0x9e3779b97f4a7c15u;
}

static void replay(const char *path) {
    static uint8_t changed[sizeof bytes];
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (size == 0)
        broken(path, "cannot be read");
    fclose(file);
    run_program(bytes, size);
    for (uint64_t number = 0; number < near; ++number) {
        begin_chance(number);
        memcpy(changed, bytes, size);
        for (size_t changes = chance(4) + 1; changes > 0; --changes)
            changed[chance(size)] = (uint8_t)chance(256);
        run_program(changed, size);
    }
}

static void sweep(size_t at) {
    for (uint64_t number = 0; number < near; ++number) {
        size_t size = 40;
        begin_chance(at * near + number);
        for (size_t byte = 0; byte < size; ++byte)
            bytes[byte] = (uint8_t)chance(256);
        bytes[0] = 0;
        bytes[1] = (uint8_t)(CALLS[at].code >> 8);
        bytes[2] = (uint8_t)CALLS[at].code;
        run_program(bytes, size);
    }
}

int main(int count, char **arguments) {
    int inputs = count - 2;
    size_t functions = 0;
    if (inputs < 1 || (near = strtoul(arguments[1], NULL, 10)) == 0)
        broken("usage", "replay HOW_MANY INPUT...");
    for (int at = 2; at < count; ++at)
        replay(arguments[at]);
    for (size_t at = 0; at < COUNT(CALLS); ++at) {
        sweep(at);
        functions += called[at] > 0;
    }
    printf("fuzz: %d of %d inputs, %zu of %zu functions called\n", inputs, inputs, functions, COUNT(CALLS));
    return functions == COUNT(CALLS) ? 0 : 1;
}
