// What outlives what it was read from, in C++: under valgrind a read of what is gone is an error.
#include "check.hpp"

#include <penbox.hpp>

#include <vector>

using penbox::Client;
using penbox::Params;
using penbox::Value;

static const char *const TEXT = R"({"data": [{"id": "a-text-that-is-long"}, {"id": "b-text-that-is-long"}], "n": 7})";

// Answers that nobody keeps.
static Value document() {
    return Value::from_json(TEXT);
}

static void parts() {
    const Value whole = document();
    std::string ids;
    for (auto &item : whole.at("/data").value())
        ids += item.string("/id").value();
    for (const Value &item : *document().at("/data"))
        ids += item.string("/id").value().substr(0, 1);
    CHECK(ids == "a-text-that-is-longb-text-that-is-longab");
    const Value &part = document().at("/data").value();
    CHECK(part.size() == 2 && part.view("/0/id") == "a-text-that-is-long");
    auto &first = *document().at("/data").value().begin();
    CHECK(first.string("/id") == "a-text-that-is-long");
    const auto iterator = document().at("/data")->at(1)->at("").value().begin();
    CHECK((*iterator).string("") == "b-text-that-is-long");
    CHECK(document().at("/data")->at(0)->string("/id") == "a-text-that-is-long");
    const std::optional<Value> kept = document().at("/data/0");
    CHECK(kept && kept->view("/id") == "a-text-that-is-long");
    CHECK(document().at(1)->int64("") == 7 && !document().at(-1) && !document().at("/none"));
    CHECK_THROWS(std::bad_optional_access, *document().at("/none"));
    CHECK_THROWS(std::bad_optional_access, document().at("/none")->size());
}

static void pagers(const Client &client) {
    std::vector<Value> kept;
    for (auto &form : client.forms().list(Params().set("/page/size", 100)).prefetch())
        kept.push_back(form);
    CHECK(kept.size() == 250 && kept.front().has("/id") && kept.back().has("/id"));
    auto iterator = client.forms().list().begin();
    const std::string id = iterator->string("/id").value();
    auto &first = *client.forms().list().begin();
    CHECK(first.string("/id") == id);
    const auto second = ++iterator;
    CHECK(second->view("/id") != id);
    CHECK(client.forms().list().begin()->string("/id") == id);
}

static void clients() {
    const auto forms = Client::from_env().forms();
    CHECK(forms.list().next().has_value());
    auto client = std::make_unique<Client>(Client::from_env());
    const penbox::Progress frees = [&client](std::uint64_t, std::optional<std::uint64_t>) {
        client.reset();
        return true;
    };
    const std::string bytes(100000, 'x');
    const Value file = client->attachments().upload_bytes(bytes, Params().set("/name", "a.bin"), frees);
    CHECK(!client && file.has("/id"));
}

static void builders() {
    const Params &params = Params().set("/a", 1).set_json("/b", "[]");
    const Params copy = params;
    CHECK(copy.get() != nullptr && copy.get() != params.get());
    const penbox::Options &options = penbox::Options().timeout(std::chrono::seconds(9)).header("X-Test", "1");
    const penbox::Config &config = penbox::Config::from_env().page_size(10).user_agent_suffix("tests/1");
    CHECK(Client(config).forms().list({}, options).next().has_value());
}

int main() {
    const Client client = Client::from_env();
    parts();
    pagers(client);
    clients();
    builders();
    return report();
}
