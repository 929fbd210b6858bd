/* What a process has, as Linux tells it. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdio.h>
#include <string.h>

/* A line of /proc/self/status, such as "VmRSS"; -1 where there is none. (ru_maxrss would begin at the parent's.) */
static long status_of(const char *name) {
    char line[256];
    long found = -1;
    const size_t length = strlen(name);
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, name, length) == 0 && sscanf(line + length, ": %ld", &found) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return found;
}

#endif
