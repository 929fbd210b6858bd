// Downloads that break off: those into memory are attempted again, and memory that runs out is an error of the SDK.
#include "check.hpp"

#include <cstdlib>
#include <new>
#include <penbox.hpp>

// No memory for more than a gibibyte, whatever the machine has.
void *operator new(std::size_t size) {
    void *const found = size > std::size_t{1} << 30 ? nullptr : std::malloc(size);
    if (found == nullptr)
        throw std::bad_alloc();
    return found;
}
void operator delete(void *memory) noexcept {
    std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
    std::free(memory);
}

int main() {
    const penbox::Client client = penbox::Client::from_env();
    const penbox::File file = client.attachments().download_bytes("a");
    CHECK(file.content == "halves" && file.size == 6);
    // A function may have done anything with the bytes: they are not sent to it twice.
    std::string written;
    CHECK_THROWS(penbox::Error,
                 client.attachments().download_writer("a", [&](std::string_view bytes) { written.append(bytes); }));
    CHECK(written == "hal");
    const penbox::Client roomy(penbox::Config::from_env().max_download_bytes(std::uint64_t{1} << 40));
    CHECK_THROWS(penbox::InternalError, roomy.attachments().download_bytes("a"));
    return report();
}
