/* Loading, calling and unloading the library again and again. It stays in memory (-z nodelete): threads and their
   destructors may outlive a dlclose. The argument is the library's path. */
#include "check.h"

#include <dlfcn.h>

int main(int argc, char **argv) {
    int i;
    for (i = 0; argc == 2 && i < 1000; ++i) {
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        const char *(*version)(void) = NULL;
        void *symbol = library == NULL ? NULL : dlsym(library, "penbox_version");
        memcpy(&version, &symbol, sizeof symbol);
        CHECK(version != NULL && strcmp(version(), PENBOX_VERSION) == 0);
        CHECK(dlclose(library) == 0);
    }
    CHECK(i == 1000);
    return report();
}
