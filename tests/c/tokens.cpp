// Tokens that a function gives, and that are replaced.
#include "check.hpp"

#include <penbox.hpp>

#include <cstdlib>
#include <stdexcept>

int main() {
    const std::string good = std::getenv("PENBOX_API_TOKEN");
    int asked = 0;
    const penbox::Client client(penbox::Config::from_env().token_provider([&asked, good] {
        ++asked;
        return good;
    }));
    client.workspaces().list().next();
    client.workspaces().list().next();
    CHECK(asked == 1);
    client.set_token("pnbx_stranger");
    try {
        client.workspaces().list().next();
        CHECK(false);
    } catch (const penbox::AuthenticationError &error) {
        CHECK(error.attempts() == 1);
    }
    try {
        client.set_token("Bearer x");
        CHECK(false);
    } catch (const penbox::ConfigError &error) {
        CHECK(!error.retryable());
    }
    client.set_token(good);
    client.workspaces().list().next();

    penbox::Config config = penbox::Config::from_env();
    config.token_provider([]() -> std::string { throw std::runtime_error("the vault is sealed"); });
    const penbox::Client failing(config);
    try {
        failing.workspaces().list().next();
        CHECK(false);
    } catch (const penbox::ConfigError &error) {
        CHECK(error.reason() == "provider_failed");
        CHECK(error.message().find("the vault is sealed") != std::string_view::npos);
        CHECK(error.outcome() == "not_sent");
    }
    return report();
}
