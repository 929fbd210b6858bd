/* Receives the webhooks of forms: prints what was completed, and each refusal.
 *     receive_webhook [issuer [public address of this receiver]]
 * Without an address it is that of the port that it prints. The loop at the end is the part of a web server. */
#define _POSIX_C_SOURCE 200809L

#include "example.h"

#include "server.h"

/* The work that a delivery causes. Put it into a queue: Penbox waits for the answer. */
static bool work(const penbox_value *event) {
    printf("%s: %s\n", text(event, "/request/id"), text(event, "/request/status"));
    return fflush(stdout) == 0;
}

/* Returns the status with which a delivery is answered. */
static int receive(const penbox_verifier *verifier, const penbox_headers *headers, const void *body, size_t size) {
    penbox_value *event = NULL;
    penbox_error *error = NULL;
    const penbox_status status = penbox_verifier_unwrap(verifier, headers, body, size, &event, &error);
    const char *reason = penbox_error_reason(error);
    int answer = 204;

    if (status != PENBOX_OK && reason != NULL && strcmp(reason, "replayed") == 0) {
        /* It was accepted before, so Penbox need not send it again. */
    } else if (status != PENBOX_OK) {
        /* Without keys nothing is known of the delivery: the next time they may be there. */
        answer = status == PENBOX_ERROR_WEBHOOK && !penbox_error_retryable(error) ? 401 : 503;
        fprintf(stderr, "%d: %s\n", answer, penbox_error_text(error));
    } else if (penbox_event_has(event, "responses:completed") && !work(event)) {
        /* The delivery that is asked for by the 500 must be accepted. */
        penbox_verifier_forget(verifier, headers, NULL);
        answer = 500;
    }
    penbox_error_free(error);
    penbox_value_free(event);
    return answer;
}

static penbox_verifier *make_verifier(const char *url, const char *issuer) {
    penbox_verifier_config *config = penbox_verifier_config_new();
    penbox_verifier *verifier = NULL;
    penbox_error *error = NULL;
    penbox_status status;

    penbox_verifier_config_set_remember_deliveries(config, true);
    if (issuer != NULL)
        penbox_verifier_config_set_issuer(config, issuer);
    status = penbox_verifier_new(url, config, &verifier, &error);
    penbox_verifier_config_free(config);
    return failed(status, error) ? NULL : verifier;
}

static void serve(const penbox_verifier *verifier, int listener) {
    penbox_headers *headers = penbox_headers_new();
    int connection;

    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        struct request request;
        struct header header;
        size_t at = 0;
        int status = 400;
        penbox_headers_clear(headers);
        if (read_request(connection, &request)) {
            while (next_header(&request, &at, &header))
                penbox_headers_add_bytes(headers, header.name, header.name_size, header.value, header.value_size);
            /* The verifier compares the method that the token names with its own, so no other may come in here. */
            status =
                strncmp(request.head, "POST ", 5) == 0 ? receive(verifier, headers, request.body, request.size) : 405;
        }
        send_status(connection, status);
        free(request.body);
        close(connection);
    }
    penbox_headers_free(headers);
}

int main(int argc, char **argv) {
    unsigned short port = 0;
    const int listener = listen_on(&port);
    char url[100];
    penbox_verifier *verifier;

    if (listener < 0) {
        perror("the port");
        return EXIT_FAILURE;
    }
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hooks/penbox", port);
    verifier = make_verifier(argument(argc, argv, 2, url), argument(argc, argv, 1, NULL));
    if (verifier != NULL) {
        printf("%s\n", url);
        fflush(stdout);
        serve(verifier, listener);
    }
    penbox_verifier_free(verifier);
    close(listener);
    return verifier == NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
