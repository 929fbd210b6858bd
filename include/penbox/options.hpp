#ifndef PENBOX_OPTIONS_HPP
#define PENBOX_OPTIONS_HPP

#include "cancel.hpp"

namespace penbox {

/// The options of a single call: its differences from the settings of its client. The call validates them. Setters
/// throw InvalidArgumentError for text that is not UTF-8, and std::bad_alloc if there is no memory.
class Options {
  public:
    Options() = default;
    Options(const Options &other) : handle_(detail::cloned(penbox_options_clone, other.handle_)) {}
    Options(Options &&) noexcept = default;
    Options &operator=(const Options &other) {
        handle_ = detail::cloned(penbox_options_clone, other.handle_);
        return *this;
    }
    Options &operator=(Options &&) noexcept = default;
    ~Options() = default;

    /// Makes options from the text of a JSON object: timeout_ms, max_attempts, retry_unsafe, fresh, headers, query,
    /// body. Throws InvalidArgumentError for other text.
    static Options from_json(const Text &json) {
        const char *text = json.c_str("the JSON of the options");
        Options options;
        options.handle_ = detail::make<penbox_options>(
            [&](penbox_options **out, penbox_error **err) { return penbox_options_from_json(text, out, err); });
        return options;
    }

    /// The limit of the call as a whole, its waits included, instead of the client's limits for calls and for files.
    /// Range: 1 ms to 24 h.
    Options &timeout(std::chrono::milliseconds limit) & {
        return done(penbox_options_set_timeout_ms(own(), detail::count(limit)), "timeout");
    }
    Options timeout(std::chrono::milliseconds limit) && {
        return std::move(timeout(limit));
    }
    /// The most requests that the call makes, the first included, instead of the client's number. Range: 1 to 100.
    Options &max_attempts(detail::Whole<std::uint32_t> attempts) & {
        return done(penbox_options_set_max_attempts(own(), attempts.get("max_attempts")), "max_attempts");
    }
    Options max_attempts(detail::Whole<std::uint32_t> attempts) && {
        return std::move(max_attempts(attempts));
    }
    /// Repeats the call even if the server may have acted. Only for calls that do no harm when they act twice, such as
    /// a lookup sent as a POST.
    Options &retry_unsafe(detail::Flag repeat = true) & {
        return done(penbox_options_set_retry_unsafe(own(), repeat ? 1 : 0), "retry_unsafe");
    }
    Options retry_unsafe(detail::Flag repeat = true) && {
        return std::move(retry_unsafe(repeat));
    }
    /// Requests the answer from the server, although the client's cache has one, and keeps the new one there. It has no
    /// effect without `cache_ttl`, and on calls that are never cached.
    Options &fresh(detail::Flag fresh = true) & {
        return done(penbox_options_set_fresh(own(), fresh ? 1 : 0), "fresh");
    }
    Options fresh(detail::Flag wanted = true) && {
        return std::move(fresh(wanted));
    }
    /// The `CancelToken` that ends the call from elsewhere. If it is cancelled already, nothing is sent.
    Options &cancel(const CancelToken &token) & {
        detail::check(penbox_options_set_cancel(own(), token.get()), "the token was moved from");
        return *this;
    }
    Options cancel(const CancelToken &token) && {
        return std::move(cancel(token));
    }
    /// An extra header. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.
    ///
    /// The call throws InvalidArgumentError for one that is refused.
    Options &header(const Text &name, const Text &value) & {
        return done(penbox_options_set_header(own(), name.c_str("the name of a header"),
                                              value.c_str("the value of " + name.shown())),
                    "header");
    }
    Options header(const Text &name, const Text &value) && {
        return std::move(header(name, value));
    }
    /// An extra query parameter, for what this SDK does not know.
    Options &query(const Text &name, const Text &value) & {
        return done(penbox_options_set_query(own(), name.c_str("the name of a query"),
                                             value.c_str("the value of " + name.shown())),
                    "query");
    }
    Options query(const Text &name, const Text &value) && {
        return std::move(query(name, value));
    }
    /// An extra member of the body, for what this SDK does not know.
    ///
    /// The value is JSON text. Throws InvalidArgumentError for text that is not JSON.
    Options &body_json(const Text &name, const Text &json) & {
        return done(penbox_options_set_body_json(own(), name.c_str("the name of a body_json"),
                                                 json.c_str("the json of " + name.shown())),
                    "body_json");
    }
    Options body_json(const Text &name, const Text &json) && {
        return std::move(body_json(name, json));
    }

    /// Returns the C handle, or NULL while nothing is set. It belongs to this object: never free it.
    const penbox_options *get() const noexcept {
        return handle_.get();
    }

  private:
    /// Returns the handle to set an option in. It is made at the first option, so that calls without options cost no
    /// memory.
    penbox_options *own() {
        if (!handle_)
            handle_ = detail::made(penbox_options_new());
        return handle_.get();
    }
    /// Throws if a setter failed.
    Options &done(penbox_status status, const char *name) {
        detail::check(status,
                      std::string("the option ") + name + " was refused: it is not UTF-8, or its value not JSON");
        return *this;
    }

    detail::Handle<penbox_options> handle_;
};

} // namespace penbox

#endif
