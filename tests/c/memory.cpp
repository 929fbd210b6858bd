// A large file in every streaming way of C++: the peak of memory stays. The arguments are an empty folder and the file's MiB.
#include "check.hpp"
#include "peak.h"

#include <penbox.hpp>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

static void move(const penbox::Client &client, const fs::path &folder, std::uint64_t mib, bool measured) {
    const std::uint64_t size = mib << 20;
    const std::string number = std::to_string(size);
    // The server sends as many bytes as the id ends in.
    const std::string id = "00000000-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
    const std::string source = folder / "source.bin", target = folder / "target.bin";
    std::ofstream{source};
    fs::resize_file(source, size);
    const penbox::Params named = penbox::Params().set("/name", "a.bin");
    std::uint64_t moved = 0;
    const penbox::Reader read = [&](char *buffer, std::size_t most) {
        const std::size_t count = std::min<std::uint64_t>(most, size - moved);
        std::memset(buffer, 'x', count);
        moved += count;
        return count;
    };
    const penbox::Writer write = [&](std::string_view bytes) { moved += bytes.size(); };
    const std::pair<const char *, std::function<void()>> ways[] = {
        {"up path", [&] { CHECK(client.attachments().upload_file(source).string("/id") == "a"); }},
        {"up reader",
         [&] {
             moved = 0;
             CHECK(client.attachments().upload_reader(read, std::nullopt, named).string("/id") == "a" && moved == size);
         }},
        {"down path",
         [&] {
             CHECK(client.attachments().download_file(id, target).size == size);
             CHECK(fs::remove(target));
         }},
        {"down memory",
         [&] {
             const penbox::File file = client.attachments().download_bytes(id);
             CHECK(file.content && file.content->size() == size);
         }},
        {"down writer",
         [&] {
             moved = 0;
             CHECK(client.attachments().download_writer(id, write).size == size && moved == size);
         }},
    };
    for (const auto &[name, run] : ways) {
        const long before = peak();
        const auto started = std::chrono::steady_clock::now();
        run();
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
        const long grown = peak() - before;
        if (measured)
            std::printf("%s: %d MiB, grown by %ld kB in %.1f s\n", name, static_cast<int>(mib), grown, spent.count());
        // In memory the file is there once.
        const long file_kb = std::strcmp(name, "down memory") == 0 ? static_cast<long>(size >> 10) : 0;
        CHECK(!measured || (before > 0 && grown < file_kb + MOST_KB));
    }
    CHECK(fs::remove(source));
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    // The largest file comes into memory, too.
    const penbox::Client client(penbox::Config::from_env().max_download_bytes(std::uint64_t{1} << 40));
    // A small file first, so that what is made once is made.
    move(client, argv[1], 1, false);
    move(client, argv[1], std::strtoull(argv[2], nullptr, 10), true);
    CHECK(fs::remove(argv[1]));
    std::fflush(stdout);
    return report();
}
