/* A server inside the program, whose every answer is the program's own business. For C and C++. */
#ifndef HANG_H
#define HANG_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
    int listener;
    char url[64];
};

static struct server start_server(void) {
    struct server server;
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server.listener, (struct sockaddr *)&address, size) != 0 || listen(server.listener, 16) != 0 ||
        getsockname(server.listener, (struct sockaddr *)&address, &size) != 0) {
        perror("the server");
        exit(2);
    }
    snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d/v1", ntohs(address.sin_port));
    return server;
}

/* The next connection, once the head of its request was read. */
static int next_request(const struct server *server) {
    char byte, last[5] = "";
    const int connection = accept(server->listener, NULL, NULL);
    while (strcmp(last, "\r\n\r\n") != 0) {
        if (read(connection, &byte, 1) != 1) {
            perror("the request");
            exit(2);
        }
        memmove(last, last + 1, 3);
        last[3] = byte;
    }
    return connection;
}

/* Whether nobody has connected that was not served yet. */
static int is_left_alone(const struct server *server) {
    struct pollfd waiting;
    waiting.fd = server->listener;
    waiting.events = POLLIN;
    return poll(&waiting, 1, 0) == 0;
}

/* Answers with JSON. */
static void answer(int connection, const char *json) {
    char text[1024];
    const int size =
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s",
                 (int)strlen(json), json);
    if (write(connection, text, (size_t)size) != size)
        perror("the answer");
}

#endif
