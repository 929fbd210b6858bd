// The main job in C++: create, get, list, and what errors are. The sandbox holds 250 forms of seeding.
#include "check.hpp"

#include <penbox.hpp>

using penbox::Params;
using penbox::Value;

static Value creates_and_gets(const penbox::Client &client) {
    const Params params = Params()
                              .set("/flow/slug", "client-onboarding")
                              .set("/draft", true)
                              .set("/user/email", std::string("john@example.com"))
                              .set("/external_args/count", 3)
                              .set("/external_args/large", std::int64_t{1} << 40)
                              .set("/external_args/ratio", 0.5)
                              .set("/external_args/none", nullptr)
                              .set_json("/external_args/list", "[1, 2]");
    const Value form = client.forms().create(params);
    CHECK(form.http_status() == 200 || form.http_status() == 201);
    CHECK(form.header("content-type").value_or("").find("json") != std::string::npos);
    CHECK(form.string("/status") == "draft");
    CHECK(form.int64("/external_args/count") == 3);
    CHECK(form.int64("/external_args/large") == std::int64_t{1} << 40);
    CHECK(form.number("/external_args/ratio") == 0.5);
    CHECK(form.is_null("/external_args/none"));
    CHECK(!form.string("/external_args/none"));
    CHECK(form.at("/external_args/list").value().size() == 2);

    const Value again = client.forms().get(form.string("/id").value());
    CHECK(again.view("/id") == form.view("/id"));
    const penbox::Value invoked = client.invoke("forms.get", Params().set("/id", form.string("/id").value()));
    CHECK(invoked.string("/id") == form.string("/id"));
    return form;
}

static void lists(const penbox::Client &client, const Value &made) {
    std::size_t count = 0;
    std::optional<Value> last;
    for (const Value &form : client.forms().list()) {
        count += form.string("/id").has_value();
        last = form;
    }
    CHECK(count == 251);
    CHECK(last && last->has("/created_at"));

    penbox::Pager pager = client.forms().list(Params().set("/page/size", 50));
    CHECK(!pager.total_count());
    CHECK(pager.next().value().string("/id") == made.string("/id"));
    CHECK(pager.total_count() == 251);
    CHECK(pager.prefetch().collect(60).size() == 60);
    CHECK(pager.collect(1000).size() == 190);
    CHECK(pager.collect(1).empty());
    const Value page = pager.page(6);
    const Value data = page.at("/data").value();
    CHECK(data.size() == 1);
    std::size_t items = 0;
    for (const Value &item : data)
        items += item.has("/id");
    CHECK(items == 1);
    const Value meta = page.at("/meta").value();
    CHECK(meta.key(0) && meta.at(std::size_t{0}) && !meta.key(99) && !meta.at(std::size_t{99}));

    for (const Value &workspace :
         client.workspaces().list({}, penbox::Options().timeout(std::chrono::seconds(20)).header("X-Trace", "1")))
        CHECK(workspace.string("/slug") == "acme-corp");
}

// A part keeps the whole alive.
static void parts_outlive_the_whole() {
    std::optional<Value> part;
    {
        const Value whole = Value::from_json(R"({"a": {"b": "text\u0000more", "n": null}})");
        part = whole.at("/a");
    }
    CHECK(part.value().string("/b") == std::string("text\0more", 9));
    CHECK(part->json() == R"({"b":"text\u0000more","n":null})");
    CHECK(part->type("/n") == PENBOX_TYPE_NULL && part->type("/x") == PENBOX_TYPE_ABSENT);
    CHECK(!part->boolean("/b") && !part->number("/b") && !part->int64("/b") && !part->at("/x"));
}

