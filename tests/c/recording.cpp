// Recorded answers, in C++. The arguments are an empty folder, and what Python recorded.
#include "check.hpp"

#include <penbox.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

// The calls that are recorded, and played in the same order; what they gave.
static std::vector<std::string> run(const penbox::Client &client) {
    std::vector<std::string> seen;
    for (int count = 0; count < 3; ++count)
        seen.push_back(client.forms()
                           .create(penbox::Params()
                                       .set("/flow/slug", "client-onboarding")
                                       .set("/user/email", "jo@example.org")
                                       .set("/user/given_name", "Jolene"))
                           .string("/id")
                           .value());
    for (const penbox::Value &form : client.forms().list(penbox::Params().set("/user/email", "jo@example.org")))
        seen.push_back(form.string("/id").value());
    CHECK(seen.size() == 6);
    CHECK_THROWS(penbox::NotFoundError, client.forms().get("00000000-0000-0000-0000-000000000000"));
    const std::string text = "Jolene";
    const penbox::Value attachment =
        client.attachments().upload_bytes(text, penbox::Params().set("/name", "jolene.txt"));
    seen.push_back(attachment.string("/id").value());
    CHECK(client.attachments().download_bytes(seen.back()).size == 6);
    return seen;
}

static void recorded_and_played(const std::filesystem::path &path) {
    const auto settings = penbox::Config::from_env().page_size(2);
    const auto recorded = run(penbox::Recording::record(path, settings));
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    CHECK(text.find("\"forms.create\"") != std::string::npos && text.find("olene") == std::string::npos);
    penbox::Recording recording(path);
    CHECK(recording.left() == 8);
    CHECK(run(recording.client(settings)) == recorded);
    CHECK(recording.left() == 0);
    // The client has the answers, whoever destroys the recording.
    const penbox::Client client = penbox::Recording(path).client();
    CHECK(client.forms().create(penbox::Params().set("/flow/slug", "any")).string("/id") == recorded[0]);
    CHECK_THROWS(penbox::FileError, penbox::Recording::record(path / "below", settings));
    CHECK_THROWS(penbox::ConfigError, penbox::Recording::record(path, penbox::Config()));
}

static void refused(const std::filesystem::path &path) {
    std::ofstream(path) << "{\"recording\":1,\"oper";
    try {
        const penbox::Recording recording(path);
        CHECK(false);
    } catch (const penbox::FileError &error) {
        CHECK(std::string(error.what()).find("line 1: EOF") != std::string::npos);
    }
    CHECK_THROWS(penbox::FileError, penbox::Recording(path.parent_path()));
    CHECK_THROWS(penbox::InvalidArgumentError, penbox::Recording(std::string("a\0b", 3)));
}

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    const std::filesystem::path folder = arguments[1];
    recorded_and_played(folder / "all.jsonl");
    const penbox::Recording python(arguments[2]);
    const penbox::Client client = python.client(penbox::Config().page_size(2));
    run(client);
    CHECK(python.left() == 0);
    try {
        client.cases().get("c");
        CHECK(false);
    } catch (const penbox::InternalError &error) {
        CHECK(error.reason() == "not_recorded" && error.outcome() == "not_sent");
    }
    refused(folder / "cut.jsonl");
    return report();
}
