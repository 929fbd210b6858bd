#ifndef PENBOX_OPTIONS_HPP
#define PENBOX_OPTIONS_HPP

#include "cancel.hpp"

namespace penbox {

/// What a single call does differently from its client. The call judges it.
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

    /// Options from the text of a JSON object: timeout_ms, max_attempts, retry_unsafe, headers, query, body.
    static Options from_json(const Text &json) {
        const char *text = json.c_str("the JSON of the options");
        Options options;
        options.handle_ = detail::make<penbox_options>(
            [&](penbox_options **out, penbox_error **err) { return penbox_options_from_json(text, out, err); });
        return options;
    }

    /// The limit of this call as a whole, its waits included, 1 ms to 24 h, instead of the client's. It holds for calls
    /// that move a file, too, which the client's does not.
    Options &timeout(std::chrono::milliseconds limit) & {
        return done(penbox_options_set_timeout_ms(own(), detail::count(limit)), "timeout");
    }
    Options timeout(std::chrono::milliseconds limit) && {
        return std::move(timeout(limit));
    }
    /// The most requests this call makes, the first included, 1 to 100, instead of the client's.
    Options &max_attempts(detail::Whole<std::uint32_t> attempts) & {
        return done(penbox_options_set_max_attempts(own(), attempts.get("max_attempts")), "max_attempts");
    }
    Options max_attempts(detail::Whole<std::uint32_t> attempts) && {
        return std::move(max_attempts(attempts));
    }
    /// Repeats this call also where it may have acted: only for what is harmless twice.
    Options &retry_unsafe(detail::Flag repeat = true) & {
        return done(penbox_options_set_retry_unsafe(own(), repeat ? 1 : 0), "retry_unsafe");
    }
    Options retry_unsafe(detail::Flag repeat = true) && {
        return std::move(retry_unsafe(repeat));
    }
    /// A token that ends this call from another thread.
    Options &cancel(const CancelToken &token) & {
        detail::check(penbox_options_set_cancel(own(), token.get()), "the token was moved from");
        return *this;
    }
    Options cancel(const CancelToken &token) && {
        return std::move(cancel(token));
    }
    /// An extra header. Those the client sets itself are refused by the call.
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
    /// An extra member of the body, as JSON, for what this SDK does not know.
    Options &body_json(const Text &name, const Text &json) & {
        return done(penbox_options_set_body_json(own(), name.c_str("the name of a body_json"),
                                                 json.c_str("the json of " + name.shown())),
                    "body_json");
    }
    Options body_json(const Text &name, const Text &json) && {
        return std::move(body_json(name, json));
    }

    /// The C handle, NULL while nothing is set. It stays this object's.
    const penbox_options *get() const noexcept {
        return handle_.get();
    }

  private:
    penbox_options *own() {
        if (!handle_)
            handle_ = detail::made(penbox_options_new());
        return handle_.get();
    }
    Options &done(penbox_status status, const char *name) {
        detail::check(status,
                      std::string("the option ") + name + " was refused: it is not UTF-8, or its value not JSON");
        return *this;
    }

    detail::Handle<penbox_options> handle_;
};

} // namespace penbox

#endif
