/* A client that is forked: parent and child each get their own answers, whatever the other does.
 * The argument is the number of forks. Over https the client is told nothing of certificates: the system trusts the
 * authorities of the file PENBOX_TEST_CA_FILE, and each child meets TLS cold. */
#define _GNU_SOURCE

#include "client.h"
#include "system_store.h"

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8 };

static volatile int over;

/* A new form's id, to be freed. */
static char *created(const penbox_client *client) {
    penbox_params *params = NULL;
    penbox_value *form = NULL;
    char *id = NULL;
    CHECK(penbox_params_from_json("{\"flow\": {\"slug\": \"client-onboarding\"}, \"draft\": true}", &params, NULL) ==
          PENBOX_OK);
    if (penbox_forms_create(client, params, NULL, &form, NULL) == PENBOX_OK)
        id = strdup(penbox_value_string(form, "/id"));
    penbox_value_free(form);
    penbox_params_free(params);
    return id;
}

/* Whether a form that is asked for is the one that comes, so many times. */
static int finds(const penbox_client *client, const char *id, int times) {
    penbox_params *params = penbox_params_new();
    int right = 0, i;
    penbox_params_set_string(params, "/id", id);
    for (i = 0; i < times; ++i) {
        penbox_value *form = NULL;
        penbox_error *error = NULL;
        if (penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_OK)
            right += strcmp(penbox_value_string(form, "/id"), id) == 0;
        else
            fprintf(stderr, "%s\n", penbox_error_text(error));
        penbox_value_free(form);
        penbox_error_free(error);
    }
    penbox_params_free(params);
    return right == times;
}

/* Whether a child ends well within ten seconds: loading what the system trusts takes a part of one. */
static int ends_well(pid_t child) {
    const struct timespec look = {0, 5000000};
    int status = 0, looks;
    for (looks = 0; looks < 2000; ++looks) {
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        nanosleep(&look, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return 0;
}

static void a_fork_after_a_call(const penbox_client *client, const char *own, const char *others, int forks) {
    CHECK(finds(client, own, 1));
    while (forks-- > 0) {
        pid_t child = fork();
        if (child == 0)
            _exit(finds(client, others, 3) ? 0 : 1);
        CHECK(finds(client, own, 3));
        CHECK(child > 0 && ends_well(child));
    }
}

static void *keeps_calling(void *argument) {
    const void *const *job = argument;
    while (!over)
        if (!finds(job[0], job[1], 1))
            return NULL;
    return argument;
}

static void *calls_once(void *argument) {
    const void *const *job = argument;
    return finds(job[0], job[1], 1) ? argument : NULL;
}

static void a_fork_amid_calls(const penbox_client *client, const char *own, const char *others, int forks) {
    const void *job[2];
    pthread_t threads[THREADS];
    void *ended;
    int i;
    job[0] = client;
    job[1] = own;
    for (i = 0; i < THREADS; ++i)
        CHECK(pthread_create(&threads[i], NULL, keeps_calling, job) == 0);
    while (forks-- > 0) {
        pid_t child = fork();
        if (child == 0)
            _exit(finds(client, others, 1) ? 0 : 1);
        CHECK(child > 0 && ends_well(child));
    }
    over = 1;
    for (i = 0; i < THREADS; ++i) {
        CHECK(pthread_join(threads[i], &ended) == 0);
        CHECK(ended == job);
    }
}

/* Forks at some moment of the first https call of a process: the child must not wait for the thread that loads what the
 * system trusts. The process is a child of this one, which has not made such a call. */
static int forks_amid_the_first_call(const char *own, const char *others, int number) {
    struct timespec wait = {0, 0};
    penbox_client *client = client_from_env();
    const void *job[2];
    pthread_t thread;
    void *ended = NULL;
    int well;
    pid_t child;
    job[0] = client;
    job[1] = own;
    wait.tv_nsec = number * 500000L;
    CHECK(pthread_create(&thread, NULL, calls_once, job) == 0);
    nanosleep(&wait, NULL);
    child = fork();
    if (child == 0)
        _exit(finds(client, others, 1) && finds(client_from_env(), others, 1) ? 0 : 1);
    well = child > 0 && ends_well(child);
    CHECK(pthread_join(thread, &ended) == 0);
    return well && ended == job;
}

static void a_fork_amid_the_first_https_call(const char *own, const char *others, int forks) {
    int number;
    for (number = 0; number < forks; ++number) {
        pid_t child = fork();
        if (child == 0)
            _exit(forks_amid_the_first_call(own, others, number) ? 0 : 1);
        CHECK(child > 0 && ends_well(child));
    }
}

/* A new form's id, made by a process of its own, so that this one makes no call. */
static char *created_elsewhere(void) {
    char id[64] = "";
    int ends[2];
    ssize_t length;
    pid_t child;
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        char *made = created(client_from_env());
        _exit(made != NULL && write(ends[1], made, strlen(made)) > 0 ? 0 : 1);
    }
    CHECK(child > 0 && ends_well(child));
    length = read(ends[0], id, sizeof id - 1);
    CHECK(length > 0);
    close(ends[0]);
    close(ends[1]);
    return strdup(id);
}

int main(int count, char **arguments) {
    penbox_client *client = client_from_env();
    int forks = count > 1 ? atoi(arguments[1]) : 1;
    char *own = created_elsewhere(), *others = created_elsewhere();
    CHECK(own != NULL && others != NULL);
    if (own != NULL && others != NULL) {
        a_fork_amid_the_first_https_call(own, others, forks);
        a_fork_after_a_call(client, own, others, forks);
        a_fork_amid_calls(client, own, others, forks);
    }
    free(own);
    free(others);
    penbox_client_close(client);
    penbox_client_free(client);
    return report();
}
