/* A disk that takes no more: an error, and nothing left behind. The argument is an empty folder. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SIZE = 300000, ROOM = 100000 };

static bool to_stream(void *user, const uint8_t *bytes, size_t size) {
    return fwrite(bytes, 1, size, user) == size && fflush(user) == 0;
}

static penbox_params *uploaded(const penbox_client *client) {
    static uint8_t bytes[SIZE];
    penbox_params *params = penbox_params_new();
    penbox_params *id = penbox_params_new();
    penbox_value *value = NULL;
    CHECK(penbox_params_set_string(params, "/name", "r.bin") == PENBOX_OK);
    CHECK(penbox_attachments_upload_bytes(client, params, NULL, bytes, SIZE, NULL, NULL, &value, NULL) == PENBOX_OK);
    CHECK(penbox_params_set_string(id, "/id", penbox_value_string(value, "/id")) == PENBOX_OK);
    penbox_value_free(value);
    penbox_params_free(params);
    return id;
}

static void failed(penbox_status status, penbox_value *file, penbox_error *error, const char *part) {
    CHECK(status == PENBOX_ERROR_FILE && file == NULL);
    CHECK_TEXT(penbox_error_outcome(error), "done");
    CHECK(strstr(penbox_error_text(error), part) != NULL);
    penbox_error_free(error);
}

int main(int argc, char **argv) {
    penbox_client *client = client_from_env();
    penbox_params *id = uploaded(client);
    penbox_value *file = NULL;
    penbox_error *error = NULL;
    struct rlimit limit;
    penbox_status status;
    FILE *stream = fopen("/dev/full", "wb");
    if (argc != 2 || stream == NULL)
        return 2;

    status = penbox_attachments_download_writer(client, id, NULL, to_stream, NULL, stream, &file, &error);
    failed(status, file, error, "the write callback failed");
    fclose(stream);

    /* No file may grow beyond the room: one write is short, the next one fails instead of ending the process. */
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = ROOM;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    status = penbox_attachments_download_file(client, id, NULL, argv[1], false, NULL, NULL, &file, &error);
    failed(status, file, error, "cannot be written");
    /* Nothing was left in the folder. */
    CHECK(rmdir(argv[1]) == 0);

    penbox_params_free(id);
    penbox_client_free(client);
    return report();
}
