#ifndef PENBOX_PARAMS_HPP
#define PENBOX_PARAMS_HPP

#include "detail.hpp"

#include <cstddef>
#include <limits>
#include <type_traits>

namespace penbox {

/// The parameters of an operation, by JSON Pointer: Params().set("/user/email", "john@example.com").
///
/// A pointer that leads nowhere, or a value that JSON has no word for, throws InvalidArgumentError. Which names exist is
/// judged by the call.
class Params {
  public:
    Params() = default;
    Params(const Params &other) : handle_(detail::cloned(penbox_params_clone, other.handle_)) {}
    Params(Params &&) noexcept = default;
    Params &operator=(const Params &other) {
        handle_ = detail::cloned(penbox_params_clone, other.handle_);
        return *this;
    }
    Params &operator=(Params &&) noexcept = default;
    ~Params() = default;

    /// Parameters from the text of a JSON object.
    static Params from_json(std::string_view json) {
        const detail::Text text(json);
        Params params;
        params.handle_ = detail::make<penbox_params>(
            [&](penbox_params **out, penbox_error **err) { return penbox_params_from_json(text, out, err); });
        return params;
    }

    /// Sets a text.
    Params &set(std::string_view pointer, std::string_view value) {
        const detail::Text text(value);
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_string(to, at, text); });
    }
    /// Sets a text.
    Params &set(std::string_view pointer, const char *value) {
        return set(pointer, std::string_view(value));
    }
    /// Sets true or false.
    Params &set(std::string_view pointer, bool value) {
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_bool(to, at, value); });
    }
    /// Sets a number.
    Params &set(std::string_view pointer, double value) {
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_double(to, at, value); });
    }
    /// Sets a whole number of at most 64 bits with its sign.
    template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>>>
    Params &set(std::string_view pointer, Integer value) {
        if constexpr (std::is_unsigned_v<Integer> && sizeof(Integer) >= sizeof(std::int64_t)) {
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                detail::raise({PENBOX_ERROR_INVALID_ARGUMENT, "the number is too large", nullptr});
        }
        const auto number = static_cast<std::int64_t>(value);
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_int64(to, at, number); });
    }
    /// Sets null, which is sent as null.
    Params &set(std::string_view pointer, std::nullptr_t) {
        return put(pointer, [](auto *to, auto *at) { return penbox_params_set_null(to, at); });
    }
    /// Sets any value, given as JSON text.
    Params &set_json(std::string_view pointer, std::string_view json) {
        const detail::Text text(json);
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_json(to, at, text); });
    }

    /// The C handle, NULL while nothing is set. It stays this object's.
    const penbox_params *get() const noexcept {
        return handle_.get();
    }

  private:
    template <class Set>
    Params &put(std::string_view pointer, Set set) {
        const detail::Text at(pointer);
        if (!handle_)
            handle_ = detail::made(penbox_params_new());
        detail::check(set(handle_.get(), static_cast<const char *>(at)),
                      "the parameter was refused: a bad pointer, or a value that is not JSON or not UTF-8");
        return *this;
    }

    detail::Handle<penbox_params> handle_;
};

} // namespace penbox

#endif
