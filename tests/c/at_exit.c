/* Calls while a thread or the process ends: in destructors of pthread keys, in atexit handlers, in a destructor of the
 * program. PENBOX_TEST_UNTRUSTED is a server whose certificate nobody knows. Nothing may be said on standard error. */
#include "at_end.h"

#include <pthread.h>
#include <unistd.h>

/* What all of it is about: more than the main thread alone may have run. */
enum { KEYS = 2, THREADS = 3, HANDLERS = 3 };

static penbox_client *client;
static pthread_key_t keys[KEYS];
static int ran;

/* The destructors of pthread keys run after those of thread_local variables. A key that is set again is destroyed again. */
static void at_thread_exit(void *argument) {
    int *again = argument;
    whole_calls(client);
    ++ran;
    if (--*again > 0)
        CHECK(pthread_setspecific(keys[0], again) == 0);
}

/* Makes calls before it ends, or none: what a thread has for itself is then made by its destructors. */
static void *work(void *argument) {
    static int again[THREADS][KEYS];
    const int number = *(int *)argument;
    int i;
    if (number > 0)
        whole_calls(client);
    for (i = 0; i < KEYS; ++i) {
        again[number][i] = i == 0 ? number : 1;
        CHECK(pthread_setspecific(keys[i], &again[number][i]) == 0);
    }
    return NULL;
}

static void at_process_exit(void) {
    whole_calls(client);
    ++ran;
}

static void on_thread_of_exit(void) {
    pthread_t thread;
    int number = 0;
    untrusted();
    CHECK(pthread_create(&thread, NULL, work, &number) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    ++ran;
}

/* Runs when all handlers have run; the last word of this program. */
__attribute__((destructor)) static void at_program_end(void) {
    whole_calls(client);
    untrusted();
    penbox_client_free(client);
    /* Threads 0 to 2 have a second key and a first one that is destroyed once, once, twice; thread 0 ran again at exit. */
    CHECK(ran == 2 + 2 + 3 + HANDLERS + 2);
    if (report() != 0 || fflush(stdout) != 0)
        _exit(1);
}

int main(void) {
    int i;
    client = client_from_env();
    for (i = 0; i < KEYS; ++i)
        CHECK(pthread_key_create(&keys[i], at_thread_exit) == 0);
    CHECK(atexit(at_process_exit) == 0);
    whole_calls(client);
    for (i = 0; i < THREADS; ++i) {
        pthread_t thread;
        int number = i;
        CHECK(pthread_create(&thread, NULL, work, &number) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    CHECK(atexit(on_thread_of_exit) == 0);
    CHECK(atexit(at_process_exit) == 0);
    return 0;
}
