/* The operations of the C testee that move a file. */
#ifndef PENBOX_TESTEE_FILES_H
#define PENBOX_TESTEE_FILES_H

#include <penbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef penbox_status file_function(const penbox_client *, const penbox_params *, const penbox_options *, const char *,
                                    bool, penbox_progress_callback, void *, penbox_value **, penbox_error **);
typedef penbox_status writer_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                      penbox_write_callback, penbox_progress_callback, void *, penbox_value **,
                                      penbox_error **);

typedef penbox_status reader_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                      penbox_read_callback, int64_t, penbox_progress_callback, void *, penbox_value **,
                                      penbox_error **);
typedef penbox_status bytes_function(const penbox_client *, const penbox_params *, const penbox_options *,
                                     const uint8_t *, size_t, penbox_progress_callback, void *, penbox_value **,
                                     penbox_error **);
typedef penbox_status path_function(const penbox_client *, const penbox_params *, const penbox_options *, const char *,
                                    penbox_progress_callback, void *, penbox_value **, penbox_error **);

static const struct upload {
    const char *id;
    path_function *file;
    reader_function *reader;
    bytes_function *bytes;
} UPLOADS[] = {
#include "uploads.inc"
};

static const struct download {
    const char *id;
    file_function *file;
    writer_function *writer;
} DOWNLOADS[] = {
#include "downloads.inc"
};

/* The stream that is read or written, and what the progress callback does and is told. */
struct moving {
    FILE *stream;
    FILE *told;
    bool cancel;
    bool again;
};

static bool hear(void *user, uint64_t moved, int64_t total) {
    struct moving *moving = user;
    fprintf(moving->told, "%s[%llu,", moving->again ? "," : "", (unsigned long long)moved);
    if (total < 0)
        fputs("null]", moving->told);
    else
        fprintf(moving->told, "%lld]", (long long)total);
    moving->again = true;
    return !moving->cancel;
}

static int64_t give(void *user, uint8_t *buffer, size_t size) {
    struct moving *moving = user;
    const size_t count = fread(buffer, 1, size, moving->stream);
    return ferror(moving->stream) ? -1 : (int64_t)count;
}

static bool take(void *user, const uint8_t *bytes, size_t size) {
    struct moving *moving = user;
    return fwrite(bytes, 1, size, moving->stream) == size;
}

static FILE *opened(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL)
        exit(2);
    return file;
}

static bool is_into_memory(const penbox_value *line) {
    const char *way = penbox_value_string(line, "/to/way");
    return way != NULL && strcmp(way, "memory") == 0;
}

/* Makes the call of a line with `/file` or `/to`; what the progress callback is told goes to `told`. */
static penbox_status move(const penbox_client *client, const penbox_params *params, const penbox_options *options,
                          const penbox_value *line, FILE *told, penbox_value **value, penbox_error **error) {
    const bool up = penbox_value_get(line, "/file") != NULL;
    const char *way = penbox_value_string(line, up ? "/file/way" : "/to/way");
    const char *path = penbox_value_string(line, up ? "/file/path" : "/to/path");
    const char *progress = penbox_value_string(line, "/progress");
    const penbox_progress_callback watch = progress != NULL ? hear : NULL;
    struct moving moving = {NULL, told, progress != NULL && strcmp(progress, "cancel") == 0, false};
    const char *operation = penbox_value_string(line, "/operation");
    const struct upload *upload = UPLOADS;
    const struct download *download = DOWNLOADS;
    static uint8_t bytes[1 << 20];
    bool overwrite = false;
    penbox_status status;
    while (up && strcmp(upload->id, operation) != 0)
        ++upload;
    while (!up && strcmp(download->id, operation) != 0)
        ++download;
    if (up && strcmp(way, "path") == 0)
        return upload->file(client, params, options, path, watch, &moving, value, error);
    penbox_value_bool(line, "/to/overwrite", &overwrite);
    if (!up && (strcmp(way, "file") == 0 || strcmp(way, "folder") == 0))
        return download->file(client, params, options, path, overwrite, watch, &moving, value, error);
    moving.stream = opened(path, up ? "rb" : "wb");
    if (!up) /* C has no download into memory: a writer that says so stands for it. */
        status = download->writer(client, params, options, take, watch, &moving, value, error);
    else if (strcmp(way, "reader") == 0)
        status = upload->reader(client, params, options, give, -1, watch, &moving, value, error);
    else
        status = upload->bytes(client, params, options, bytes, fread(bytes, 1, sizeof bytes, moving.stream), watch,
                               &moving, value, error);
    fclose(moving.stream);
    if (!up && strcmp(way, "memory") == 0 && status != PENBOX_OK)
        remove(path);
    return status;
}

#endif
