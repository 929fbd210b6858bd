/* The most memory a process had. */
#ifndef PEAK_H
#define PEAK_H

#include <stdio.h>

/* In kB; -1 where the system does not tell. (ru_maxrss would begin at the parent's.) */
static long peak(void) {
    char line[256];
    long found = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld kB", &found) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return found;
}

/* How much the peak of a program here may grow while a file moves. */
#define MOST_KB 8192

#endif
