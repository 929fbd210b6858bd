#ifndef PENBOX_TEXT_HPP
#define PENBOX_TEXT_HPP

#include "errors.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace penbox {

namespace detail {

/// True for the types of a byte of text. Their sign does not matter, and the bytes are read as UTF-8.
template <class T>
inline constexpr bool is_unit_v =
#ifdef __cpp_char8_t
    std::is_same_v<T, char8_t> ||
#endif
    std::is_same_v<T, char> || std::is_same_v<T, signed char> || std::is_same_v<T, unsigned char>;

/// True for a pointer to text and for an array of text.
template <class T, class D = std::decay_t<T>>
inline constexpr bool is_text_pointer_v =
    std::is_pointer_v<D> &&is_unit_v<std::remove_const_t<std::remove_pointer_t<D>>>;

/// True for a string of char8_t and for a view of one.
template <class T>
inline constexpr bool is_u8_string_v =
#ifdef __cpp_char8_t
    std::is_convertible_v<const T &, std::basic_string_view<char8_t>>;
#else
    false;
#endif

/// True for text, and for the types that convert to std::string, such as std::filesystem::path.
template <class T>
inline constexpr bool is_text_v = is_text_pointer_v<T> ||
                                  (!std::is_pointer_v<std::decay_t<T>> && !std::is_same_v<T, std::nullptr_t> &&
                                   (std::is_convertible_v<const T &, std::string_view> || is_u8_string_v<T> ||
                                    std::is_convertible_v<const T &, std::string>));

/// True for characters. int8_t and uint8_t are numbers, although they are char types.
template <class T>
inline constexpr bool is_character_v =
#ifdef __cpp_char8_t
    std::is_same_v<T, char8_t> ||
#endif
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

/// True for whole numbers of at most 64 bits.
template <class T>
inline constexpr bool is_whole_v =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_character_v<T> && sizeof(T) <= sizeof(std::int64_t);

/// Throws InvalidArgumentError with the argument's name and the reason.
[[noreturn]] inline void refuse(std::string_view name, const char *why) {
    raise({PENBOX_ERROR_INVALID_ARGUMENT, std::string(name) + why, nullptr});
}

} // namespace detail

/// A copy of a text argument: a C string of char, unsigned char or char8_t, a std::string, std::string_view or their
/// like, or a std::filesystem::path. The call that gets it throws InvalidArgumentError for a null pointer, and for text
/// that holds a NUL character, at which C would end the text. Other types, such as a wide string, a void pointer or a
/// character, do not compile.
class Text {
  public:
    /// Copies a text. A null pointer is kept as such: the call that gets it can name the argument.
    template <class T, std::enable_if_t<detail::is_text_v<T>, int> = 0>
    Text(const T &text) {
        if constexpr (detail::is_text_pointer_v<T>) {
            const std::decay_t<const T> pointer = text;
            is_null_ = pointer == nullptr;
            if (!is_null_)
                text_ = reinterpret_cast<const char *>(pointer);
        } else if constexpr (std::is_convertible_v<const T &, std::string_view>) {
            text_ = std::string_view(text);
        } else if constexpr (detail::is_u8_string_v<T>) {
#ifdef __cpp_char8_t
            const std::basic_string_view<char8_t> view = text;
            text_.assign(reinterpret_cast<const char *>(view.data()), view.size());
#endif
        } else {
            text_ = static_cast<std::string>(text);
        }
    }
    Text(std::nullptr_t) = delete;

    /// Returns the text for C. Throws InvalidArgumentError with the argument's `name` for a null pointer and for a NUL
    /// character.
    const char *c_str(std::string_view name) const {
        if (is_null_)
            detail::refuse(name, " is a null pointer: pass text");
        if (text_.find('\0') != std::string::npos)
            detail::refuse(name, " holds a NUL character");
        return text_.c_str();
    }
    /// Returns the text for a message.
    const std::string &shown() const noexcept {
        return text_;
    }

  private:
    std::string text_;
    bool is_null_ = false;
};

namespace detail {

/// A bool argument. Types that convert to bool, such as pointers, do not compile.
class Flag {
  public:
    template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>
    constexpr Flag(T value) noexcept : value_(value) {}
    constexpr operator bool() const noexcept {
        return value_;
    }

  private:
    bool value_;
};

/// A whole number that C takes as the unsigned type N. get() throws for one that is negative or too large. A character
/// or a fraction does not compile.
template <class N>
class Whole {
  public:
    template <class T, std::enable_if_t<is_whole_v<T>, int> = 0>
    Whole(T value) : value_(static_cast<N>(value)) {
        if constexpr (std::is_signed_v<T>)
            fits_ = value >= 0;
        fits_ = fits_ && static_cast<std::uint64_t>(value) <= std::numeric_limits<N>::max();
    }
    /// Returns the number. Throws InvalidArgumentError with the argument's `name` if N cannot hold it.
    N get(std::string_view name) const {
        if (!fits_)
            refuse(name, " is negative or too large");
        return value_;
    }

  private:
    N value_;
    bool fits_ = true;
};

/// A bytes argument that is not copied: a text or a container of bytes. A bare pointer is text up to its NUL character.
/// A null pointer throws InvalidArgumentError.
class Bytes {
  public:
    template <class T,
              std::enable_if_t<std::is_convertible_v<const T &, std::string_view> && !std::is_same_v<T, std::nullptr_t>,
                               int> = 0>
    Bytes(const T &bytes) {
        if constexpr (std::is_pointer_v<T>) {
            if (bytes == nullptr)
                refuse("bytes", " is a null pointer: pass bytes");
        }
        bytes_ = std::string_view(bytes);
    }
    template <class T,
              std::enable_if_t<!std::is_convertible_v<const T &, std::string_view> &&
                                   sizeof(*std::declval<const T &>().data()) == 1 &&
                                   std::is_convertible_v<decltype(std::declval<const T &>().size()), std::size_t>,
                               int> = 0>
    Bytes(const T &bytes) : bytes_(reinterpret_cast<const char *>(bytes.data()), bytes.size()) {}
    Bytes(std::nullptr_t) = delete;

    /// Returns the bytes. They live as long as the argument.
    std::string_view get() const noexcept {
        return bytes_;
    }

  private:
    std::string_view bytes_;
};

} // namespace detail

} // namespace penbox

#endif
