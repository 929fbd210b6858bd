// Waits for a form, and the hint of a webhook's receiver that ends their pause.
#include "check.hpp"

#include <chrono>
#include <future>
#include <penbox.hpp>
#include <thread>

using namespace std::chrono_literals;

int main() {
    const penbox::Client client = penbox::Client::from_env();
    const penbox::Value made = client.forms().create(penbox::Params().set("/flow/slug", "client-onboarding"));
    const std::string id = made.string("/id").value();
    CHECK_THROWS(penbox::APITimeoutError, client.forms().wait_completed(id, penbox::Options().timeout(500ms)));

    auto wait = std::async(std::launch::async,
                           [&] { return client.forms().wait_completed(id, penbox::Options().timeout(1h)); });
    int left = 3000;
    while (left > 0 && client.notify_form(id) == 0) {
        --left;
        std::this_thread::sleep_for(10ms);
    }
    CHECK(left > 0);
    client.forms().update(id, penbox::Params().set("/archived", true));
    client.notify_form(id);
    try {
        wait.get();
        CHECK(false);
    } catch (const penbox::NotCompletedError &error) {
        CHECK(error.reason() == "form_archived");
        CHECK(error.outcome() == "done");
    }
    CHECK(client.notify_form(id) == 0);
    return report();
}
