// Exceptions that the runner has prepared for: the argument is revoked or limited.
#include "check.hpp"

#include <penbox.hpp>

int main(int argc, char **argv) {
    const std::string_view wanted = argc == 2 ? argv[1] : "";
    const penbox::Client client = penbox::Client::from_env();
    try {
        client.workspaces().list({}, penbox::Options().max_attempts(1).retry_unsafe(false)).next();
        CHECK(false);
    } catch (const penbox::AuthenticationError &error) {
        CHECK(wanted == "revoked");
        CHECK(error.http_status() == 401);
        CHECK(error.message() == "Invalid token");
        CHECK(!error.retryable());
        std::cout << error.what() << '\n' << error.support_report() << '\n' << error.json() << '\n';
    } catch (const penbox::RateLimitError &error) {
        CHECK(wanted == "limited");
        CHECK(error.http_status() == 429);
        CHECK(error.retry_after() == std::chrono::seconds(7));
        CHECK(error.retryable());
    }
    return report();
}
