// Requests that no method of their own makes, the HTTP side of answers, and kept answers, in C++.
#include "check.hpp"

#include <chrono>
#include <penbox.hpp>

static void requests(const penbox::Client &client) {
    const penbox::Value flows = client.request("GET", "/flows", penbox::Params::from_json(R"({"page[size]": 5})"));
    CHECK(flows.string("/data/0/slug") == "a" && flows.http_status() == 200);
    const penbox::Value none = client.request("DELETE", "/requests/a");
    CHECK(none.is_null() && none.http_status() == 204);
    try {
        client.request("GET", "https://evil.example/x");
        CHECK(false);
    } catch (const penbox::InvalidArgumentError &error) {
        CHECK(error.operation() == "request" && error.outcome() == "not_sent");
    }
}

static void sides(const penbox::Client &client) {
    const penbox::Value form = client.forms().get("a");
    CHECK(form.http_status() == 200 && form.attempts() == 1 && !form.age());
    CHECK(form.elapsed() < std::chrono::minutes(1));
    CHECK(form.request_id() == "r1" && form.header("X-Left") == "7" && !form.header("x-none"));
    std::size_t cookies = 0;
    for (const auto &[name, value] : form.headers())
        cookies += name == "set-cookie" && value == (cookies == 0 ? "a=1" : "b=2");
    CHECK(cookies == 2);
    for (const bool is_json : {true, false}) {
        try {
            client.forms().get("a");
            CHECK(false);
        } catch (const penbox::NotFoundError &error) {
            CHECK(error.header("X-LEFT") == "0" && !error.header("x-none") && !error.headers().empty());
            const auto body = penbox::body_json(error);
            CHECK(body.has_value() == is_json);
            CHECK(!is_json || body->string("/message") == "gone");
        }
    }
}

static void caching() {
    const penbox::Client client(penbox::Config::from_env().cache_ttl(std::chrono::minutes(1)));
    const auto options = [&](const penbox::Options &given = {}) { return client.form_templates().options("a", given); };
    CHECK(!options().age());
    CHECK(options().age() && options().json() == R"({"n": 0})");
    CHECK(client.cache_hits() == 2 && client.cache_misses() == 1);
    CHECK(client.cache_entries() == 1 && client.cache_bytes() > 0);
    CHECK(options(penbox::Options().fresh()).json() == R"({"n": 1})");
    client.clear_cache();
    CHECK(client.cache_entries() == 0 && options().json() == R"({"n": 2})");
}

int main() {
    const penbox::Client client = penbox::Client::from_env();
    requests(client);
    sides(client);
    caching();
    return report();
}
