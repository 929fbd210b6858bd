#ifndef PENBOX_RECORDING_HPP
#define PENBOX_RECORDING_HPP

#include "client.hpp"

#include <cstddef>

namespace penbox {

/// Answers that were recorded, to be played to a program's unit tests: see penbox_recording_read. A file of JSON lines
/// that every language of the SDK reads. Any number of threads may use one at the same time.
class Recording {
  public:
    /// Reads a recording of at most 64 MiB. Throws FileError if it cannot be read, or has another format or version: the
    /// message names the line.
    explicit Recording(const Text &path) : handle_(read(path)) {}

    /// Makes a client that writes what it is answered to a file, which is replaced: without tokens, and with other texts
    /// in place of those that may be a contact's. Throws ConfigError as Client does, and FileError if the file cannot be
    /// made.
    static Client record(const Text &path, const Config &config) {
        const char *place = path.c_str("the recording's path");
        return Client(detail::make<penbox_client>([&](penbox_client **out, penbox_error **err) {
            return penbox_recording_record(place, config.get(), out, err);
        }));
    }

    /// Makes a client that gets the answers, each operation's in the order in which they were recorded. No wait takes
    /// time. A call without an answer throws InternalError with the reason not_recorded. Throws ConfigError if a setting
    /// is invalid.
    Client client(const Config &config = {}) const {
        return Client(detail::make<penbox_client>([&](penbox_client **out, penbox_error **err) {
            return penbox_recording_client(get(), config.get(), out, err);
        }));
    }
    /// Returns the number of answers that were not given yet.
    std::size_t left() const noexcept {
        return penbox_recording_left(get());
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_recording *get() const noexcept {
        return handle_.get();
    }

  private:
    static detail::Handle<penbox_recording> read(const Text &path) {
        const char *place = path.c_str("the recording's path");
        return detail::Handle<penbox_recording>(detail::make<penbox_recording>(
            [&](penbox_recording **out, penbox_error **err) { return penbox_recording_read(place, out, err); }));
    }

    detail::Handle<penbox_recording> handle_;
};

} // namespace penbox

#endif
