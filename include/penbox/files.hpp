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
    /// The path of the file, if it was written to one.
    std::optional<std::string> path;
    /// The bytes of the file, if they are in memory.
    std::optional<std::string> content;
    /// The name that the server gave the file, made safe as a file name, if it gave one. It begins with no dot and no
    /// dash.
    std::optional<std::string> name;
    /// The MIME type of the file, if the server gave one.
    std::optional<std::string> content_type;
    /// The size of the file in bytes.
    std::uint64_t size = 0;
    /// The SHA-256 of the file's bytes, in hexadecimal.
    std::string sha256;
};

// The three kinds of function that a call with a file takes. They run on the thread of the call, before the call
// returns. An exception that they throw ends the call, and the call throws it on unchanged.

/// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is
/// known. It may cancel the call.
///
/// It returns true to go on. False cancels the call, which then throws CancelledError.
using Progress = std::function<bool(std::uint64_t moved, std::optional<std::uint64_t> total)>;
/// A function that reads the next bytes of an upload. It writes at most `size` bytes to `buffer` and returns their
/// number; 0 is the end of the file.
using Reader = std::function<std::size_t(char *buffer, std::size_t size)>;
/// A function that stores the next bytes of a download, all of them.
using Writer = std::function<void(std::string_view bytes)>;

namespace detail {

/// A call that moves a file, with the arguments that all such calls take, and the caller's functions in the form that C
/// calls.
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
        // A stream that has met its end is no failure, for seeking shows if bytes are left. A stream without a buffer
        // was never opened.
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
        const Handle<penbox_options> limited(options_ ? penbox_options_clone(options_) : penbox_options_new());
        check(penbox_options_set_into_memory(limited.get(), 1), "there is no memory for the options");
        check(penbox_options_set_restarts(limited.get(), 1), "there is no memory for the options");
        options_ = limited.get();
        content_ = &content;
        File found = file(run([&](auto **out, auto **err) {
            return function(client_, params_, options_, stores, watch(), this, out, err);
        }));
        found.content = std::move(content);
        return found;
    }

  private:
    penbox_progress_callback watch() const noexcept {
        return *progress_ || content_ ? moves : nullptr;
    }

    /// Runs a call and returns its value. Throws the exception of a function of the caller's, or else the call's error.
    template <class Call>
    Handle<penbox_value> run(Call call) {
        penbox_value *out = nullptr;
        penbox_error *error = nullptr;
        const penbox_status status = call(&out, &error);
        Handle<penbox_value> made(out);
        if (lacks_memory_) {
            penbox_error_free(error);
            raise({PENBOX_ERROR_INTERNAL, "there is no memory for the bytes of the file", nullptr});
        }
        // The caller's exception wins: the call's error only says that a function failed.
        if (thrown_) {
            penbox_error_free(error);
            std::rethrow_exception(thrown_);
        }
        check(status, error);
        return made;
    }

    /// Reads the description of a downloaded file.
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

    /// Runs a function of the caller's. If it throws, keeps the exception and returns `failed`: an exception must not
    /// cross C.
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
    // Reads the buffer, not the stream, so that the stream keeps its state and never throws by its mask of exceptions.
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
            // Not an exception to throw on: a stream that cannot be rewound can be read once.
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
    /// Keeps the bytes of a download; without bytes an attempt broke, and another follows.
    static bool stores(void *user, const std::uint8_t *bytes, std::size_t size) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->roomy([&] {
            if (bytes == nullptr)
                self->content_->clear();
            else
                self->content_->append(reinterpret_cast<const char *>(bytes), size);
        });
    }
    /// Runs what takes memory for the content. Returns false where there is none, which ends the call.
    template <class Body>
    bool roomy(Body body) noexcept {
        try {
            body();
            return true;
        } catch (...) {
            lacks_memory_ = true;
            return false;
        }
    }
    static bool moves(void *user, std::uint64_t moved, std::int64_t total) noexcept {
        auto *self = static_cast<Transfer *>(user);
        return self->kept(false, [&] {
            // All the memory at once: a string that grows would have two copies of the file at times.
            if (self->content_ && total > 0 &&
                !self->roomy([&] { self->content_->reserve(static_cast<std::size_t>(total)); }))
                return false;
            const auto all = total < 0 ? std::nullopt : std::optional<std::uint64_t>(total);
            return !*self->progress_ || (*self->progress_)(moved, all);
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
    std::string *content_ = nullptr;
    bool lacks_memory_ = false;
    std::exception_ptr thrown_;
};

} // namespace detail

} // namespace penbox

#endif
