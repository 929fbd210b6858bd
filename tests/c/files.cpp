// Files in C++: every way in and out, and exceptions of callbacks. The argument is an empty folder.
#include "check.hpp"

#include <penbox.hpp>

#include <cstring>
#include <fstream>
#include <sstream>

using penbox::File;
using penbox::Params;
using penbox::Value;

// No exception of the library's.
struct Mine {
    int number;
};

static std::string content() {
    std::string bytes(200000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i % 251);
    return bytes;
}

static penbox::Reader reader(const std::string &bytes) {
    return [&bytes, at = std::size_t{0}](char *buffer, std::size_t size) mutable {
        const std::size_t count = bytes.copy(buffer, size, at);
        at += count;
        return count;
    };
}

static std::string uploads(const penbox::Client &client, const std::string &path) {
    const std::string bytes = content();
    std::ofstream(path, std::ios::binary) << bytes;
    std::uint64_t seen = 0;
    std::optional<std::uint64_t> all;
    const auto watch = [&](std::uint64_t moved, std::optional<std::uint64_t> total) {
        seen = moved;
        all = total;
        return true;
    };
    const Value file = client.attachments().upload_file(path, {}, watch);
    CHECK(file.string("/name") == "source.bin" && seen == bytes.size() && all == bytes.size());
    CHECK(client.attachments().upload_file(path, Params().set("/name", "a.bin")).string("/name") == "a.bin");
    const Value read =
        client.attachments().upload_reader(reader(bytes), std::nullopt, Params().set("/name", "b.bin"), watch);
    CHECK(read.int64("/metadata/size") == 200000 && !all);
    const Value sized = client.attachments().upload_reader(reader(bytes), bytes.size(), Params().set("/name", "b.bin"));
    CHECK(sized.int64("/metadata/size") == 200000);
    const Value made = client.attachments().upload_bytes(bytes, Params().set("/name", "c.bin"));
    CHECK(client.attachments().get(made.string("/id").value()).string("/name") == "c.bin");
    return made.string("/id").value();
}

static void downloads(const penbox::Client &client, const std::string &id, const std::string &path) {
    const std::string bytes = content();
    const File file = client.attachments().download_file(id, path);
    CHECK(file.path == path && file.name == "c.bin" && file.size == bytes.size() && file.sha256.size() == 64);
    CHECK(!file.content && file.content_type);
    std::ostringstream stored;
    stored << std::ifstream(path, std::ios::binary).rdbuf();
    CHECK(stored.str() == bytes);
    CHECK_THROWS(penbox::FileError, client.attachments().download_file(id, path));
    CHECK(client.attachments().download_file(id, path, true).sha256 == file.sha256);
    CHECK(std::remove(path.c_str()) == 0);

    const File memory = client.attachments().download_bytes(id);
    CHECK(memory.content == bytes && !memory.path && memory.sha256 == file.sha256);
    const auto limited = penbox::Client(penbox::Config::from_env().max_download_bytes(bytes.size() - 1));
    try {
        limited.attachments().download_bytes(id);
        CHECK(false);
    } catch (const penbox::APIResponseError &error) {
        CHECK(error.reason() == "too_large" && error.outcome() == "done");
        CHECK(error.hint()->find("penbox_config_set_max_download_bytes") != std::string::npos);
    }
    CHECK(limited.attachments().download_writer(id, [](std::string_view) {}).size == bytes.size());
    std::string written;
    const auto write = [&](std::string_view part) { written.append(part); };
    CHECK(client.attachments().download_writer(id, write).size == bytes.size());
    CHECK(written == bytes);
    const Params ids = Params().set_json("/ids", "[\"" + id + "\"]");
    CHECK(client.attachments().download_merged_bytes(ids).content->rfind("%PDF-", 0) == 0);
    const std::string nowhere = "00000000-0000-4000-8000-000000000000";
    CHECK_THROWS(penbox::NotFoundError, client.responses().download_pdf_bytes(nowhere));
    CHECK_THROWS(penbox::NotFoundError, client.signatures().download_file(nowhere, path));
}

template <class Call>
static void throws_mine(Call call, int number) {
    try {
        call();
        CHECK(false);
    } catch (const Mine &mine) {
        CHECK(mine.number == number);
    }
}

