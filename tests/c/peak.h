/* The most memory a process had. */
#ifndef PEAK_H
#define PEAK_H

#include "process.h"

/* In kB; -1 where the system does not tell. */
static long peak(void) {
    return status_of("VmHWM");
}

/* How much the peak of a program here may grow while a file moves. */
#define MOST_KB 8192

#endif
