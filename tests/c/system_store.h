/* The system's certificate authorities are those of the file PENBOX_TEST_CA_FILE, where that is set: the library opens the
 * first bundle in which it looks by these functions, of which a program may have its own. */
#ifndef SYSTEM_STORE_H
#define SYSTEM_STORE_H

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *stand_in(const char *path) {
    const char *authorities = getenv("PENBOX_TEST_CA_FILE");
    const int is_bundle = path != NULL && strcmp(path, "/etc/ssl/certs/ca-certificates.crt") == 0;
    return is_bundle && authorities != NULL ? authorities : path;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    mode_t mode;
    va_start(more, flags);
    mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return (int)syscall(SYS_openat, AT_FDCWD, stand_in(path), flags, mode);
}

int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *about) {
    return (int)syscall(SYS_statx, folder, stand_in(path), flags, mask, about);
}

#endif