static void exceptions(const penbox::Client &client, const std::string &id, const std::string &path) {
    const auto attachments = client.attachments();
    const Params named = Params().set("/name", "d.bin");
    const penbox::Reader bad_reader = [](char *, std::size_t) -> std::size_t { throw Mine{1}; };
    const penbox::Writer bad_writer = [](std::string_view) { throw Mine{2}; };
    const penbox::Progress bad = [](std::uint64_t, std::optional<std::uint64_t>) -> bool { throw Mine{3}; };
    const penbox::Progress no = [](std::uint64_t, std::optional<std::uint64_t>) { return false; };
    throws_mine([&] { attachments.upload_reader(bad_reader, std::nullopt, named); }, 1);
    throws_mine([&] { attachments.upload_bytes("bytes", named, bad); }, 3);
    throws_mine([&] { attachments.download_writer(id, bad_writer); }, 2);
    throws_mine([&] { attachments.download_file(id, path, false, bad); }, 3);
    throws_mine([&] { attachments.download_bytes(id, bad); }, 3);
    CHECK_THROWS(penbox::CancelledError, attachments.upload_bytes("bytes", named, no));
    CHECK_THROWS(penbox::CancelledError, attachments.download_file(id, path, false, no));
    CHECK(!std::ifstream(path).good());
    CHECK_THROWS(penbox::InvalidArgumentError, attachments.upload_reader({}, std::nullopt, named));
    CHECK_THROWS(penbox::InvalidArgumentError, attachments.upload_reader(bad_reader, ~std::uint64_t{0}, named));
    CHECK_THROWS(penbox::InvalidArgumentError, attachments.download_writer(id, {}));
    CHECK_THROWS(penbox::InvalidArgumentError, attachments.upload_bytes("bytes", {}));
}

// A stream can be given again after an error, and is refused at its end, whatever state it is in.
static void streams(const penbox::Client &client, const std::string &path) {
    const std::string bytes = content();
    const penbox::Client stranger(penbox::Config::from_env().token("pnbx_stranger"));
    const Params named = Params().set("/name", "s.bin");
    const auto sent = [&](std::istream &source) {
        return client.attachments().upload_stream(source, named).int64("/metadata/size").value_or(-1);
    };
    std::ifstream file(path, std::ios::binary);
    file.exceptions(std::ios::badbit | std::ios::failbit);
    file.seekg(100);
    CHECK_THROWS(penbox::AuthenticationError, stranger.attachments().upload_stream(file, named));
    CHECK(file.tellg() == 100);
    const penbox::Progress bad = [](std::uint64_t, std::optional<std::uint64_t>) -> bool { throw Mine{4}; };
    throws_mine([&] { client.attachments().upload_stream(file, named, bad); }, 4);
    CHECK(file.tellg() == 100);
    CHECK(sent(file) == static_cast<std::int64_t>(bytes.size()) - 100);
    CHECK_THROWS(penbox::InvalidArgumentError, sent(file));
    std::istringstream text("text"), empty;
    CHECK(sent(text) == 4);
    std::string rest;
    text >> rest;
    CHECK(text.eof() && text.fail());
    CHECK_THROWS(penbox::InvalidArgumentError, sent(text));
    CHECK(sent(empty) == 0);
    std::ifstream missing(path + ".missing", std::ios::binary);
    CHECK_THROWS(penbox::InvalidArgumentError, sent(missing));
}

// The shapes of results, and path parameters of their own.
static void operations(const penbox::Client &client) {
    CHECK(client.form_templates().options("client-onboarding").type() == PENBOX_TYPE_OBJECT);
    std::size_t steps = 0;
    for (const Value &step : client.form_templates().steps("client-onboarding"))
        steps += step.has("/elements");
    CHECK(steps > 0);
    CHECK(client.forms().count(Params().set("/group-by", "status")).int64("/count").value_or(0) > 0);
    CHECK_THROWS(penbox::NotFoundError,
                 client.cases().start_step("00000000-0000-4000-8000-000000000000", "intake", Params()));
    const Value form = client.forms().create(Params().set("/flow/slug", "client-onboarding").set("/draft", true));
    const std::string id = form.string("/id").value();
    CHECK(client.forms().update(id, Params().set("/active_until", nullptr)).string("/id") == id);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    const penbox::Client client = penbox::Client::from_env();
    const std::string folder = argv[1];
    const std::string id = uploads(client, folder + "/source.bin");
    downloads(client, id, folder + "/target.bin");
    exceptions(client, id, folder + "/target.bin");
    streams(client, folder + "/source.bin");
    operations(client);
    CHECK(std::remove((folder + "/source.bin").c_str()) == 0);
    CHECK(std::remove(folder.c_str()) == 0);
    return report();
}
