/* Files: every way in and out, progress, cancelling, and what is left behind when it fails. The argument is an empty folder. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <unistd.h>

enum { SIZE = 300000 };

/* What a callback counts, and when it fails: -1 is never. */
struct moved {
    unsigned char bytes[SIZE];
    size_t count;
    long fail_at;
    uint64_t seen;
    int64_t total;
    int calls;
};

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    struct moved *moved = user;
    const size_t left = SIZE - moved->count;
    const size_t take = size < left ? size : left;
    if (moved->fail_at >= 0 && moved->count >= (size_t)moved->fail_at)
        return -1;
    memcpy(buffer, moved->bytes + moved->count, take);
    moved->count += take;
    return (int64_t)take;
}

static int64_t give_too_much(void *user, uint8_t *buffer, size_t size) {
    (void)user, (void)buffer;
    return (int64_t)size + 1;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    struct moved *moved = user;
    if (moved->fail_at >= 0 || moved->count + size > SIZE)
        return false;
    memcpy(moved->bytes + moved->count, bytes, size);
    moved->count += size;
    return true;
}

static bool watch(void *user, uint64_t done, int64_t total) {
    struct moved *moved = user;
    CHECK(done > moved->seen);
    moved->seen = done;
    moved->total = total;
    ++moved->calls;
    return true;
}

static bool cancel(void *user, uint64_t done, int64_t total) {
    (void)user, (void)done, (void)total;
    return false;
}

static struct moved *fresh(bool filled) {
    struct moved *moved = calloc(1, sizeof *moved);
    size_t i;
    if (moved == NULL)
        exit(2);
    for (i = 0; filled && i < SIZE; ++i)
        moved->bytes[i] = (unsigned char)(i % 251);
    moved->fail_at = -1;
    return moved;
}

static penbox_params *params_of(const char *name, const char *value) {
    penbox_params *params = penbox_params_new();
    CHECK(penbox_params_set_string(params, name, value) == PENBOX_OK);
    return params;
}

/* Uploads in all ways; the id of the last attachment as parameters. */
static penbox_params *uploads(const penbox_client *client, const char *path) {
    struct moved *moved = fresh(true);
    penbox_params *params = params_of("/name", "r.bin"), *id;
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    FILE *file = fopen(path, "wb");
    int64_t size = 0;

    CHECK(file != NULL && fwrite(moved->bytes, 1, SIZE, file) == SIZE && fclose(file) == 0);
    CHECK(penbox_attachments_upload_file(client, NULL, NULL, path, watch, moved, &value, &error) == PENBOX_OK);
    CHECK(moved->seen == SIZE && moved->total == SIZE && moved->calls > 1);
    CHECK_TEXT(penbox_value_string(value, "/name"), "source.bin");
    CHECK(penbox_value_int64(value, "/metadata/size", &size) && size == SIZE);
    CHECK(penbox_value_http_status(value) / 100 == 2);
    penbox_value_free(value);

    moved->seen = 0;
    CHECK(penbox_attachments_upload_reader(client, params, NULL, give, -1, watch, moved, &value, &error) == PENBOX_OK);
    CHECK(moved->seen == SIZE && moved->total == -1);
    CHECK(penbox_value_int64(value, "/metadata/size", &size) && size == SIZE);
    penbox_value_free(value);
    moved->count = 0;
    CHECK(penbox_attachments_upload_reader(client, params, NULL, give, SIZE, NULL, moved, &value, &error) == PENBOX_OK);
    penbox_value_free(value);
    CHECK(penbox_attachments_upload_bytes(client, params, NULL, NULL, 0, NULL, NULL, &value, &error) == PENBOX_OK);
    CHECK(penbox_value_int64(value, "/metadata/size", &size) && size == 0);
    penbox_value_free(value);
    CHECK(penbox_params_set_string(params, "/scope", "restricted") == PENBOX_OK);
    CHECK(penbox_attachments_upload_bytes(client, params, NULL, moved->bytes, SIZE, NULL, NULL, &value, &error) ==
          PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/scope"), "restricted");
    id = params_of("/id", penbox_value_string(value, "/id"));
    penbox_value_free(value);
    CHECK(penbox_attachments_get(client, id, NULL, &value, &error) == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(value, "/name"), "r.bin");
    penbox_value_free(value);
    penbox_params_free(params);
    free(moved);
    return id;
}

static void refused(penbox_status status, penbox_status expected, penbox_error *error, const char *part) {
    CHECK(status == expected);
    CHECK(error != NULL && strstr(penbox_error_text(error), part) != NULL);
    if (status != expected && error != NULL)
        fprintf(stderr, "%s\n", penbox_error_text(error));
    penbox_error_free(error);
}

static void failed_uploads(const penbox_client *client, const char *folder) {
    struct moved *moved = fresh(true);
    penbox_params *params = params_of("/name", "r.bin");
    penbox_value *value = POISON(penbox_value);
    penbox_error *error = NULL;
    penbox_status status;

    moved->fail_at = 1;
    status = penbox_attachments_upload_reader(client, params, NULL, give, -1, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_FILE, error, "the read callback failed");
    CHECK(value == NULL);
    status = penbox_attachments_upload_reader(client, params, NULL, give_too_much, -1, NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_FILE, error, "more bytes than it had room for");
    moved->fail_at = -1;
    status = penbox_attachments_upload_reader(client, params, NULL, give, SIZE + 1, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_FILE, error, "changed its size");
    status = penbox_attachments_upload_bytes(client, params, NULL, moved->bytes, SIZE, cancel, NULL, &value, &error);
    refused(status, PENBOX_ERROR_CANCELLED, error, "cancelled");
    status = penbox_attachments_upload_file(client, NULL, NULL, folder, NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_FILE, error, "is a folder");
    status = penbox_attachments_upload_file(client, NULL, NULL, "no/such/file", NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_FILE, error, "cannot be read");
    status = penbox_attachments_upload_bytes(client, NULL, NULL, moved->bytes, 1, NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "name");
    status = penbox_attachments_upload_bytes(client, params, NULL, NULL, 1, NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "bytes is NULL");
    status = penbox_attachments_upload_bytes(client, params, NULL, moved->bytes, SIZE_MAX, NULL, NULL, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "cannot have that size");
    penbox_params_free(params);
    free(moved);
}

static int64_t turn(void *user, int64_t offset, int32_t whence) {
    struct moved *moved = user;
    const int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)moved->count : SIZE;
    moved->count = (size_t)(from + offset);
    return from + offset;
}

