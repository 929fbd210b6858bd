/* The part of the example receivers that a web server does for you: one connection after the other, on 127.0.0.1. It reads
 * requests that say how long they are, and no other. For C and C++. */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request: its head, the lines of which end in CR LF, and its body. */
struct request {
    char head[32768];
    size_t head_size;
    char *body;
    size_t size;
};

/* A line of a request's head. It has no NUL behind it. */
struct header {
    const char *name, *value;
    size_t name_size, value_size;
};

static int the_listener = -1;

static inline void stop_listening(int signal) {
    (void)signal;
    shutdown(the_listener, SHUT_RDWR);
}

/* Listens on a free port until SIGTERM or SIGINT. Returns the socket, or -1. */
static inline int listen_on(unsigned short *port) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    the_listener = listener;
    signal(SIGTERM, stop_listening);
    signal(SIGINT, stop_listening);
    return listener;
}

/* Finds the next line of the head that is a header, from `*at` on. Returns false after the last. */
static inline bool next_header(const struct request *request, size_t *at, struct header *header) {
    const char *line = request->head + *at, *head_end = request->head + request->head_size, *colon, *end;

    while (line < head_end) {
        end = (const char *)memchr(line, '\r', (size_t)(head_end - line));
        end = end == NULL ? head_end : end;
        colon = (const char *)memchr(line, ':', (size_t)(end - line));
        *at = (size_t)(end - request->head) + 2;
        /* The request line and the empty last one are none. */
        if (colon != NULL && line != request->head) {
            header->name = line;
            header->name_size = (size_t)(colon - line);
            for (++colon; colon < end && *colon == ' '; ++colon)
                ;
            header->value = colon;
            header->value_size = (size_t)(end - colon);
            return true;
        }
        line = end + 2;
    }
    return false;
}

static inline bool is_named(const struct header *header, const char *name) {
    return header->name_size == strlen(name) && strncasecmp(header->name, name, header->name_size) == 0;
}

/* Reads a request of at most a mebibyte. Returns false for any other; `body` has to be freed in either case. */
static inline bool read_request(int connection, struct request *request) {
    struct header header;
    size_t at = 0;
    char *end = NULL;

    request->head_size = request->size = 0;
    request->body = NULL;
    while (end == NULL && request->head_size < sizeof request->head - 1) {
        /* Byte by byte, so that the body is not touched. */
        if (read(connection, request->head + request->head_size, 1) != 1)
            return false;
        request->head[++request->head_size] = '\0';
        if (request->head_size >= 4 && strcmp(request->head + request->head_size - 4, "\r\n\r\n") == 0)
            end = request->head + request->head_size;
    }
    while (end != NULL && next_header(request, &at, &header))
        if (is_named(&header, "content-length"))
            request->size = strtoul(header.value, NULL, 10);
    if (end == NULL || request->size > 1024 * 1024)
        return false;
    request->body = (char *)malloc(request->size + 1);
    for (at = 0; request->body != NULL && at < request->size;) {
        const ssize_t count = read(connection, request->body + at, request->size - at);
        if (count <= 0)
            return false;
        at += (size_t)count;
    }
    return request->body != NULL;
}

/* Answers with a status and no body. */
static inline void send_status(int connection, int status) {
    char text[100];
    const int size =
        snprintf(text, sizeof text, "HTTP/1.1 %d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
    /* Who has gone away must not end the program. */
    if (send(connection, text, (size_t)size, MSG_NOSIGNAL) != size)
        perror("the answer");
}

#endif
