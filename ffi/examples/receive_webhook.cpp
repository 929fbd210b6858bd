// Receives the webhooks of forms: prints what was completed, and each refusal.
//     receive_webhook [issuer [public address of this receiver]]
// Without an address it is that of the port that it prints. The loop at the end is the part of a web server.
#include "server.h"

#include <iostream>
#include <penbox.hpp>

using penbox::webhook::Event;
using penbox::webhook::Headers;
using penbox::webhook::Verifier;
using penbox::webhook::VerifierConfig;

// The work that a delivery causes. Put it into a queue: Penbox waits for the answer.
static void work(const Event &event) {
    const penbox::Value form = event.request().value();
    std::cout << form.string("/id").value_or("") << ": " << form.string("/status").value_or("") << std::endl;
}

// Returns the status with which a delivery is answered.
static int receive(const Verifier &verifier, const Headers &headers, std::string_view body) {
    try {
        const Event event = verifier.unwrap(headers, body);
        try {
            if (event.has("responses:completed"))
                work(event);
            return 204;
        } catch (const std::exception &error) {
            std::cerr << error.what() << '\n';
            // The delivery that is asked for by the 500 must be accepted.
            verifier.forget(headers);
            return 500;
        }
    } catch (const penbox::WebhookVerificationError &error) {
        // It was accepted before, so Penbox need not send it again.
        if (error.reason() == "replayed")
            return 204;
        std::cerr << error.what() << '\n';
        return error.retryable() ? 503 : 401;
    } catch (const penbox::Error &error) {
        // Without keys nothing is known of the delivery: the next time they may be there.
        std::cerr << error.what() << '\n';
        return 503;
    }
}

static void serve(const Verifier &verifier, int listener) {
    for (int connection = 0; (connection = accept(listener, nullptr, nullptr)) >= 0; close(connection)) {
        request request;
        int status = 400;
        if (read_request(connection, &request)) {
            Headers headers;
            header header;
            for (std::size_t at = 0; next_header(&request, &at, &header);)
                headers.add(std::string_view(header.name, header.name_size),
                            std::string_view(header.value, header.value_size));
            const std::string_view head(request.head, request.head_size);
            // The verifier compares the method that the token names with its own, so no other may come in here.
            status = head.substr(0, 5) == "POST " ? receive(verifier, headers, {request.body, request.size}) : 405;
        }
        send_status(connection, status);
        free(request.body);
    }
}

int main(int argc, char **argv) {
    unsigned short port = 0;
    const int listener = listen_on(&port);
    const std::string own = "http://127.0.0.1:" + std::to_string(port) + "/hooks/penbox";
    if (listener < 0) {
        std::perror("the port");
        return EXIT_FAILURE;
    }
    try {
        VerifierConfig config = VerifierConfig().remember_deliveries();
        if (argc > 1)
            config.issuer(argv[1]);
        const Verifier verifier(argc > 2 ? argv[2] : own, config);
        std::cout << own << std::endl;
        serve(verifier, listener);
        close(listener);
        return EXIT_SUCCESS;
    } catch (const penbox::Error &error) {
        std::cerr << error.what() << '\n';
        close(listener);
        return EXIT_FAILURE;
    }
}