static int64_t stay(void *user, int64_t offset, int32_t whence) {
    (void)user, (void)offset, (void)whence;
    return -1;
}

/* A source that can be brought back: after an error it stands where it stood, and at its end it is refused. */
static void sources(const penbox_client *client) {
    struct moved *moved = fresh(true);
    penbox_params *params = params_of("/name", "r.bin");
    penbox_config *config = NULL;
    penbox_client *stranger = NULL;
    penbox_value *value = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    int64_t size = 0;

    CHECK(penbox_config_from_env(&config, NULL) == PENBOX_OK);
    CHECK(penbox_config_set_token(config, "pnbx_stranger") == PENBOX_OK);
    CHECK(penbox_client_new(config, &stranger, NULL) == PENBOX_OK);
    moved->count = 100;
    status = penbox_attachments_upload_seekable(stranger, params, NULL, give, turn, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_AUTHENTICATION, error, "attachments.upload");
    CHECK(value == NULL && moved->count == 100);
    status = penbox_attachments_upload_seekable(client, params, NULL, give, turn, cancel, moved, &value, &error);
    refused(status, PENBOX_ERROR_CANCELLED, error, "cancelled");
    CHECK(moved->count == 100);
    status = penbox_attachments_upload_seekable(client, params, NULL, give, turn, watch, moved, &value, &error);
    CHECK(status == PENBOX_OK && moved->total == SIZE - 100 && moved->count == SIZE);
    CHECK(penbox_value_int64(value, "/metadata/size", &size) && size == SIZE - 100);
    penbox_value_free(value);

    status = penbox_attachments_upload_seekable(client, params, NULL, give, turn, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "Seek it to 0 first");
    CHECK(moved->count == SIZE);
    /* What cannot tell where it stands is read as it comes. */
    moved->count = 100;
    status = penbox_attachments_upload_seekable(client, params, NULL, give, stay, NULL, moved, &value, &error);
    CHECK(status == PENBOX_OK && penbox_value_int64(value, "/metadata/size", &size) && size == SIZE - 100);
    penbox_value_free(value);
    status = penbox_attachments_upload_seekable(client, params, NULL, give, NULL, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "seek is NULL");
    status = penbox_attachments_upload_seekable(client, params, NULL, NULL, turn, NULL, moved, &value, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "read is NULL");
    penbox_client_free(stranger);
    penbox_config_free(config);
    penbox_params_free(params);
    free(moved);
}

static bool same_bytes(const char *path) {
    static unsigned char bytes[SIZE + 1];
    FILE *file = fopen(path, "rb");
    size_t count, i;
    if (file == NULL)
        return false;
    count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (i = 0; i < count; ++i)
        if (bytes[i] != i % 251)
            return false;
    return count == SIZE;
}

