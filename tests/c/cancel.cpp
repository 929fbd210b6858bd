// Calls that another thread ends.
#include "hang.h"

#include "check.hpp"

#include <future>
#include <penbox.hpp>

int main() {
    const server hanging = start_server();
    const penbox::Client client(penbox::Config::from_env().base_url(hanging.url));
    const auto create = [&](const penbox::CancelToken &token) {
        return client.forms().create(penbox::Params().set("/flow/slug", "x"), penbox::Options().cancel(token));
    };

    const penbox::CancelToken token;
    // Copies are one token.
    auto ended = std::async(std::launch::async, [&create, copy = token] { return create(copy); });
    const int connection = next_request(&hanging);
    CHECK(!token.is_cancelled());
    token.cancel();
    try {
        ended.get();
        CHECK(false);
    } catch (const penbox::CancelledError &error) {
        CHECK(error.outcome() == "unknown");
        CHECK(error.attempts() == 1);
    }
    close(connection);

    CHECK(token.is_cancelled());
    CHECK_THROWS(penbox::CancelledError, create(token));
    CHECK(is_left_alone(&hanging));
    penbox::CancelToken other;
    CHECK(!other.is_cancelled());
    other = token;
    CHECK(other.is_cancelled());
    const penbox::CancelToken taken = std::move(other);
    CHECK(taken.is_cancelled());
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::Options().cancel(other));

    auto good = std::async(std::launch::async, [&create] { return create(penbox::CancelToken()); });
    const int answered = next_request(&hanging);
    answer(answered, "{\"id\": \"a\"}");
    CHECK(good.get().string("/id") == "a");
    close(answered);
    close(hanging.listener);
    return report();
}
