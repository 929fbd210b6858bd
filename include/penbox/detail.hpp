#ifndef PENBOX_DETAIL_HPP
#define PENBOX_DETAIL_HPP

#include "error.hpp"
#include "errors.hpp"
#include "text.hpp"

#include <new>

/// What the other headers share; no part of the interface.
namespace penbox::detail {

struct Free {
    void operator()(penbox_cancel *handle) const noexcept {
        penbox_cancel_free(handle);
    }
    void operator()(penbox_client *handle) const noexcept {
        penbox_client_free(handle);
    }
    void operator()(penbox_config *handle) const noexcept {
        penbox_config_free(handle);
    }
    void operator()(penbox_options *handle) const noexcept {
        penbox_options_free(handle);
    }
    void operator()(penbox_pager *handle) const noexcept {
        penbox_pager_free(handle);
    }
    void operator()(penbox_params *handle) const noexcept {
        penbox_params_free(handle);
    }
    void operator()(penbox_value *handle) const noexcept {
        penbox_value_free(handle);
    }
};

template <class T>
using Handle = std::unique_ptr<T, Free>;

/// A new handle, or an exception where there is no memory.
template <class T>
Handle<T> made(T *handle) {
    if (handle == nullptr)
        throw std::bad_alloc();
    return Handle<T>(handle);
}

/// A copy of a handle, which may be none.
template <class T>
Handle<T> cloned(T *(*clone)(const T *), const Handle<T> &handle) {
    return handle ? made(clone(handle.get())) : Handle<T>();
}

/// Throws for a status that is not PENBOX_OK, and takes the error over.
inline void check(penbox_status status, penbox_error *error) {
    if (status == PENBOX_OK)
        return;
    const std::shared_ptr<penbox_error> owned(error, penbox_error_free);
    const char *text = penbox_error_text(error);
    raise({status, text == nullptr ? "the call failed" : text, owned});
}

/// Throws for a setter's status: there is no error to take over.
inline void check(penbox_status status, std::string message) {
    if (status != PENBOX_OK)
        raise({status, std::move(message), nullptr});
}

/// Runs a call that makes a handle.
template <class T, class Call>
Handle<T> make(Call call) {
    T *out = nullptr;
    penbox_error *error = nullptr;
    // Not in one expression: the error must be read after the call.
    const penbox_status status = call(&out, &error);
    check(status, error);
    return Handle<T>(out);
}

/// A duration for C. A negative one becomes a number that is refused as too large.
inline std::uint64_t count(std::chrono::milliseconds duration) noexcept {
    return static_cast<std::uint64_t>(duration.count());
}

} // namespace penbox::detail

#endif
