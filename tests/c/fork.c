/* A client that is forked: parent and child each get their own answers, whatever the other does.
 * The argument is the number of forks. */
#define _POSIX_C_SOURCE 200809L

#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
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

/* Whether a child ends well within five seconds. */
static int ends_well(pid_t child) {
    const struct timespec look = {0, 5000000};
    int status = 0, looks;
    for (looks = 0; looks < 1000; ++looks) {
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

/* A listening socket that nobody accepts from, and its address: a TLS handshake with it comes to no end. */
static int listening(char *url, size_t size) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 64) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "https://127.0.0.1:%d/v1", ntohs(address.sin_port));
    return listener;
}

static penbox_client *https_client(const char *url) {
    penbox_config *config = penbox_config_new();
    penbox_client *client = NULL;
    penbox_config_set_token(config, "pnbx_of_a_program_that_forks");
    penbox_config_set_base_url(config, url);
    penbox_config_set_connect_timeout_ms(config, 200);
    penbox_config_set_max_attempts(config, 1);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    return client;
}

/* Whether a call comes as far as the handshake: the system's trust store was loaded by then. */
static int reaches_tls(const penbox_client *client) {
    penbox_params *params = penbox_params_new();
    penbox_value *form = NULL;
    penbox_error *error = NULL;
    int reached;
    penbox_params_set_string(params, "/id", "x");
    reached = penbox_forms_get(client, params, NULL, &form, &error) == PENBOX_ERROR_TIMEOUT;
    penbox_value_free(form);
    penbox_error_free(error);
    penbox_params_free(params);
    return reached;
}

static void *makes_the_first_call(void *argument) {
    return reaches_tls(argument) ? argument : NULL;
}

/* Forks at some moment of the first https call of a process: the child must not wait for the thread that loads what the
 * system trusts. The process is a child of this one, which never makes such a call. */
static int forks_amid_the_first_call(const char *url, int number) {
    struct timespec wait = {0, 0};
    penbox_client *client = https_client(url);
    pthread_t thread;
    void *ended = NULL;
    int well;
    pid_t child;
    wait.tv_nsec = number * 500000L;
    CHECK(pthread_create(&thread, NULL, makes_the_first_call, client) == 0);
    nanosleep(&wait, NULL);
    child = fork();
    if (child == 0)
        _exit(reaches_tls(client) && reaches_tls(https_client(url)) ? 0 : 1);
    well = child > 0 && ends_well(child);
    CHECK(pthread_join(thread, &ended) == 0);
    return well && ended == client;
}

static void a_fork_amid_the_first_https_call(int forks) {
    char url[64];
    int listener = listening(url, sizeof url), number;
    for (number = 0; number < forks; ++number) {
        pid_t child = fork();
        if (child == 0)
            _exit(forks_amid_the_first_call(url, number) ? 0 : 1);
        CHECK(child > 0 && ends_well(child));
    }
    close(listener);
}

int main(int count, char **arguments) {
    penbox_client *client = client_from_env();
    int forks = count > 1 ? atoi(arguments[1]) : 1;
    char *own, *others;
    a_fork_amid_the_first_https_call(forks);
    own = created(client);
    others = created(client);
    CHECK(own != NULL && others != NULL);
    if (own != NULL && others != NULL) {
        a_fork_after_a_call(client, own, others, forks);
        a_fork_amid_calls(client, own, others, forks);
    }
    free(own);
    free(others);
    penbox_client_close(client);
    penbox_client_free(client);
    return report();
}
