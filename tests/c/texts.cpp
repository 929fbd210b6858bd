// What C++ takes for text, and what for a number; compiled as C++17 and as C++20. What must not compile is in harness/refused.py.
#include "check.hpp"

#include <penbox.hpp>

#include <cstdlib>
#include <filesystem>

using penbox::Params;

struct Own {
    operator std::string_view() const {
        return "own";
    }
};

// What a server would get of a parameter.
static std::string sent(const penbox::Client &client, const Params &params) {
    const Params all = Params(params).set("/flow/slug", "client-onboarding").set("/draft", true);
    return client.forms().create(all).at("/external_args/x").value().json();
}

template <class T>
static std::string of(const penbox::Client &client, const T &value) {
    return sent(client, Params().set("/external_args/x", value));
}

static void texts(const penbox::Client &client) {
    const unsigned char column[] = "J\xc3\xa9r\xc3\xb4me";
    const unsigned char *pointer = column;
    const std::string expected = "\"J\xc3\xa9r\xc3\xb4me\"";
    char changing[] = "text";
    char *const changed = changing;
    CHECK(of(client, pointer) == expected && of(client, column) == expected);
    CHECK(of(client, u8"J\u00e9r\u00f4me") == expected);
    CHECK(of(client, std::filesystem::u8path("J\xc3\xa9r\xc3\xb4me")) == expected);
#ifdef __cpp_char8_t
    CHECK(of(client, std::u8string(u8"J\u00e9r\u00f4me")) == expected);
    CHECK(of(client, std::u8string_view(u8"J\u00e9r\u00f4me")) == expected);
#endif
    CHECK(of(client, reinterpret_cast<const signed char *>(pointer)) == expected);
    CHECK(of(client, changing) == "\"text\"" && of(client, changed) == "\"text\"" && of(client, Own()) == "\"own\"");
    CHECK(of(client, std::string("text")) == "\"text\"" && of(client, std::string_view("text!", 4)) == "\"text\"");
    CHECK(of(client, std::string_view()) == "\"\"");
}

static void numbers(const penbox::Client &client) {
    std::vector<bool> flags = {true};
    CHECK(of(client, true) == "true" && of(client, flags[0]) == "true");
    CHECK(of(client, std::uint8_t{74}) == "74" && of(client, std::int8_t{-7}) == "-7");
    CHECK(of(client, 7) == "7" && of(client, 7U) == "7" && of(client, -7LL) == "-7" && of(client, 0.5F) == "0.5");
}

// A null pointer, by name, and never the end of the program.
template <class Call>
static void refused(Call call, const std::string &name) {
    try {
        static_cast<void>(call());
        CHECK(false);
    } catch (const penbox::InvalidArgumentError &error) {
        CHECK(error.message() == name + " is a null pointer: pass text");
        CHECK(error.outcome() == "not_sent");
    }
}

static void nulls(const penbox::Client &client) {
    const char *const unset = std::getenv("PENBOX_TEST_IS_NOT_SET");
    const unsigned char *const column = nullptr;
    CHECK(unset == nullptr);
    refused([&] { return Params().set("/x", unset); }, "the value of /x");
    refused([&] { return Params().set("/x", column); }, "the value of /x");
    refused([&] { return Params().set(unset, 1); }, "the pointer");
    refused([&] { return Params().set_json("/x", unset); }, "the JSON of /x");
    refused([&] { return Params::from_json(unset); }, "the JSON of the parameters");
    refused([&] { return penbox::Config().token(unset); }, "token");
    refused([&] { return penbox::Config().ca_file(unset); }, "ca_file");
    refused([&] { return penbox::Config::from_json(unset); }, "the JSON of the settings");
    refused([&] { return penbox::Options().header(unset, "x"); }, "the name of a header");
    refused([&] { return penbox::Options().query("x", unset); }, "the value of x");
    refused([&] { return client.forms().get(unset); }, "the value of /id");
    refused([&] { return client.invoke(unset); }, "the operation's id");
    refused([&] { return penbox::Value::from_json(unset); }, "the JSON of the value");
    refused([&] { return penbox::Value::from_json("{}").string(unset); }, "the pointer");
    refused([&] { return client.attachments().upload_file(unset); }, "path");
    CHECK_THROWS(penbox::InvalidArgumentError, client.attachments().upload_bytes(unset, Params().set("/name", "x")));
    CHECK_THROWS(penbox::InvalidArgumentError, Params().set("/x", std::string_view("a\0b", 3)));
    CHECK_THROWS(penbox::InvalidArgumentError, Params().set("/x", ~std::uint64_t{0}));
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::Options().max_attempts(-1));
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::Config().page_size(std::int64_t{1} << 40));
    const std::vector<unsigned char> bytes = {1, 0, 2};
    CHECK(client.attachments().upload_bytes(bytes, Params().set("/name", "x.bin")).has("/id"));
}

int main() {
    const penbox::Client client = penbox::Client::from_env();
    texts(client);
    numbers(client);
    nulls(client);
    return report();
}
