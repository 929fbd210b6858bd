// Hooks as functions of C++, and what they throw.
#include "check.hpp"

#include <memory>
#include <penbox.hpp>
#include <stdexcept>

static void see_each_attempt() {
    std::vector<std::string> seen;
    auto kept = std::make_shared<int>(0);
    const std::weak_ptr<int> owned = kept;
    {
        const penbox::Client client(penbox::Config::from_env()
                                        .on_request([&seen, kept](penbox::RequestEvent &event) {
                                            event.header("x-trace", "4bf9");
                                            seen.push_back(event.operation + " " + std::to_string(event.attempt));
                                        })
                                        .on_response([&](const penbox::ResponseEvent &event) {
                                            CHECK(event.elapsed.count() > 0 && event.path == "/forms/{id}");
                                            seen.push_back(std::to_string(event.http_status.value()) + " " +
                                                           event.error.value_or("well"));
                                        })
                                        .on_retry([&](const penbox::RetryEvent &event) {
                                            CHECK(event.wait.count() >= 0 && event.http_status == 503);
                                            seen.push_back("again after " + event.error);
                                        }));
        kept.reset();
        CHECK(client.forms().get("a").header("x-echo") == "4bf9");
        CHECK(!owned.expired());
    }
    CHECK(owned.expired());
    CHECK(seen ==
          std::vector<std::string>{"forms.get 1", "503 server", "again after server", "forms.get 2", "200 well"});
}

static void end_a_call() {
    const auto ended = [](std::function<void(penbox::RequestEvent &)> hook, const char *text) {
        const penbox::Client client(penbox::Config::from_env().on_request(std::move(hook)));
        try {
            client.forms().get("a");
            CHECK(false);
        } catch (const penbox::CancelledError &error) {
            CHECK(error.reason() == "hook" && error.outcome() == "not_sent");
            CHECK(error.message().find(text) != std::string_view::npos);
        }
    };
    ended([](penbox::RequestEvent &) { throw std::runtime_error("this program only reads"); }, "only reads");
    ended([](penbox::RequestEvent &) { throw 1; }, "no reason");
    ended([](penbox::RequestEvent &) { throw std::runtime_error(std::string(5000, 'x')); }, "xxx");
    ended([](penbox::RequestEvent &event) { event.header("x-trace", "\xff"); }, "UTF-8");
    const penbox::Client client(
        penbox::Config::from_env().on_request([](penbox::RequestEvent &event) { event.header("Authorization", "x"); }));
    CHECK_THROWS(penbox::InvalidArgumentError, client.forms().get("a"));
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::Config::from_env().on_alert(nullptr));
}

static void fail_without_effect() {
    const penbox::Client client(
        penbox::Config::from_env()
            .on_response([](const penbox::ResponseEvent &) { throw std::runtime_error("broken"); })
            .on_retry([](const penbox::RetryEvent &) { throw 1; }));
    client.forms().get("a");
    CHECK(client.stats().int64("/hook_errors") == 3);
}

static void alert_once() {
    std::vector<penbox::Alert> alerts;
    const penbox::Client client(penbox::Config::from_env().on_alert([&](const penbox::Alert &alert) {
        alerts.push_back(alert);
        throw std::runtime_error("the pager is away");
    }));
    for (int call = 0; call < 6; ++call)
        CHECK_THROWS(penbox::AuthenticationError, client.forms().get("a"));
    CHECK(alerts.size() == 1 && alerts[0].rule == "refusals" && alerts[0].count == 5 && !alerts[0].usual);
    CHECK(alerts[0].message.find("5 answers") != std::string::npos);
    CHECK(client.stats().int64("/hook_errors") == 1);
}

int main() {
    see_each_attempt();
    end_a_call();
    fail_without_effect();
    alert_once();
    return report();
}
