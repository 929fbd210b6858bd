/* A large file in every streaming way: the peak of memory stays. The arguments are an empty folder and the file's MiB. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"
#include "peak.h"

#include <time.h>
#include <unistd.h>

/* What a way needs. The server sends as many bytes as the id ends in. */
struct job {
    const penbox_client *client;
    int64_t size;
    int64_t moved;
    char id[64], source[512], target[512];
    penbox_params *named, *one;
};

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    struct job *job = user;
    const int64_t left = job->size - job->moved;
    const int64_t count = left < (int64_t)size ? left : (int64_t)size;
    memset(buffer, 'x', (size_t)count);
    job->moved += count;
    return count;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    struct job *job = user;
    (void)bytes;
    job->moved += (int64_t)size;
    return true;
}

static penbox_status up_path(struct job *job, penbox_value **out) {
    job->moved = job->size;
    return penbox_attachments_upload_file(job->client, NULL, NULL, job->source, NULL, NULL, out, NULL);
}

static penbox_status up_reader(struct job *job, penbox_value **out) {
    return penbox_attachments_upload_reader(job->client, job->named, NULL, give, -1, NULL, job, out, NULL);
}

static penbox_status down_path(struct job *job, penbox_value **out) {
    const penbox_status status =
        penbox_attachments_download_file(job->client, job->one, NULL, job->target, false, NULL, NULL, out, NULL);
    CHECK(penbox_value_int64(*out, "/size", &job->moved) && remove(job->target) == 0);
    return status;
}

static penbox_status down_writer(struct job *job, penbox_value **out) {
    return penbox_attachments_download_writer(job->client, job->one, NULL, take, NULL, job, out, NULL);
}

static const struct {
    const char *name;
    penbox_status (*run)(struct job *, penbox_value **);
} ways[] = {{"up path", up_path}, {"up reader", up_reader}, {"down path", down_path}, {"down writer", down_writer}};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void move(struct job *job, int mib, bool measured) {
    FILE *file = fopen(job->source, "wb");
    job->size = (int64_t)mib << 20;
    snprintf(job->id, sizeof job->id, "00000000-0000-4000-8000-%012lld", (long long)job->size);
    CHECK(penbox_params_set_string(job->one, "/id", job->id) == PENBOX_OK);
    CHECK(file != NULL && ftruncate(fileno(file), (off_t)job->size) == 0 && fclose(file) == 0);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; ++i) {
        penbox_value *value = NULL;
        const long before = peak();
        const double started = now();
        long grown;
        job->moved = 0;
        CHECK(ways[i].run(job, &value) == PENBOX_OK && job->moved == job->size);
        penbox_value_free(value);
        grown = peak() - before;
        if (measured)
            printf("%s: %d MiB, grown by %ld kB in %.1f s\n", ways[i].name, mib, grown, now() - started);
        CHECK(!measured || (before > 0 && grown < MOST_KB));
    }
    CHECK(remove(job->source) == 0);
}

int main(int argc, char **argv) {
    penbox_client *client;
    struct job job = {0};
    if (argc != 3)
        return 2;
    job.client = client = client_from_env();
    job.named = penbox_params_new();
    job.one = penbox_params_new();
    snprintf(job.source, sizeof job.source, "%s/source.bin", argv[1]);
    snprintf(job.target, sizeof job.target, "%s/target.bin", argv[1]);
    CHECK(penbox_params_set_string(job.named, "/name", "a.bin") == PENBOX_OK);
    /* A small file first, so that what is made once is made. */
    move(&job, 1, false);
    move(&job, atoi(argv[2]), true);
    penbox_params_free(job.named);
    penbox_params_free(job.one);
    penbox_client_free(client);
    CHECK(rmdir(argv[1]) == 0);
    return report();
}
