#ifndef PENBOX_FILES_HPP
#define PENBOX_FILES_HPP

#include "options.hpp"
#include "params.hpp"
#include "value.hpp"

#include <exception>
#include <functional>
#include <istream>

namespace penbox {

/// A file that was downloaded.
struct File {
    /// Where it lies, if it went to a path.
    std::optional<std::string> path;
    /// Its bytes, if it went into memory.
    std::optional<std::string> content;
    /// The name the server gave it, made safe; none if it gave none.
    std::optional<std::string> name;
    /// Its MIME type.
    std::optional<std::string> content_type;
    /// Bytes.
    std::uint64_t size = 0;
    /// SHA-256 of its bytes, in hexadecimal.
    std::string sha256;
};

/// The three kinds of function that a call with a file takes. They are called by the calling thread, before the call returns.
/// What they throw ends the call and comes out of it as it was thrown.

/// Told of the bytes of the file that were moved so far, and of all there are where that is known. False cancels the call,
/// which then throws CancelledError.
using Progress = std::function<bool(std::uint64_t moved, std::optional<std::uint64_t> total)>;
/// Gives the next bytes, up to `size` of them into `buffer`, and returns how many; 0 at the end.
using Reader = std::function<std::size_t(char *buffer, std::size_t size)>;
/// Takes the next bytes, all of them.
using Writer = std::function<void(std::string_view bytes)>;

namespace detail {

/// A call that moves a file: what every one of them takes, and its functions as C calls them.
class Transfer {
  public:
    using UploadFile = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                         const char *, penbox_progress_callback, void *, penbox_value **,
                                         penbox_error **);
    using UploadReader = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                           penbox_read_callback, std::int64_t, penbox_progress_callback, void *,
                                           penbox_value **, penbox_error **);
    using UploadSeekable = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                             penbox_read_callback, penbox_seek_callback, penbox_progress_callback,
                                             void *, penbox_value **, penbox_error **);
    using UploadBytes = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                          const std::uint8_t *, std::size_t, penbox_progress_callback, void *,
                                          penbox_value **, penbox_error **);
    using DownloadFile = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                           const char *, bool, penbox_progress_callback, void *, penbox_value **,
                                           penbox_error **);
    using DownloadWriter = penbox_status (*)(const penbox_client *, const penbox_params *, const penbox_options *,
                                             penbox_write_callback, penbox_progress_callback, void *, penbox_value **,
                                             penbox_error **);

    Transfer(std::shared_ptr<const penbox_client> client, const Params &params, const Options &options,
             const Progress &progress)
        : held_(std::move(client)), client_(held_.get()), params_(params.get()), options_(options.get()),
          progress_(&progress) {}

    Value upload_file(UploadFile function, const Text &path) {
        const char *text = path.c_str("path");
        return Value(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, text, watch(), this, out, err);
        }));
    }
    Value upload_reader(UploadReader function, const Reader &read, std::optional<std::uint64_t> size) {
        read_ = &read;
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (size.value_or(0) > most)
            raise({PENBOX_ERROR_INVALID_ARGUMENT, "the size is too large", nullptr});
        const std::int64_t known = size ? static_cast<std::int64_t>(*size) : -1;
        const penbox_read_callback reader = read ? reads : nullptr;
        return Value(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, reader, known, watch(), this, out, err);
        }));
    }
    Value upload_stream(UploadSeekable function, std::istream &source) {
        // An end that was met before is no failure: whether nothing is left is found by seeking.
        if ((source.fail() && !source.eof()) || source.rdbuf() == nullptr)
            raise(
                {PENBOX_ERROR_INVALID_ARGUMENT, "the source is a stream that failed before: was it opened?", nullptr});
        source_ = source.rdbuf();
        return Value(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, streams, seeks, watch(), this, out, err);
        }));
    }
    Value upload_bytes(UploadBytes function, const Bytes &given) {
        const std::string_view bytes = given.get();
        const auto *first = reinterpret_cast<const std::uint8_t *>(bytes.data());
        return Value(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, first, bytes.size(), watch(), this, out, err);
        }));
    }
    File download_file(DownloadFile function, const Text &path, bool overwrite) {
        const char *text = path.c_str("path");
        return file(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, text, overwrite, watch(), this, out, err);
        }));
    }
    File download_writer(DownloadWriter function, const Writer &write) {
        write_ = &write;
        const penbox_write_callback writer = write ? writes : nullptr;
        return file(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, writer, watch(), this, out, err);
        }));
    }
    File download_bytes(DownloadWriter function) {
        std::string content;
        File found = download_writer(function, [&](std::string_view bytes) { content.append(bytes); });
        found.content = std::move(content);
        return found;
    }

  private:
    penbox_progress_callback watch() const noexcept {
        return *progress_ ? moves : nullptr;
    }

    /// Runs a call. What a function threw meanwhile is thrown on.
    template <class Call>
    Handle<penbox_value> run(Call call) {
        penbox_value *out = nullptr;
        penbox_error *error = nullptr;
        const penbox_status status = call(&out, &error);
        Handle<penbox_value> made(out);
        if (thrown_) {
            penbox_error_free(error);
            std::rethrow_exception(thrown_);
        }
        check(status, error);
        return made;
    }

    static File file(Handle<penbox_value> handle) {
        const Value value(std::move(handle));
        File file;
        file.path = value.string("/path");
        file.name = value.string("/name");
        file.content_type = value.string("/content_type");
        file.size = static_cast<std::uint64_t>(value.int64("/size").value_or(0));
        file.sha256 = value.string("/sha256").value_or("");
        return file;
    }

    /// Runs a function of the caller's; `failed` is what C is told where it throws.
    template <class Result, class Body>
    Result kept(Result failed, Body body) noexcept {
        try {
            return body();
        } catch (...) {
            thrown_ = std::current_exception();
            return failed;
        }
    }

    static std::int64_t reads(void *user, std::uint8_t *buffer, std::size_t size) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->kept(std::int64_t{-1}, [&] {
            return static_cast<std::int64_t>((*self->read_)(reinterpret_cast<char *>(buffer), size));
        });
    }
    // The buffer is asked, not the stream: whatever its state and its mask of exceptions are, they stay.
    static std::int64_t streams(void *user, std::uint8_t *buffer, std::size_t size) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->kept(std::int64_t{-1}, [&] {
            const auto room = static_cast<std::streamsize>(size);
            return static_cast<std::int64_t>(self->source_->sgetn(reinterpret_cast<char *>(buffer), room));
        });
    }
    static std::int64_t seeks(void *user, std::int64_t offset, std::int32_t whence) noexcept {
        auto *self = static_cast<Transfer *>(user);
        try {
            const auto from = whence == 0 ? std::ios_base::beg : whence == 1 ? std::ios_base::cur : std::ios_base::end;
            const std::streamoff place = self->source_->pubseekoff(offset, from, std::ios_base::in);
            return static_cast<std::int64_t>(place);
        } catch (...) {
            // A stream that cannot be brought back can be read all the same.
            return -1;
        }
    }
    static bool writes(void *user, const std::uint8_t *bytes, std::size_t size) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->kept(false, [&] {
            (*self->write_)(std::string_view(reinterpret_cast<const char *>(bytes), size));
            return true;
        });
    }
    static bool moves(void *user, std::uint64_t moved, std::int64_t total) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->kept(false, [&] {
            const auto all = total < 0 ? std::nullopt : std::optional<std::uint64_t>(total);
            return (*self->progress_)(moved, all);
        });
    }

    std::shared_ptr<const penbox_client> held_;
    const penbox_client *client_;
    const penbox_params *params_;
    const penbox_options *options_;
    const Progress *progress_;
    const Reader *read_ = nullptr;
    std::streambuf *source_ = nullptr;
    const Writer *write_ = nullptr;
    std::exception_ptr thrown_;
};

} // namespace detail

} // namespace penbox

#endif
