#ifndef PENBOX_PARAMS_HPP
#define PENBOX_PARAMS_HPP

#include "detail.hpp"

#include <vector>

namespace penbox {

namespace detail {

/// True for the types of a flag: bool itself, for pointers and much else converts to bool.
template <class T>
inline constexpr bool is_flag_v = std::is_same_v<T, bool> || std::is_same_v<T, std::vector<bool>::reference>;

/// True for the types that can be read in one way only as a parameter.
template <class T>
inline constexpr bool is_parameter_v =
    is_text_v<T> || std::is_same_v<T, Text> || is_flag_v<T> || is_whole_v<T> || std::is_same_v<T, float> ||
    std::is_same_v<T, double> || std::is_same_v<T, std::nullptr_t>;

} // namespace detail

/// The parameters of an operation, by JSON Pointer: Params().set("/user/email", "john@example.com").
///
/// Setters throw InvalidArgumentError for a pointer that leads nowhere and for a value that JSON has no form for. The
/// call reports unknown names.
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

    /// Makes parameters from the text of a JSON object. Throws InvalidArgumentError for other text.
    static Params from_json(const Text &json) {
        const char *text = json.c_str("the JSON of the parameters");
        Params params;
        params.handle_ = detail::make<penbox_params>(
            [&](penbox_params **out, penbox_error **err) { return penbox_params_from_json(text, out, err); });
        return params;
    }

    /// Sets a text (see Text), true or false, a number, or null, by nullptr. Throws InvalidArgumentError for a null
    /// pointer to text: nobody could tell if null or a missing text is meant.
    ///
    /// Other types do not compile: other pointers, wide strings, characters, enumerations, long double, optionals.
    template <class T, std::enable_if_t<detail::is_parameter_v<T>, int> = 0>
    Params &set(const Text &pointer, const T &value) & {
        if constexpr (std::is_same_v<T, std::nullptr_t>) {
            return put(pointer, [](auto *to, auto *at) { return penbox_params_set_null(to, at); });
        } else if constexpr (detail::is_text_v<T> || std::is_same_v<T, Text>) {
            const Text text(value);
            const char *read = text.c_str("the value of " + pointer.shown());
            return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_string(to, at, read); });
        } else if constexpr (detail::is_flag_v<T>) {
            const bool flag = value;
            return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_bool(to, at, flag); });
        } else if constexpr (std::is_floating_point_v<T>) {
            return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_double(to, at, value); });
        } else {
            // C takes an int64_t, in which a larger number would become a negative one.
            if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(std::int64_t)) {
                if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                    detail::refuse("the value of " + pointer.shown(), " is too large");
            }
            const auto number = static_cast<std::int64_t>(value);
            return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_int64(to, at, number); });
        }
    }
    template <class T, std::enable_if_t<detail::is_parameter_v<T>, int> = 0>
    Params set(const Text &pointer, const T &value) && {
        return std::move(set(pointer, value));
    }
    template <class T, std::enable_if_t<!detail::is_parameter_v<T>, int> = 0>
    Params &set(const Text &pointer, const T &value) = delete;
    /// Sets any value by its JSON text. Throws InvalidArgumentError for text that is not JSON.
    Params &set_json(const Text &pointer, const Text &json) & {
        const char *read = json.c_str("the JSON of " + pointer.shown());
        return put(pointer, [&](auto *to, auto *at) { return penbox_params_set_json(to, at, read); });
    }
    Params set_json(const Text &pointer, const Text &json) && {
        return std::move(set_json(pointer, json));
    }

    /// Returns the C handle, or NULL while nothing is set. It belongs to this object: never free it.
    const penbox_params *get() const noexcept {
        return handle_.get();
    }

  private:
    /// Calls a setter of C and throws if it fails. The handle is made at the first parameter.
    template <class Set>
    Params &put(const Text &pointer, Set set) {
        const char *at = pointer.c_str("the pointer");
        if (!handle_)
            handle_ = detail::made(penbox_params_new());
        detail::check(set(handle_.get(), at),
                      "the parameter " + pointer.shown() +
                          " was refused: a bad pointer, or a value that is not JSON or not UTF-8");
        return *this;
    }

    detail::Handle<penbox_params> handle_;
};

} // namespace penbox

#endif
