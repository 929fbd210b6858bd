#ifndef PENBOX_DETAIL_HPP
#define PENBOX_DETAIL_HPP

#include "error.hpp"
#include "errors.hpp"
#include "text.hpp"

#include <new>

/// Code that the other headers share. It is not part of the interface, and may change with every version.
namespace penbox::detail {

/// The deleter of a handle: the `_free` function of its type.
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
    void operator()(penbox_headers *handle) const noexcept {
        penbox_headers_free(handle);
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
    void operator()(penbox_recording *handle) const noexcept {
        penbox_recording_free(handle);
    }
    void operator()(penbox_value *handle) const noexcept {
        penbox_value_free(handle);
    }
    void operator()(penbox_verifier *handle) const noexcept {
        penbox_verifier_free(handle);
    }
    void operator()(penbox_verifier_config *handle) const noexcept {
        penbox_verifier_config_free(handle);
    }
};

/// A handle of C that frees itself.
template <class T>
using Handle = std::unique_ptr<T, Free>;

/// Takes over a new handle. Throws std::bad_alloc for NULL, which C returns only if there is no memory.
template <class T>
Handle<T> made(T *handle) {
    if (handle == nullptr)
        throw std::bad_alloc();
    return Handle<T>(handle);
}

/// Copies a handle. The copy of an empty handle is empty: the object was moved from, or nothing was set.
template <class T>
Handle<T> cloned(T *(*clone)(const T *), const Handle<T> &handle) {
    return handle ? made(clone(handle.get())) : Handle<T>();
}

/// Throws the exception of a status that is not PENBOX_OK, and takes over the error.
inline void check(penbox_status status, penbox_error *error) {
    if (status == PENBOX_OK)
        return;
    const std::shared_ptr<penbox_error> owned(error, penbox_error_free);
    const char *text = penbox_error_text(error);
    raise({status, text == nullptr ? "the call failed" : text, owned});
}

/// Throws the exception of a setter's status with a message, for a setter has no error to take over.
inline void check(penbox_status status, std::string message) {
    if (status != PENBOX_OK)
        raise({status, std::move(message), nullptr});
}

/// Runs a call that makes a handle, and returns the handle. Throws the call's error.
template <class T, class Call>
Handle<T> make(Call call) {
    T *out = nullptr;
    penbox_error *error = nullptr;
    // Two statements: in one expression the error might be read before the call has written it.
    const penbox_status status = call(&out, &error);
    check(status, error);
    return Handle<T>(out);
}

/// Converts a duration to milliseconds for C. A negative one becomes a number above every limit, so C reports it as too
/// large.
inline std::uint64_t count(std::chrono::milliseconds duration) noexcept {
    return static_cast<std::uint64_t>(duration.count());
}

} // namespace penbox::detail

#endif
