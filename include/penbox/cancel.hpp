#ifndef PENBOX_CANCEL_HPP
#define PENBOX_CANCEL_HPP

#include "detail.hpp"

namespace penbox {

/// Ends calls from another thread: copies are one token, and any number of calls may have it.
///
/// A call that is ended throws CancelledError, with the outcome that is known by then; other calls of the same client go on.
class CancelToken {
  public:
    /// A token that was not cancelled.
    CancelToken() : handle_(detail::made(penbox_cancel_new())) {}
    CancelToken(const CancelToken &other) : handle_(detail::cloned(penbox_cancel_clone, other.handle_)) {}
    CancelToken(CancelToken &&) noexcept = default;
    CancelToken &operator=(const CancelToken &other) {
        handle_ = detail::cloned(penbox_cancel_clone, other.handle_);
        return *this;
    }
    CancelToken &operator=(CancelToken &&) noexcept = default;
    ~CancelToken() = default;

    /// Ends every call that has this token, and those that are begun with it from now on. It stays cancelled. From any
    /// thread, but not from a signal handler.
    void cancel() const noexcept {
        penbox_cancel_trigger(get());
    }
    /// Whether it was cancelled.
    bool is_cancelled() const noexcept {
        return penbox_cancel_is_triggered(get());
    }

    /// The C handle. It stays this object's.
    const penbox_cancel *get() const noexcept {
        return handle_.get();
    }

  private:
    detail::Handle<penbox_cancel> handle_;
};

} // namespace penbox

#endif