static void throws_by_kind(const penbox::Client &client) {
    try {
        client.forms().get("00000000-0000-4000-8000-000000000000");
        CHECK(false);
    } catch (const penbox::NotFoundError &error) {
        CHECK(error.status() == PENBOX_ERROR_NOT_FOUND && error.kind() == "not_found");
        CHECK(error.http_status() == 404 && error.outcome() == "rejected" && error.attempts() == 1);
        CHECK(error.operation() == "forms.get" && error.method() == "GET" && error.path() == "/forms/{id}");
        CHECK(error.body() && error.hint() && error.title() && !error.phase() && !error.retry_after());
        CHECK(!error.retryable() && !error.message().empty() && !error.occurred_at().empty());
        CHECK(error.support_report().find("forms.get") != std::string_view::npos);
        CHECK(error.json().find("\"http_status\":404") != std::string_view::npos);
        // A copy has everything, whatever becomes of the original.
        const penbox::Error copy = error;
        CHECK(copy.kind() == "not_found" && copy.message() == error.message());
    }
    CHECK_THROWS(penbox::APIStatusError, client.forms().get("00000000-0000-4000-8000-000000000000"));
    CHECK_THROWS(penbox::APIError, client.forms().get("00000000-0000-4000-8000-000000000000"));
    CHECK_THROWS(std::runtime_error, client.forms().get("00000000-0000-4000-8000-000000000000"));
}

static void refuses(const penbox::Client &client) {
    using penbox::InvalidArgumentError;
    CHECK_THROWS(InvalidArgumentError, client.forms().get(""));
    CHECK_THROWS(InvalidArgumentError, client.forms().get("../workspaces"));
    CHECK_THROWS(InvalidArgumentError, client.forms().get(std::string_view("a\0b", 3)));
    CHECK_THROWS(InvalidArgumentError, client.forms().create(Params()));
    CHECK_THROWS(InvalidArgumentError, client.forms().list(Params().set("/nonsense", 1)));
    CHECK_THROWS(InvalidArgumentError, client.invoke("forms.nonsense"));
    CHECK_THROWS(InvalidArgumentError, Params::from_json("[]"));
    CHECK_THROWS(InvalidArgumentError, Params().set("no/slash", 1));
    CHECK_THROWS(InvalidArgumentError, Params().set("/n", std::uint64_t{1} << 63));
    CHECK_THROWS(InvalidArgumentError, Params().set("/s", "\xff"));
    CHECK_THROWS(InvalidArgumentError, Value::from_json("{"));
    CHECK_THROWS(InvalidArgumentError, penbox::Options::from_json("5"));
    CHECK_THROWS(InvalidArgumentError,
                 client.workspaces().list({}, penbox::Options().timeout(std::chrono::seconds(-1))));
    CHECK_THROWS(penbox::ConfigError, penbox::Client(penbox::Config()));
    CHECK_THROWS(penbox::ConfigError, penbox::Client(penbox::Config().token("Bearer x")));
    CHECK_THROWS(penbox::ConfigError, penbox::Client(penbox::Config::from_json(R"({"nonsense": 1})")));
    CHECK_THROWS(penbox::ConfigError, penbox::Client(penbox::Config::from_env().timeout(std::chrono::seconds(-1))));
    try {
        Params().set("/s", std::string_view("a\0b", 3));
        CHECK(false);
    } catch (const penbox::Error &error) {
        CHECK(error.kind() == "invalid_argument" && error.outcome() == "not_sent" && error.attempts() == 0);
        CHECK(error.message() == "the value of /s holds a NUL character" && !error.http_status() && !error.hint());
    }
}

static void copies_and_closes(penbox::Client client) {
    penbox::Client copy = client;
    Params params = Params().set("/page/size", 1);
    const Params before = params;
    params.set("/nonsense", true);
    CHECK(client.workspaces().list(before).next().has_value());
    penbox::Options options = penbox::Options().query("a", "b");
    const penbox::Options same = options;
    options = same;
    copy = std::move(client);
    copy.close();
    CHECK_THROWS(penbox::ClosedError, copy.workspaces().list().next());
}

int main() {
    const penbox::Client client = penbox::Client::from_env();
    const Value made = creates_and_gets(client);
    lists(client, made);
    parts_outlive_the_whole();
    throws_by_kind(client);
    refuses(client);
    copies_and_closes(penbox::Client(penbox::Config::from_env().page_size(10).user_agent_suffix("tests/1")));
    return report();
}
