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
    static Options from_json(std::string_view json) {
        const detail::Text text(json);
        Options options;
        options.handle_ = detail::make<penbox_options>(
            [&](penbox_options **out, penbox_error **err) { return penbox_options_from_json(text, out, err); });
        return options;
    }

    /// The limit of this call as a whole, its waits included, 1 ms to 24 h, instead of the client's. It holds for calls
    /// that move a file, too, which the client's does not.
    Options &timeout(std::chrono::milliseconds limit) {
        return done(penbox_options_set_timeout_ms(own(), detail::count(limit)));
    }
    /// The most requests this call makes, the first included, 1 to 100, instead of the client's.
    Options &max_attempts(std::uint32_t attempts) {
        return done(penbox_options_set_max_attempts(own(), attempts));
    }
    /// Repeats this call also where it may have acted: only for what is harmless twice.
    Options &retry_unsafe(bool repeat = true) {
        return done(penbox_options_set_retry_unsafe(own(), repeat ? 1 : 0));
    }
    /// A token that ends this call from another thread.
    Options &cancel(const CancelToken &token) {
        detail::check(penbox_options_set_cancel(own(), token.get()), "the token was moved from");
        return *this;
    }
    /// An extra header. Those the client sets itself are refused by the call.
    Options &header(std::string_view name, std::string_view value) {
        return done(penbox_options_set_header(own(), detail::Text(name), detail::Text(value)));
    }
    /// An extra query parameter, for what this SDK does not know.
    Options &query(std::string_view name, std::string_view value) {
        return done(penbox_options_set_query(own(), detail::Text(name), detail::Text(value)));
    }
    /// An extra member of the body, as JSON, for what this SDK does not know.
    Options &body_json(std::string_view name, std::string_view json) {
        return done(penbox_options_set_body_json(own(), detail::Text(name), detail::Text(json)));
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
    Options &done(penbox_status status) {
        detail::check(status, "the option was refused: it is not UTF-8, or its value not JSON");
        return *this;
    }

    detail::Handle<penbox_options> handle_;
};

} // namespace penbox

#endif
