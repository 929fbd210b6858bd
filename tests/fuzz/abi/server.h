/* A server on a free port of 127.0.0.1 that gives every request the answer that was chosen last. */
#ifndef SERVER_H
#define SERVER_H

#include "input.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const ANSWERS[] = {
    "200 OK\r\nx-request-id: r1\r\n\r\n{\"id\": \"a\", \"name\": \"n\", \"slug\": \"s\", \"key\": \"k\", \"status\": "
    "\"pending\", "
    "\"type\": \"t\", \"count\": 2, \"data\": [{\"id\": \"1\", \"name\": \"n\", \"key\": \"k\", \"n\": 1.5}, {\"id\": "
    "\"2\"}], "
    "\"meta\": {\"current_page\": 1, \"total_pages\": 1, \"total_count\": 2}}",
    "200 OK\r\n\r\n{\"data\": [{\"id\": \"1\"}, {\"id\": \"2\"}, {\"id\": \"3\"}], \"meta\": {\"total_pages\": 3}}",
    "200 OK\r\ncontent-disposition: attachment; filename=\"../x.pdf\"\r\ncontent-type: application/pdf\r\n\r\n%PDF-1.4 "
    "and so on",
    "201 Created\r\n\r\n{\"id\": \"a\\u0000b\", \"\\ud83d\\ude00\": [[], {}, 1e300, -0, 12345678901234567890]}",
    "204 No Content\r\n\r\n",
    "400 Bad Request\r\n\r\n{\"errors\": [{\"status\": \"400\", \"title\": \"Bad\", \"detail\": \"no such \\u0007 "
    "flow\"}]}",
    "401 Unauthorized\r\n\r\n{\"statusCode\": 401, \"error\": \"Unauthorized\", \"message\": \"expired\"}",
    "404 Not Found\r\nx-request-id: r2\r\n\r\n{\"message\": \"none\\u0000\"}",
    "409 Conflict\r\n\r\n{}",
    "422 Unprocessable\r\n\r\n\xff\xfe",
    "429 Too Many Requests\r\nretry-after: 0\r\n\r\n{\"retryAfter\": 1}",
    "500 Internal\r\n\r\n<html>",
    "302 Found\r\nlocation: https://127.0.0.1:1/\r\n\r\n",
    "200 OK\r\n\r\n{\"id\": ",
    "200 OK\r\n\r\n\xff\xfe",
    "", /* the connection is closed instead */
};

/* Connections at the same time: those of one program are fewer. */
#define MOST_CONNECTIONS 64
/* The longest request. */
#define ROOM (1 << 14)

/* A connection, and what came on it and was not answered yet. */
struct connection {
    char bytes[ROOM + 1];
    size_t size;
};

/* The first socket is the one that listens; a negative one is free. */
static struct pollfd sockets[MOST_CONNECTIONS + 1];
static struct connection connections[MOST_CONNECTIONS + 1];
static bool is_started;
static char server_url[64];
static volatile unsigned answer;

static bool reply(int socket) {
    const char *text = ANSWERS[answer % COUNT(ANSWERS)], *body = strstr(text, "\r\n\r\n");
    char whole[1024];
    int size;
    if (body == NULL)
        return false;
    body += 4;
    size = snprintf(whole, sizeof whole, "HTTP/1.1 %.*scontent-length: %zu\r\n\r\n%s", (int)(body - text - 2), text,
                    strlen(body), body);
    return send(socket, whole, (size_t)size, MSG_NOSIGNAL) == size;
}

/* Where a request ends that is there whole, by its length or its last chunk; 0 where it is not. */
static size_t end_of_request(char *bytes, size_t size) {
    char *body = NULL, *line;
    bytes[size] = '\0';
    body = strstr(bytes, "\r\n\r\n");
    if (body == NULL)
        return 0;
    body += 4;
    for (line = bytes; line < body; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, "content-length:", 15) == 0) {
            size_t end = (size_t)(body - bytes) + strtoul(line + 15, NULL, 10);
            return end <= size ? end : 0;
        }
        if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0) {
            char *last = strstr(body, "0\r\n\r\n");
            return last == NULL ? 0 : (size_t)(last + 5 - bytes);
        }
    }
    return (size_t)(body - bytes);
}

/* Whether the connection stays. */
static bool serve(int socket, struct connection *connection) {
    ssize_t got = recv(socket, connection->bytes + connection->size, ROOM - connection->size, 0);
    size_t end;
    if (got <= 0)
        return false;
    connection->size += (size_t)got;
    while ((end = end_of_request(connection->bytes, connection->size)) > 0) {
        if (!reply(socket))
            return false;
        connection->size -= end;
        memmove(connection->bytes, connection->bytes + end, connection->size);
    }
    return connection->size < ROOM;
}

static void welcome(void) {
    int socket = accept(sockets[0].fd, NULL, NULL);
    for (size_t at = 1; socket >= 0 && at < COUNT(sockets); ++at)
        if (sockets[at].fd < 0) {
            sockets[at].fd = socket;
            sockets[at].revents = 0;
            connections[at].size = 0;
            return;
        }
    if (socket >= 0)
        close(socket);
}

static void *be_server(void *argument) {
    (void)argument;
    while (poll(sockets, COUNT(sockets), -1) > 0) {
        for (size_t at = 1; at < COUNT(sockets); ++at)
            if (sockets[at].fd >= 0 && sockets[at].revents != 0 && !serve(sockets[at].fd, &connections[at])) {
                close(sockets[at].fd);
                sockets[at].fd = -1;
            }
        if (sockets[0].revents != 0)
            welcome();
    }
    return NULL;
}

/* Starts it once. */
static void start_server(void) {
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    pthread_t thread;
    if (is_started)
        return;
    is_started = true;
    for (size_t at = 0; at < COUNT(sockets); ++at) {
        sockets[at].fd = -1;
        sockets[at].events = POLLIN;
    }
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockets[0].fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(sockets[0].fd, (struct sockaddr *)&address, size) != 0 || listen(sockets[0].fd, SOMAXCONN) != 0 ||
        getsockname(sockets[0].fd, (struct sockaddr *)&address, &size) != 0 ||
        pthread_create(&thread, NULL, be_server, NULL) != 0)
        broken("server", "does not start");
    pthread_detach(thread);
    snprintf(server_url, sizeof server_url, "http://127.0.0.1:%u/v1", (unsigned)ntohs(address.sin_port));
}

#endif
