#ifndef PENBOX_CANCEL_HPP
#define PENBOX_CANCEL_HPP

#include "detail.hpp"

namespace penbox {

/// A token that cancels calls from another thread. Its copies are the same token, and any number of calls may have it.
/// Any number of threads may use it at the same time.
///
/// A cancelled call throws CancelledError with the outcome that is known by then. Other calls of the same client go on.
class CancelToken {
  public:
    /// Makes a token that is not cancelled. Throws std::bad_alloc if there is no memory.
    CancelToken() : handle_(detail::made(penbox_cancel_new())) {}
    CancelToken(const CancelToken &other) : handle_(detail::cloned(penbox_cancel_clone, other.handle_)) {}
    CancelToken(CancelToken &&) noexcept = default;
    CancelToken &operator=(const CancelToken &other) {
        handle_ = detail::cloned(penbox_cancel_clone, other.handle_);
        return *this;
    }
    CancelToken &operator=(CancelToken &&) noexcept = default;
    ~CancelToken() = default;

    /// Cancels every call that has this token, and every later call that gets it. The token stays cancelled. Any thread
    /// may call this, but a signal handler may not. Repeating it is harmless.
    void cancel() const noexcept {
        penbox_cancel_trigger(get());
    }
    /// Returns true if the token was cancelled.
    bool is_cancelled() const noexcept {
        return penbox_cancel_is_triggered(get());
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_cancel *get() const noexcept {
        return handle_.get();
    }

  private:
    detail::Handle<penbox_cancel> handle_;
};

} // namespace penbox

#endif
