#ifndef PENBOX_HOOKS_HPP
#define PENBOX_HOOKS_HPP

#include "detail.hpp"

#include <cstring>
#include <functional>

namespace penbox {

// The values that the hooks of Config get. None has the token, nor a value of the request or the answer.

/// An attempt of a call.
struct AttemptEvent {
    /// The operation's id, such as "forms.create".
    std::string operation;
    /// The HTTP method.
    std::string method;
    /// The path template, such as "/forms/{id}".
    std::string path;
    /// The number of the attempt within its call, from 1.
    std::uint32_t attempt = 0;
};

/// A request that is about to be sent, for Config::on_request.
class RequestEvent : public AttemptEvent {
  public:
    RequestEvent(AttemptEvent attempt, penbox_options *headers) noexcept
        : AttemptEvent(std::move(attempt)), headers_(headers) {}
    RequestEvent(const RequestEvent &) = delete;
    RequestEvent &operator=(const RequestEvent &) = delete;

    /// Adds a header to this attempt, in the place of one of the same name that the call has. For one that the client
    /// sets itself, such as `Authorization`, the call throws InvalidArgumentError, and this attempt is not sent. Throws
    /// InvalidArgumentError for text that is not UTF-8.
    RequestEvent &header(const Text &name, const Text &value) {
        const char *name_text = name.c_str("the name of a header");
        const char *value_text = value.c_str("the value of " + name.shown());
        detail::check(penbox_options_set_header(headers_, name_text, value_text), "the header is not UTF-8");
        return *this;
    }

  private:
    penbox_options *headers_;
};

/// The end of an attempt, for Config::on_response.
struct ResponseEvent : AttemptEvent {
    /// The HTTP status, if the server answered.
    std::optional<int> http_status;
    /// The id that the server gave the request, if it did.
    std::optional<std::string> request_id;
    /// The time of the attempt, without the waits before it.
    std::chrono::duration<double, std::milli> elapsed{};
    /// The wait that the server requested.
    std::optional<std::chrono::duration<double, std::milli>> retry_after;
    /// The kind of the attempt's error; none for a success.
    std::optional<std::string> error;
    /// The outcome of the attempt's error; none for a success.
    std::optional<std::string> outcome;
};

/// A repeat that is about to be waited for, for Config::on_retry.
struct RetryEvent : AttemptEvent {
    /// The wait before the next attempt.
    std::chrono::duration<double, std::milli> wait{};
    /// The kind of the failed attempt's error.
    std::string error;
    /// The finer cause within the kind, such as "reset".
    std::optional<std::string> reason;
    /// The HTTP status of the failed attempt, if the server answered.
    std::optional<int> http_status;
};

/// The beginning of an episode of unusual use, for Config::on_alert.
struct Alert {
    /// The rule that was broken: "calls" or "refusals".
    std::string rule;
    /// The calls of this minute so far, or the refusals in a row.
    std::uint64_t count = 0;
    /// The usual calls of a minute, for the rule "calls".
    std::optional<std::uint64_t> usual;
    /// The alert as a sentence.
    std::string message;
};

namespace detail {

/// The members of an event of C, which ends with its hook: all are copied.
class EventReader {
  public:
    explicit EventReader(const penbox_value *event) noexcept : event_(event) {}

    std::optional<std::string> text(const char *pointer) const {
        const std::optional<std::string_view> found = maybe(penbox_value_string(event_, pointer));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    std::string text_of(const char *pointer) const {
        return text(pointer).value_or("");
    }
    template <class Number>
    std::optional<Number> whole(const char *pointer) const {
        std::int64_t out = 0;
        return penbox_value_int64(event_, pointer, &out) ? std::optional(static_cast<Number>(out)) : std::nullopt;
    }
    std::optional<std::chrono::duration<double, std::milli>> time(const char *pointer) const {
        double out = 0;
        if (!penbox_value_double(event_, pointer, &out))
            return std::nullopt;
        return std::chrono::duration<double, std::milli>(out);
    }
    AttemptEvent attempt() const {
        return {text_of("/operation"), text_of("/method"), text_of("/path"),
                whole<std::uint32_t>("/attempt").value_or(0)};
    }

  private:
    const penbox_value *event_;
};

inline void read(const EventReader &from, ResponseEvent &event) {
    static_cast<AttemptEvent &>(event) = from.attempt();
    event.http_status = from.whole<int>("/http_status");
    event.request_id = from.text("/request_id");
    event.elapsed = from.time("/elapsed_ms").value_or(event.elapsed);
    event.retry_after = from.time("/retry_after_ms");
    event.error = from.text("/error");
    event.outcome = from.text("/outcome");
}

inline void read(const EventReader &from, RetryEvent &event) {
    static_cast<AttemptEvent &>(event) = from.attempt();
    event.wait = from.time("/wait_ms").value_or(event.wait);
    event.error = from.text_of("/error");
    event.reason = from.text("/reason");
    event.http_status = from.whole<int>("/http_status");
}

inline void read(const EventReader &from, Alert &event) {
    event.rule = from.text_of("/rule");
    event.count = from.whole<std::uint64_t>("/count").value_or(0);
    event.usual = from.whole<std::uint64_t>("/usual");
    event.message = from.text_of("/message");
}

/// Runs a hook. Nothing that it throws may pass C: its text becomes the reason of the failure.
template <class Body>
std::int64_t run_hook(char *reason, std::size_t size, Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        const std::size_t length = std::strlen(error.what());
        const std::size_t shown = length < size ? length : size;
        std::memcpy(reason, error.what(), shown);
        return shown == 0 ? 1 : -static_cast<std::int64_t>(shown);
    } catch (...) {
        return 1;
    }
}

/// Calls the function behind `user` before an attempt.
inline std::int64_t request_hook(void *user, const penbox_value *event, penbox_options *headers, char *reason,
                                 std::size_t size) noexcept {
    return run_hook(reason, size, [&] {
        RequestEvent request(EventReader(event).attempt(), headers);
        (*static_cast<const std::function<void(RequestEvent &)> *>(user))(request);
    });
}

/// Calls the function behind `user`, which looks at an event.
template <class Event>
std::int64_t event_hook(void *user, const penbox_value *event, char *reason, std::size_t size) noexcept {
    return run_hook(reason, size, [&] {
        Event copy;
        read(EventReader(event), copy);
        (*static_cast<const std::function<void(const Event &)> *>(user))(copy);
    });
}

} // namespace detail

} // namespace penbox

#endif
