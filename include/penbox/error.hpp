#ifndef PENBOX_ERROR_HPP
#define PENBOX_ERROR_HPP

#include "../penbox.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penbox {

namespace detail {

/// The content of an exception: a status and a message, and the C error unless this layer found the fault itself.
struct Failure {
    penbox_status status;
    std::string message;
    std::shared_ptr<const penbox_error> error;
};

/// Converts a C string, or nothing for NULL.
inline std::optional<std::string_view> maybe(const char *text) noexcept {
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(text);
}

} // namespace detail

/// The base class of the library's exceptions. what() is the whole error on one line: message, facts and hint.
///
/// Texts belong to the exception and its copies. So the functions that return views do not compile for a temporary
/// exception.
class Error : public std::runtime_error {
  public:
    /// Makes an exception. It keeps the C error alive, whose texts the views show.
    explicit Error(detail::Failure failure)
        : std::runtime_error(failure.message), status_(failure.status), error_(std::move(failure.error)) {}

    /// Returns the number of the kind: PENBOX_ERROR_RATE_LIMIT.
    penbox_status status() const noexcept {
        return status_;
    }
    /// The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same in every language.
    std::string_view kind() const &noexcept;
    std::string_view kind() const && = delete;
    /// The server's own message where there is one, else the SDK's. It has at most 512 characters; control characters
    /// are escaped.
    std::string_view message() const &noexcept {
        return detail::maybe(penbox_error_message(raw())).value_or(what());
    }
    std::string_view message() const && = delete;
    /// Advice on what to do next, where there is any.
    std::optional<std::string_view> hint() const &noexcept {
        return detail::maybe(penbox_error_hint(raw()));
    }
    std::optional<std::string_view> hint() const && = delete;
    /// The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act), `unknown` (it may
    /// have acted) or `done` (it acted, and its answer was lost).
    std::string_view outcome() const &noexcept {
        // Without a C error this layer found the fault, so nothing was sent.
        return detail::maybe(penbox_error_outcome(raw())).value_or("not_sent");
    }
    std::string_view outcome() const && = delete;
    /// A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The page on errors lists
    /// them all; more may be added, so match with a fallback.
    std::optional<std::string_view> reason() const &noexcept {
        return detail::maybe(penbox_error_reason(raw()));
    }
    std::optional<std::string_view> reason() const && = delete;
    /// The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or `total`.
    std::optional<std::string_view> phase() const &noexcept {
        return detail::maybe(penbox_error_phase(raw()));
    }
    std::optional<std::string_view> phase() const && = delete;
    /// The HTTP status, if the server answered.
    std::optional<int> http_status() const noexcept {
        const int status = penbox_error_http_status(raw());
        return status == 0 ? std::nullopt : std::optional<int>(status);
    }
    /// The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`.
    std::optional<std::string_view> title() const &noexcept {
        return detail::maybe(penbox_error_title(raw()));
    }
    std::optional<std::string_view> title() const && = delete;
    /// The answer's body as text, at most 64 KiB, with the client's token blanked should the server echo it. It may
    /// hold personal data.
    std::optional<std::string_view> body() const &noexcept {
        return detail::maybe(penbox_error_body(raw()));
    }
    std::optional<std::string_view> body() const && = delete;
    /// Returns a header of the answer that the error is from, if the server answered with one. The case of `name` does
    /// not matter.
    std::optional<std::string> header(const std::string &name) const {
        const std::optional<std::string_view> found = detail::maybe(penbox_error_header(raw(), name.c_str()));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// Returns every header of that answer: its name in lower case, and its value.
    std::vector<std::pair<std::string, std::string>> headers() const {
        std::vector<std::pair<std::string, std::string>> all;
        for (std::size_t at = 0; at < penbox_error_header_count(raw()); ++at)
            all.emplace_back(detail::maybe(penbox_error_header_name(raw(), at)).value_or(""),
                             detail::maybe(penbox_error_header_value(raw(), at)).value_or(""));
        return all;
    }
    /// Returns the C error, for body_json(const Error &); it is null if this layer found the fault itself.
    const penbox_error *get() const &noexcept {
        return raw();
    }
    const penbox_error *get() const && = delete;
    /// The operation's id, such as `forms.create`.
    ///
    /// Nothing if the error is not one of an operation.
    std::optional<std::string_view> operation() const &noexcept {
        return detail::maybe(penbox_error_operation(raw()));
    }
    std::optional<std::string_view> operation() const && = delete;
    /// The HTTP method.
    ///
    /// Nothing if the error is not one of an operation.
    std::optional<std::string_view> method() const &noexcept {
        return detail::maybe(penbox_error_method(raw()));
    }
    std::optional<std::string_view> method() const && = delete;
    /// The path template, such as `/forms/{id}`: never the path with its values. Of a request of your own it is the
    /// path that was given, without its query.
    ///
    /// Nothing if the error is not one of an operation.
    std::optional<std::string_view> path() const &noexcept {
        return detail::maybe(penbox_error_path(raw()));
    }
    std::optional<std::string_view> path() const && = delete;
    /// The number of requests that were sent or tried.
    std::uint32_t attempts() const noexcept {
        return penbox_error_attempts(raw());
    }
    /// The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header, whichever is
    /// longer. It has no upper limit; zero is "at once". For a call that was refused unsent it is the time until the
    /// call may be sent.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const std::int64_t wait = penbox_error_retry_after_ms(raw());
        return wait < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(std::chrono::milliseconds(wait));
    }
    /// True if the same call may succeed later and repeating it cannot act twice. False for an upload whose source was
    /// read and cannot be read again.
    bool retryable() const noexcept {
        return penbox_error_retryable(raw());
    }
    /// The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented).
    std::optional<std::string_view> request_id() const &noexcept {
        return detail::maybe(penbox_error_request_id(raw()));
    }
    std::optional<std::string_view> request_id() const && = delete;
    /// The time of the error, ISO 8601 in UTC.
    ///
    /// It is empty if this layer found the fault itself.
    std::string_view occurred_at() const &noexcept {
        return detail::maybe(penbox_error_occurred_at(raw())).value_or("");
    }
    std::string_view occurred_at() const && = delete;
    /// Returns every member as one JSON object. It is empty if this layer found the fault itself.
    std::string_view json() const &noexcept {
        return detail::maybe(penbox_error_json(raw())).value_or("");
    }
    std::string_view json() const && = delete;
    /// The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.
    std::string_view support_report() const &noexcept {
        return detail::maybe(penbox_error_support_report(raw())).value_or(what());
    }
    std::string_view support_report() const && = delete;
    /// The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The token is
    /// `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since bodies hold
    /// contacts. The address has its query, which may name a contact. Extra headers of the call are left out. Absent
    /// where no request was made.
    std::optional<std::string_view> curl() const &noexcept {
        return detail::maybe(penbox_error_curl(raw()));
    }
    std::optional<std::string_view> curl() const && = delete;

  private:
    const penbox_error *raw() const noexcept {
        return error_.get();
    }

    penbox_status status_;
    std::shared_ptr<const penbox_error> error_;
};

} // namespace penbox

#endif
