/* A file of 256 MiB in every streaming way: the peak of memory stays. The argument is an empty folder. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <unistd.h>

static const int64_t SIZE = INT64_C(256) << 20;

/* The most memory this process had so far, in kB. */
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

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    int64_t *left = user;
    const int64_t count = *left < (int64_t)size ? *left : (int64_t)size;
    memset(buffer, 'x', (size_t)count);
    *left -= count;
    return count;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    int64_t *count = user;
    (void)bytes;
    *count += (int64_t)size;
    return true;
}

/* A small file first, so that what is made once is made. */
static void move(const penbox_client *client, const char *folder, int64_t size, const char *id) {
    penbox_params *named = penbox_params_new(), *one = penbox_params_new();
    penbox_value *value = NULL;
    char source[512], target[512];
    int64_t count = size;
    FILE *file;

    snprintf(source, sizeof source, "%s/source.bin", folder);
    snprintf(target, sizeof target, "%s/target.bin", folder);
    CHECK(penbox_params_set_string(named, "/name", "a.bin") == PENBOX_OK);
    CHECK(penbox_params_set_string(one, "/id", id) == PENBOX_OK);
    file = fopen(source, "wb");
    CHECK(file != NULL && ftruncate(fileno(file), (off_t)size) == 0 && fclose(file) == 0);

    CHECK(penbox_attachments_upload_file(client, NULL, NULL, source, NULL, NULL, &value, NULL) == PENBOX_OK);
    penbox_value_free(value);
    CHECK(penbox_attachments_upload_reader(client, named, NULL, give, -1, NULL, &count, &value, NULL) == PENBOX_OK);
    CHECK(count == 0);
    penbox_value_free(value);
    CHECK(penbox_attachments_download_file(client, one, NULL, target, false, NULL, NULL, &value, NULL) == PENBOX_OK);
    CHECK(penbox_value_int64(value, "/size", &count) && count == size);
    penbox_value_free(value);
    count = 0;
    CHECK(penbox_attachments_download_writer(client, one, NULL, take, NULL, &count, &value, NULL) == PENBOX_OK);
    CHECK(count == size);
    penbox_value_free(value);
    CHECK(remove(source) == 0 && remove(target) == 0);
    penbox_params_free(named);
    penbox_params_free(one);
}

int main(int argc, char **argv) {
    penbox_client *client = client_from_env();
    long before, after;
    if (argc != 2)
        return 2;
    move(client, argv[1], 65536, "00000000-0000-4000-8000-000000065536");
    before = peak();
    move(client, argv[1], SIZE, "00000000-0000-4000-8000-000268435456");
    after = peak();
    printf("%ld kB before, %ld kB after\n", before, after);
    CHECK(before > 0 && after - before < 8192);
    penbox_client_free(client);
    CHECK(rmdir(argv[1]) == 0);
    return report();
}
