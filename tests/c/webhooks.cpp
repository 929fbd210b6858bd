// Deliveries of webhooks, in C++. The arguments are those of webhooks.c.
#include "check.hpp"
#include "delivery.h"

#include <penbox.hpp>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using penbox::webhook::Event;
using penbox::webhook::Headers;
using penbox::webhook::ReplayStore;
using penbox::webhook::Verifier;
using penbox::webhook::VerifierConfig;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using namespace std::chrono_literals;

static std::string contents(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

static Pairs pairs_of(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    Pairs pairs;
    for (std::string line; std::getline(file, line);)
        pairs.emplace_back(line.substr(0, line.find(':')), line.substr(line.find(':') + 2));
    return pairs;
}

// The headers of the delivery in delivery.h.
static Pairs headers() {
    return {{"Digest", DELIVERY_DIGEST}, {"X-Pnbx-Signature", DELIVERY_SIGNATURE}};
}

// The reason of a refusal, the kind of an error without one, "" for success.
template <class Pairs>
static std::string refusal(const Verifier &verifier, const Pairs &pairs, const std::string &body = DELIVERY_BODY) {
    try {
        CHECK(verifier.unwrap(pairs, body).has("responses:completed"));
        return "";
    } catch (const penbox::Error &error) {
        return std::string(error.reason().value_or(error.kind()));
    }
}

static void the_sandbox_is_verified(const Verifier &verifier, const std::string &folder) {
    const Pairs pairs = pairs_of(folder + "/none.head");
    const std::string body = contents(folder + "/none.body");
    const Event event = verifier.unwrap(pairs, body);
    CHECK(event.has("responses:completed") && !event.has("requests:deleted"));
    CHECK(event.events() == std::vector<std::string>{"responses:created", "responses:completed"});
    CHECK(event.data()->string("/type") == "responses");
    CHECK(event.request()->string("/user/email") == "john@example.com");
    CHECK(event.value().size() >= 3);
    verifier.verify(pairs, std::vector<unsigned char>(body.begin(), body.end()));
    CHECK(refusal(verifier, pairs_of(folder + "/audience.head"), contents(folder + "/audience.body")) == "audience");
    CHECK(refusal(verifier, pairs_of(folder + "/signature_twice.head"), contents(folder + "/signature_twice.body")) ==
          "header");
    CHECK_THROWS(penbox::WebhookVerificationError, verifier.verify(pairs, body + " "));
}

static VerifierConfig pinned() {
    return VerifierConfig().keys(DELIVERY_KEY);
}

static void headers_of_any_kind() {
    const Verifier verifier(DELIVERY_URL, pinned());
    const Pairs pairs = headers();
    CHECK(refusal(verifier, pairs) == "");
    CHECK(refusal(verifier, std::map<std::string, std::string>(pairs.begin(), pairs.end())) == "");
    CHECK(refusal(verifier, std::multimap<std::string_view, const char *>{
                                {"digest", DELIVERY_DIGEST}, {"x-pnbx-signature", DELIVERY_SIGNATURE}}) == "");
    CHECK(verifier.unwrap({{"digest", DELIVERY_DIGEST}, {"x-pnbx-signature", DELIVERY_SIGNATURE}}, DELIVERY_BODY)
              .has("responses:completed"));
    const Headers cgi = Headers().add("Digest", DELIVERY_DIGEST).add("x-pnbx-signature", std::getenv("HTTP_NONE"));
    CHECK(refusal(verifier, cgi) == "signature_missing");
    CHECK(refusal(verifier, Headers({{"Digest", std::getenv("HTTP_NONE")},
                                     {"x-pnbx-signature", DELIVERY_SIGNATURE}})) == "digest_missing");
    CHECK(refusal(verifier, std::map<std::string, const char *>{{"digest", nullptr}}) == "signature_missing");
    Headers own;
    own.add("Digest", std::string(DELIVERY_DIGEST)).add("x-pnbx-signature", DELIVERY_SIGNATURE);
    CHECK(refusal(verifier, own) == "" && refusal(verifier, own, "{}") == "digest");
    own.add("X-PNBX-SIGNATURE", DELIVERY_SIGNATURE);
    CHECK(refusal(verifier, own) == "header");
    CHECK_THROWS(penbox::InvalidArgumentError, own.add("", "x"));
    CHECK(refusal(verifier, Pairs()) == "signature_missing");
}

static void settings_count() {
    CHECK(refusal(Verifier(DELIVERY_URL, pinned().method("PUT")), headers()) == "method");
    CHECK(refusal(Verifier(DELIVERY_URL, pinned().issuer("https://other.example/")), headers()) == "issuer");
    CHECK(refusal(Verifier(DELIVERY_URL, pinned().algorithms({"ES256", "RS512"})), headers()) == "algorithm");
    CHECK(refusal(Verifier(DELIVERY_URL, pinned().algorithms({"ES256", "RS256"}).leeway(0ms).timeout(1s)), headers()) ==
          "");
    CHECK(refusal(Verifier("https://example.com/other", pinned()), headers()) == "audience");
    // Nobody listens there.
    const VerifierConfig away = VerifierConfig().keys_url("http://127.0.0.1:1/").network(penbox::Config());
    CHECK(refusal(Verifier(DELIVERY_URL, away), headers()) == "refused");
    try {
        Verifier(DELIVERY_URL, away).verify(headers(), DELIVERY_BODY);
        CHECK(false);
    } catch (const penbox::APIConnectionError &error) {
        CHECK(error.retryable());
    }
    CHECK_THROWS(penbox::ConfigError, Verifier("/hooks"));
    CHECK_THROWS(penbox::ConfigError, Verifier(DELIVERY_URL, VerifierConfig().leeway(-1ms)));
    CHECK_THROWS(penbox::ConfigError, Verifier(DELIVERY_URL, VerifierConfig().algorithms({})));
    CHECK_THROWS(penbox::InvalidArgumentError, VerifierConfig().keys(std::string("a\0b", 3)));
    VerifierConfig config = pinned();
    VerifierConfig copy = config, moved = std::move(config);
    CHECK(refusal(Verifier(DELIVERY_URL, copy.method("PUT")), headers()) == "method");
    CHECK(refusal(Verifier(DELIVERY_URL, moved), headers()) == "");
    CHECK_THROWS(penbox::InvalidArgumentError, config.method("PUT"));
    CHECK_THROWS(penbox::InvalidArgumentError, Verifier(DELIVERY_URL, config));
    Verifier gone(DELIVERY_URL);
    const Verifier kept = std::move(gone);
    CHECK_THROWS(penbox::InvalidArgumentError, gone.verify(headers(), DELIVERY_BODY));
}

struct Memory : ReplayStore {
    bool add(const std::string &id, std::chrono::milliseconds lifetime) override {
        if (fails)
            fails();
        CHECK(lifetime == 24h);
        const std::lock_guard<std::mutex> lock(mutex);
        return ids.insert(id).second;
    }
    void remove(const std::string &id) override {
        if (fails)
            fails();
        const std::lock_guard<std::mutex> lock(mutex);
        ids.erase(id);
    }

    std::mutex mutex;
    std::set<std::string> ids;
    std::function<void()> fails;
};

static void a_repeat_is_refused() {
    const Verifier verifier(DELIVERY_URL, pinned().remember_deliveries());
    const Verifier copy = verifier;
    CHECK(refusal(verifier, headers()) == "" && refusal(copy, headers()) == "replayed");
    copy.forget(headers());
    CHECK(refusal(verifier, headers()) == "");
    CHECK(refusal(Verifier(DELIVERY_URL, pinned().remember_deliveries(false)), headers()) == "");

    const auto memory = std::make_shared<Memory>();
    const std::weak_ptr<Memory> watched = memory;
    {
        const Verifier stored(DELIVERY_URL, pinned().remember_deliveries_in(memory));
        CHECK(refusal(stored, headers()) == "" && refusal(stored, headers()) == "replayed" && memory->ids.size() == 1);
        stored.forget(headers());
        CHECK(memory->ids.empty());
        const auto message = [&](auto call) {
            try {
                call();
                return std::string();
            } catch (const penbox::WebhookVerificationError &error) {
                CHECK(error.reason() == "replay_store" && error.retryable());
                return std::string(error.message());
            }
        };
        const auto unwrap = [&] { stored.unwrap(headers(), DELIVERY_BODY); };
        memory->fails = [] { throw std::runtime_error("away"); };
        CHECK(message(unwrap).find("failed: away") != std::string::npos);
        CHECK(message([&] { stored.forget(headers()); }).find("failed: away") != std::string::npos);
        // A failure without a text must not be taken for an id that was added.
        memory->fails = [] { throw std::runtime_error(""); };
        CHECK(message(unwrap).find("gave no reason") != std::string::npos);
        memory->fails = [] { throw 5; };
        CHECK(message(unwrap).find("gave no reason") != std::string::npos);
        memory->fails = [] { throw std::runtime_error(std::string(5000, 'x')); };
        CHECK(message(unwrap).find("xxx") != std::string::npos);
        memory->fails = nullptr;
        CHECK(message(unwrap).empty());
        CHECK(watched.use_count() == 2);
    }
    CHECK(watched.use_count() == 1);
    CHECK_THROWS(penbox::InvalidArgumentError, VerifierConfig().remember_deliveries_in(nullptr));
}

static void threads_share_a_verifier() {
    const Verifier verifier(DELIVERY_URL, pinned().remember_deliveries_in(std::make_shared<Memory>()));
    std::atomic<int> accepted{0}, replayed{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number)
        threads.emplace_back([&] {
            for (int call = 0; call < 50; ++call) {
                try {
                    verifier.unwrap(headers(), DELIVERY_BODY);
                    ++accepted;
                } catch (const penbox::WebhookVerificationError &error) {
                    replayed += error.reason() == "replayed";
                }
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    CHECK(accepted == 1 && replayed == 399);
}

static void an_event_may_lack_anything() {
    const Event event(penbox::Value::from_json("{\"events\": {\"a\": 1}, \"data\": null, \"request\": []}"));
    CHECK(!event.has("a") && event.events().empty());
    CHECK(!event.data() && !event.request());
    const Event bare(penbox::Value::from_json("{}"));
    CHECK(!bare.has("a") && bare.events().empty() && !bare.data() && !bare.request());
    const Event odd(penbox::Value::from_json("{\"events\": [\"new:one\", 5]}"));
    CHECK(odd.has("new:one") && odd.events()[0] == "new:one");
}

int main(int count, char **arguments) {
    if (count != 4)
        return 2;
    the_sandbox_is_verified(Verifier(arguments[1], VerifierConfig().issuer(arguments[2])), arguments[3]);
    headers_of_any_kind();
    settings_count();
    a_repeat_is_refused();
    threads_share_a_verifier();
    an_event_may_lack_anything();
    return report();
}
