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

namespace penbox {

namespace detail {

/// What an exception is made of: the C error where there is one, else a status and a message.
struct Failure {
    penbox_status status;
    std::string message;
    std::shared_ptr<const penbox_error> error;
};

inline std::optional<std::string_view> maybe(const char *text) noexcept {
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(text);
}

} // namespace detail

/// Base of everything this library throws. what() is the whole error on one line: message, facts and hint.
///
/// Texts belong to the exception and its copies: an exception that is gone with the statement has none to give.
class Error : public std::runtime_error {
  public:
    explicit Error(detail::Failure failure)
        : std::runtime_error(failure.message), status_(failure.status), error_(std::move(failure.error)) {}

    /// The kind as a number: PENBOX_ERROR_RATE_LIMIT.
    penbox_status status() const noexcept {
        return status_;
    }
    /// The kind's name: "rate_limit".
    std::string_view kind() const &noexcept;
    std::string_view kind() const && = delete;
    /// The server's own message where there is one, else the SDK's.
    std::string_view message() const &noexcept {
        return detail::maybe(penbox_error_message(raw())).value_or(what());
    }
    std::string_view message() const && = delete;
    /// What to do next.
    std::optional<std::string_view> hint() const &noexcept {
        return detail::maybe(penbox_error_hint(raw()));
    }
    std::optional<std::string_view> hint() const && = delete;
    /// Whether the request may have had an effect: "not_sent", "rejected", "unknown" or "done".
    std::string_view outcome() const &noexcept {
        return detail::maybe(penbox_error_outcome(raw())).value_or("not_sent");
    }
    std::string_view outcome() const && = delete;
    /// A finer cause within the kind.
    std::optional<std::string_view> reason() const &noexcept {
        return detail::maybe(penbox_error_reason(raw()));
    }
    std::optional<std::string_view> reason() const && = delete;
    /// Which limit passed, for an APITimeoutError.
    std::optional<std::string_view> phase() const &noexcept {
        return detail::maybe(penbox_error_phase(raw()));
    }
    std::optional<std::string_view> phase() const && = delete;
    /// The HTTP status, where the server answered.
    std::optional<int> http_status() const noexcept {
        const int status = penbox_error_http_status(raw());
        return status == 0 ? std::nullopt : std::optional<int>(status);
    }
    /// The `error` member of the API's error body.
    std::optional<std::string_view> title() const &noexcept {
        return detail::maybe(penbox_error_title(raw()));
    }
    std::optional<std::string_view> title() const && = delete;
    /// The answer's body as text, at most 64 KiB.
    std::optional<std::string_view> body() const &noexcept {
        return detail::maybe(penbox_error_body(raw()));
    }
    std::optional<std::string_view> body() const && = delete;
    /// The operation's id: "forms.create".
    std::optional<std::string_view> operation() const &noexcept {
        return detail::maybe(penbox_error_operation(raw()));
    }
    std::optional<std::string_view> operation() const && = delete;
    /// The HTTP method.
    std::optional<std::string_view> method() const &noexcept {
        return detail::maybe(penbox_error_method(raw()));
    }
    std::optional<std::string_view> method() const && = delete;
    /// The path template: "/forms/{id}".
    std::optional<std::string_view> path() const &noexcept {
        return detail::maybe(penbox_error_path(raw()));
    }
    std::optional<std::string_view> path() const && = delete;
    /// How many requests were sent or tried.
    std::uint32_t attempts() const noexcept {
        return penbox_error_attempts(raw());
    }
    /// How long the server asked to wait.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const std::int64_t wait = penbox_error_retry_after_ms(raw());
        return wait < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(std::chrono::milliseconds(wait));
    }
    /// Whether the same call may succeed later and repeating it cannot act twice.
    bool retryable() const noexcept {
        return penbox_error_retryable(raw());
    }
    /// The id the server gave the request (inferred: no such header is documented).
    std::optional<std::string_view> request_id() const &noexcept {
        return detail::maybe(penbox_error_request_id(raw()));
    }
    std::optional<std::string_view> request_id() const && = delete;
    /// When it happened, ISO 8601 in UTC; empty for what this layer refused itself.
    std::string_view occurred_at() const &noexcept {
        return detail::maybe(penbox_error_occurred_at(raw())).value_or("");
    }
    std::string_view occurred_at() const && = delete;
    /// Every member as one JSON object; empty for what this layer refused itself.
    std::string_view json() const &noexcept {
        return detail::maybe(penbox_error_json(raw())).value_or("");
    }
    std::string_view json() const && = delete;
    /// The text that Penbox's support asks for, without the token.
    std::string_view support_report() const &noexcept {
        return detail::maybe(penbox_error_support_report(raw())).value_or(what());
    }
    std::string_view support_report() const && = delete;

  private:
    const penbox_error *raw() const noexcept {
        return error_.get();
    }

    penbox_status status_;
    std::shared_ptr<const penbox_error> error_;
};

} // namespace penbox

#endif