static void downloads(const penbox_client *client, const penbox_params *id, const char *folder, const char *path) {
    struct moved *moved = fresh(false);
    penbox_value *file = NULL;
    penbox_error *error = NULL;
    penbox_status status;
    char named[512];
    char *sum;
    int64_t size = 0;

    CHECK(penbox_attachments_download_file(client, id, NULL, path, false, watch, moved, &file, &error) == PENBOX_OK);
    CHECK(moved->seen == SIZE && moved->total == SIZE);
    CHECK(same_bytes(path));
    CHECK_TEXT(penbox_value_string(file, "/path"), path);
    CHECK_TEXT(penbox_value_string(file, "/name"), "r.bin");
    CHECK(penbox_value_string(file, "/content_type") != NULL);
    CHECK(penbox_value_int64(file, "/size", &size) && size == SIZE);
    CHECK(strlen(penbox_value_string(file, "/sha256")) == 64);
    sum = strdup(penbox_value_string(file, "/sha256"));
    penbox_value_free(file);

    status = penbox_attachments_download_file(client, id, NULL, path, false, NULL, NULL, &file, &error);
    CHECK(error != NULL && strcmp(penbox_error_outcome(error), "not_sent") == 0);
    refused(status, PENBOX_ERROR_FILE, error, "exists already");
    CHECK(penbox_attachments_download_file(client, id, NULL, path, true, NULL, NULL, &file, &error) == PENBOX_OK);
    penbox_value_free(file);
    CHECK(penbox_attachments_download_file(client, id, NULL, folder, false, NULL, NULL, &file, &error) == PENBOX_OK);
    snprintf(named, sizeof named, "%s/r.bin", folder);
    CHECK_TEXT(penbox_value_string(file, "/path"), named);
    CHECK(same_bytes(named));
    penbox_value_free(file);

    CHECK(penbox_attachments_download_writer(client, id, NULL, take, NULL, moved, &file, &error) == PENBOX_OK);
    CHECK(moved->count == SIZE && moved->bytes[SIZE - 1] == (SIZE - 1) % 251);
    CHECK(penbox_value_is_null(file, "/path"));
    CHECK_TEXT(penbox_value_string(file, "/sha256"), sum);
    penbox_value_free(file);
    moved->fail_at = 0;
    status = penbox_attachments_download_writer(client, id, NULL, take, NULL, moved, &file, &error);
    refused(status, PENBOX_ERROR_FILE, error, "the write callback failed");
    status = penbox_attachments_download_writer(client, id, NULL, NULL, NULL, NULL, &file, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "write is NULL");

    CHECK(remove(named) == 0 && remove(path) == 0);
    status = penbox_attachments_download_file(client, id, NULL, path, false, cancel, NULL, &file, &error);
    refused(status, PENBOX_ERROR_CANCELLED, error, "cancelled");
    CHECK(fopen(path, "rb") == NULL);
    free(sum);
    free(moved);
}

static void elsewhere(const penbox_client *client, const penbox_params *id, const char *path) {
    penbox_params *nowhere = params_of("/id", "00000000-0000-4000-8000-000000000000");
    penbox_params *ids = penbox_params_new();
    penbox_value *value = NULL, *file = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    CHECK(penbox_attachments_get(client, id, NULL, &value, NULL) == PENBOX_OK);
    CHECK(penbox_params_set_json(ids, "/ids", "[]") == PENBOX_OK);
    CHECK(penbox_params_set_string(ids, "/ids/-", penbox_value_string(value, "/id")) == PENBOX_OK);
    CHECK(penbox_params_set_string(ids, "/ids/-", penbox_value_string(value, "/id")) == PENBOX_OK);
    status = penbox_attachments_download_merged_file(client, ids, NULL, path, false, NULL, NULL, &file, &error);
    CHECK(status == PENBOX_OK);
    CHECK_TEXT(penbox_value_string(file, "/content_type"), "application/pdf");
    penbox_value_free(file);
    CHECK(remove(path) == 0);

    status = penbox_responses_download_pdf_file(client, nowhere, NULL, path, false, NULL, NULL, &file, &error);
    refused(status, PENBOX_ERROR_NOT_FOUND, error, "responses.download_pdf");
    status = penbox_signatures_download_file(client, nowhere, NULL, path, false, NULL, NULL, &file, &error);
    refused(status, PENBOX_ERROR_NOT_FOUND, error, "signatures.download");
    status = penbox_client_invoke(client, "attachments.download", nowhere, NULL, &file, &error);
    refused(status, PENBOX_ERROR_INVALID_ARGUMENT, error, "attachments.download");
    penbox_value_free(value);
    penbox_params_free(ids);
    penbox_params_free(nowhere);
}

int main(int argc, char **argv) {
    penbox_client *client = client_from_env();
    char source[512], target[512];
    penbox_params *id;
    if (argc != 2)
        return 2;
    snprintf(source, sizeof source, "%s/source.bin", argv[1]);
    snprintf(target, sizeof target, "%s/target.bin", argv[1]);
    id = uploads(client, source);
    failed_uploads(client, argv[1]);
    sources(client);
    downloads(client, id, argv[1], target);
    elsewhere(client, id, target);
    CHECK(remove(source) == 0);
    /* Nothing else was left in the folder. */
    CHECK(rmdir(argv[1]) == 0);
    penbox_params_free(id);
    penbox_client_free(client);
    return report();
}
