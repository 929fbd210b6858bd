#ifndef PENBOX_LOG_HPP
#define PENBOX_LOG_HPP

#include "detail.hpp"

#include <functional>
#include <memory>

namespace penbox {

/// The level of a line of the log. A level has the lines of those before it, too.
enum class LogLevel : penbox_log_level {
    /// No line.
    off = PENBOX_LOG_OFF,
    /// Hooks that failed.
    error = PENBOX_LOG_ERROR,
    /// Unusual use, deprecated operations, answers of another shape than documented.
    warn = PENBOX_LOG_WARN,
    /// A line an attempt: method, path template, status or cause, time and number.
    info = PENBOX_LOG_INFO,
    /// Bytes, request ids, outcomes and waits of each attempt.
    debug = PENBOX_LOG_DEBUG,
};

/// A function that takes the lines of the log.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

namespace detail {

/// Calls the function behind `user`. What it throws ends here: a line that is lost changes nothing for a call.
inline void log_line(void *user, penbox_log_level level, const char *line) noexcept {
    try {
        (*static_cast<const LogSink *>(user))(static_cast<LogLevel>(level), line);
    } catch (...) {
    }
}

} // namespace detail

/// Gives the lines of the library from here on to a function, for all clients of the process. `level` is the last level
/// that it gets. No line has the token, and none a value of a request or an answer. Throws InvalidArgumentError for an
/// empty function.
///
/// It runs on the thread that has something to say, which may be one of the library's own; several may run it at once.
/// It may use the library: the lines of such a call are not logged. The function is kept to the end of the process, also
/// when a later call replaces it, and so must be what it refers to. So set it once, at the start.
inline void set_log(LogLevel level, LogSink sink) {
    auto kept = std::make_unique<LogSink>(std::move(sink));
    const penbox_log_callback callback = *kept ? detail::log_line : nullptr;
    detail::check(penbox_log_set(static_cast<penbox_log_level>(level), callback, kept.get()),
                  "the log's function is empty");
    kept.release();
}

/// Ends the log: no further line begins.
inline void end_log() noexcept {
    penbox_log_set(PENBOX_LOG_OFF, nullptr, nullptr);
}

} // namespace penbox

#endif
