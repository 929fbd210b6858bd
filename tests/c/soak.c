/* A long life of one client with 8 threads, many clients, many errors. It prints by how much each grew after its first
   tenth. The arguments are the number of requests, and that of clients and of errors. */
#include "client.h"
#include "process.h"

#include <dirent.h>
#include <pthread.h>

enum { THREADS = 8, IDS = 20 };

static const char UNKNOWN[] = "00000000-0000-4000-8000-000000000000";

/* What threads share: they take turns by their numbers. */
struct soak {
    const penbox_client *client;
    penbox_params *form;
    penbox_params *ids[IDS];
    penbox_params *unknown;
    long from, until;
};

struct job {
    const struct soak *soak;
    int number;
    long good;
};

static penbox_params *params_with(const char *pointer, const char *value) {
    penbox_params *params = penbox_params_new();
    CHECK(penbox_params_set_string(params, pointer, value) == PENBOX_OK);
    return params;
}

static bool is_refused(penbox_status status, penbox_status wanted, penbox_error *error) {
    const bool told = error != NULL && penbox_error_text(error) != NULL && penbox_error_support_report(error) != NULL;
    penbox_error_free(error);
    return status == wanted && told;
}

/* 70 in 100 read a form, 20 create one, 5 ask for one that is not there, 5 meet the limit of an answer's size. */
static bool one(const struct soak *soak, long number) {
    const long place = number % 100;
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    bool is_good;
    if (place >= 20 && place < 25) {
        status = penbox_forms_get(soak->client, soak->unknown, NULL, &value, &error);
        return is_refused(status, PENBOX_ERROR_NOT_FOUND, error) && value == NULL;
    }
    if (place >= 25 && place < 30) {
        status = penbox_cases_list(soak->client, NULL, NULL, &value, &error);
        return is_refused(status, PENBOX_ERROR_RESPONSE, error) && value == NULL;
    }
    if (place < 20)
        status = penbox_forms_create(soak->client, soak->form, NULL, &value, &error);
    else
        status = penbox_forms_get(soak->client, soak->ids[number % IDS], NULL, &value, &error);
    is_good = status == PENBOX_OK && penbox_value_string(value, "/id") != NULL;
    if (status != PENBOX_OK)
        fprintf(stderr, "%s\n", penbox_error_text(error));
    penbox_error_free(error);
    penbox_value_free(value);
    return is_good;
}

static void *work(void *argument) {
    struct job *job = argument;
    long number;
    for (number = job->soak->from + job->number; number < job->soak->until; number += THREADS)
        job->good += one(job->soak, number);
    return NULL;
}

static void requests(void *argument, long from, long until) {
    struct soak *soak = argument;
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    long good = 0;
    int i;
    soak->from = from;
    soak->until = until;
    for (i = 0; i < THREADS; ++i) {
        jobs[i].soak = soak;
        jobs[i].number = i;
        jobs[i].good = 0;
        CHECK(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0);
    }
    for (i = 0; i < THREADS; ++i) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        good += jobs[i].good;
    }
    CHECK(good == until - from);
}

static void clients(void *argument, long from, long until) {
    (void)argument;
    for (; from < until; ++from) {
        penbox_client *client = client_from_env();
        penbox_value *page = NULL;
        /* A connection each would take all ports there are. */
        CHECK(from % 10 != 0 || penbox_workspaces_list(client, NULL, NULL, &page, NULL) == PENBOX_OK);
        penbox_value_free(page);
        penbox_client_free(client);
    }
}

static void errors(void *argument, long from, long until) {
    const struct soak *soak = argument;
    for (; from < until; ++from) {
        penbox_error *error = NULL;
        const penbox_status status = penbox_forms_get(soak->client, NULL, NULL, NULL, &error);
        CHECK(is_refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error));
    }
}

/* How many files are open. */
static int descriptors(void) {
    int found = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL)
        ++found;
    if (folder != NULL)
        closedir(folder);
    return found;
}

/* Does so much of something, and prints by how much the process grew after the first tenth. */
static void measure(const char *what, void (*run)(void *, long, long), void *argument, long count) {
    long before;
    run(argument, 0, count / 10);
    before = status_of("VmRSS");
    run(argument, count / 10, count);
    printf("soak c: %ld of %ld %s, grown by %ld kB after the first tenth\n", count, count, what,
           status_of("VmRSS") - before);
}

/* A client for which a page of ten cases is over the limit. */
static penbox_client *limited_client(void) {
    penbox_config *config = NULL;
    penbox_client *client = NULL;
    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_max_response_bytes(config, 4096) == PENBOX_OK);
    CHECK(penbox_config_set_page_size(config, 10) == PENBOX_OK);
    CHECK(penbox_client_new(config, &client, NULL) == PENBOX_OK);
    penbox_config_free(config);
    return client;
}

int main(int argc, char **argv) {
    const int files = descriptors();
    struct soak soak;
    penbox_client *client;
    int i;
    if (argc != 3)
        return 2;
    soak.client = client = limited_client();
    soak.form = params_with("/flow/slug", "client-onboarding");
    soak.unknown = params_with("/id", UNKNOWN);
    CHECK(penbox_params_set_string(soak.form, "/user/email", "a@example.com") == PENBOX_OK);
    for (i = 0; i < IDS; ++i) {
        penbox_value *form = NULL;
        CHECK(penbox_forms_create(client, soak.form, NULL, &form, NULL) == PENBOX_OK);
        soak.ids[i] = params_with("/id", penbox_value_string(form, "/id"));
        penbox_value_free(form);
    }
    measure("requests", requests, &soak, atol(argv[1]));
    measure("clients", clients, &soak, atol(argv[2]));
    measure("errors", errors, &soak, atol(argv[2]));
    for (i = 0; i < IDS; ++i)
        penbox_params_free(soak.ids[i]);
    penbox_params_free(soak.unknown);
    penbox_params_free(soak.form);
    penbox_client_free(client);
    CHECK(descriptors() == files);
    CHECK(status_of("Threads") == 1);
    return report();
}
