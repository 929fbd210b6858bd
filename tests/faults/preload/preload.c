/*
 * What no server can cause: failures of the system under a testee. Loaded before the other libraries, it watches one byte
 * of the file PENBOX_FAULT_CONTROL, which the runner writes: 0 is no failure, a letter the one that happens now. And it has
 * the system trust the certificate authorities of the file PENBOX_FAULT_CA_FILE.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define DAY (24 * 60 * 60)

static volatile char nothing[2];
static volatile char *control = nothing;
/* What is read in the place of the system's certificate authorities. */
static const char *authorities;

/* The function of this name behind ours. */
#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (real == NULL)                                                                                                  \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

static char now(void) {
    return *control;
}

/* The second byte of the file: whether signals may still come. */
static void arm(int is_on) {
    struct itimerval every = {{0, is_on ? 1000 : 0}, {0, is_on ? 1000 : 0}};
    if (is_on)
        control[1] = 1;
    setitimer(ITIMER_REAL, &every, NULL);
    if (!is_on)
        control[1] = 0;
}

static void interrupted(int number) {
    (void)number;
    if (now() != 's')
        arm(0);
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("PENBOX_FAULT_CONTROL");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, 2, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED)
        control = page;
    if (file >= 0)
        close(file);
    authorities = getenv("PENBOX_FAULT_CA_FILE");
}

/* The bundle of the system's certificate authorities is another file: what is at its real place is not to be written, and
 * nothing in the environment of a client may name another. It has no failure: it is so all the time. */
static const char *stood_in(const char *path) {
    const int is_bundle = path != NULL && strcmp(path, "/etc/ssl/certs/ca-certificates.crt") == 0;
    return is_bundle && authorities != NULL ? authorities : path;
}

/* Opens a file as the function of this name does. */
#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list more;                                                                                                  \
        mode_t mode;                                                                                                   \
        REAL(name);                                                                                                    \
        va_start(more, flags);                                                                                         \
        mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                               \
        va_end(more);                                                                                                  \
        return real(stood_in(path), flags, mode);                                                                      \
    }
OPEN(open)
OPEN(open64)

int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *about) {
    REAL(statx);
    return real(folder, stood_in(path), flags, mask, about);
}

/* 1,000 signals a second from the call's first socket to its end: no read and no write goes through undisturbed. */
static void disturb(void) {
    struct sigaction action;
    if (now() != 's' || control[1] == 1)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = interrupted;
    sigaction(SIGALRM, &action, NULL);
    arm(1);
}

/* An address as getaddrinfo gives it: freed by freeaddrinfo, so it has to come from there. */
static int address(const char *text, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    REAL(getaddrinfo);
    return real(text, service, hints, result);
}

/* The last link of a list of addresses. */
static struct addrinfo **end_of(struct addrinfo **list) {
    while (*list != NULL)
        list = &(*list)->ai_next;
    return list;
}

/* Names that end in .test are ours; all of them lead to 127.0.0.1. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    size_t length = name == NULL ? 0 : strlen(name);
    int status;
    if (length < 5 || strcmp(name + length - 5, ".test") != 0)
        return address(name, service, hints, result);
    switch (now()) {
    case 'n':
        return EAI_NONAME;
    case 'h':
        while (now() == 'h')
            usleep(5000);
        return EAI_AGAIN;
    case 'f':
        return EAI_FAMILY;
    case 'd': /* the first address is dead: nobody listens at 127.0.0.3 */
        status = address("127.0.0.3", service, hints, result);
        return status != 0 ? status : address("127.0.0.1", service, hints, end_of(result));
    default:
        return address("127.0.0.1", service, hints, result);
    }
}

int connect(int file, const struct sockaddr *to, socklen_t length) {
    REAL(connect);
    if (now() == 'u' && to->sa_family == AF_INET) {
        errno = ENETUNREACH;
        return -1;
    }
    return real(file, to, length);
}

int socket(int family, int type, int protocol) {
    int file, small = 16 * 1024;
    REAL(socket);
    disturb();
    if (now() == 'e' && family == AF_INET) {
        errno = EMFILE;
        return -1;
    }
    file = real(family, type, protocol);
    if (now() == 'b' && file >= 0) /* a body that the server does not read is soon stuck */
        setsockopt(file, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    return file;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument) {
    REAL(pthread_create);
    return now() == 't' ? EAGAIN : real(thread, attributes, routine, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int forward = 0;
    int status;
    REAL(clock_gettime);
    status = real(clock, time);
    if (status == 0 && clock == CLOCK_REALTIME && now() == 'c')
        time->tv_sec += __atomic_fetch_xor(&forward, 1, __ATOMIC_RELAXED) ? DAY : -DAY;
    return status;
}

/* Only files: what is said over pipes and sockets is not the disk's. */
static int is_file(int file) {
    struct stat about;
    return fstat(file, &about) == 0 && S_ISREG(about.st_mode);
}

/* The bytes are taken, and the disk loses them. */
int fsync(int file) {
    REAL(fsync);
    if (now() == 'y' && is_file(file)) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
    static size_t room = 0;
    REAL(write);
    switch (now()) {
    case 'w':
        if (is_file(file)) {
            errno = ENOSPC;
            return -1;
        }
        break;
    case 'p': /* a part fits, then nothing */
        if (is_file(file)) {
            room = room == 0 ? 5 : 0;
            if (room > 0)
                return real(file, bytes, count < room ? count : room);
            errno = ENOSPC;
            return -1;
        }
        break;
    default:
        room = 0;
    }
    return real(file, bytes, count);
}
