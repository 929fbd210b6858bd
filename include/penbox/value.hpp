#ifndef PENBOX_VALUE_HPP
#define PENBOX_VALUE_HPP

#include "detail.hpp"

#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace penbox {

/// A JSON value: an answer, an item of a list, or a part of either. Copies share one document.
///
/// Readers return std::nullopt for a value that is absent, null or of another type. They throw InvalidArgumentError
/// only for a JSON Pointer that is a null pointer or holds a NUL character.
class Value {
  public:
    /// An iterator over the items of a list or the members of an object.
    class Iterator;
    /// A part of a value, or nothing.
    class Part;

    /// Takes over a handle.
    explicit Value(detail::Handle<penbox_value> handle) : value_(std::move(handle)) {}

    /// Makes a value from any JSON text. Throws InvalidArgumentError for text that is not JSON or nests deeper than 127
    /// levels.
    static Value from_json(const Text &json) {
        const char *text = json.c_str("the JSON of the value");
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_value_from_json(text, out, err); }));
    }

    /// Returns a copy of the text at a JSON Pointer: string("/links/fill").
    std::optional<std::string> string(const Text &pointer) const {
        const Value &kept = *this;
        const std::optional<std::string_view> found = kept.view(pointer);
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// Returns the text at a JSON Pointer without a copy. It lives as long as this value, its copies and its parts, so
    /// this does not compile for a temporary value: string() copies.
    std::optional<std::string_view> view(const Text &pointer) const & {
        std::size_t length = 0;
        const char *text = penbox_value_string_view(get(), pointer.c_str("the pointer"), &length);
        return text == nullptr ? std::nullopt : std::optional<std::string_view>(std::string_view(text, length));
    }
    std::optional<std::string_view> view(const Text &pointer) const && = delete;
    /// Returns the whole number at a JSON Pointer, if it fits.
    std::optional<std::int64_t> int64(const Text &pointer) const {
        std::int64_t out = 0;
        return penbox_value_int64(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// Returns the number at a JSON Pointer. Whole numbers beyond 2^53 lose digits here, but not in int64().
    std::optional<double> number(const Text &pointer) const {
        double out = 0;
        return penbox_value_double(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// Returns the true or false at a JSON Pointer.
    std::optional<bool> boolean(const Text &pointer) const {
        bool out = false;
        return penbox_value_bool(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// Returns true if there is a value at a JSON Pointer; a JSON null is one.
    bool has(const Text &pointer) const {
        return penbox_value_has(get(), pointer.c_str("the pointer"));
    }
    /// Returns true if the value at a JSON Pointer is a JSON null.
    bool is_null(const Text &pointer = "") const {
        return penbox_value_is_null(get(), pointer.c_str("the pointer"));
    }
    /// Returns the type of the value at a JSON Pointer: one of PENBOX_TYPE_*.
    penbox_type type(const Text &pointer = "") const {
        return penbox_value_type(get(), pointer.c_str("the pointer"));
    }
    /// Returns the number of items or members of the list or object at a JSON Pointer, and 0 for other types.
    std::size_t size(const Text &pointer = "") const {
        return penbox_value_size(get(), pointer.c_str("the pointer"));
    }
    /// Returns the part at a JSON Pointer, or nothing. It shares the memory of the whole, and may outlive it.
    Part at(const Text &pointer) const;
    /// Returns the item of a list or the member of an object at a position from 0, or nothing. It may outlive the
    /// whole, too.
    template <class Position, std::enable_if_t<detail::is_whole_v<Position>, int> = 0>
    Part at(Position position) const;
    /// Returns the name of an object's member at a position from 0. Nothing for a name that holds a NUL character.
    std::optional<std::string> key(std::size_t position) const {
        const std::optional<std::string_view> found = detail::maybe(penbox_value_key(get(), position));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// Returns the value as JSON text.
    std::string json() const {
        return std::string(detail::maybe(penbox_value_json(get())).value_or(""));
    }
    /// Returns the HTTP status of the answer that the value is from, and 0 for a value from JSON text.
    int http_status() const noexcept {
        return penbox_value_http_status(get());
    }
    /// Returns a header of the answer that the value is from. The case of `name` does not matter.
    std::optional<std::string> header(const Text &name) const {
        const std::optional<std::string_view> found =
            detail::maybe(penbox_value_header(get(), name.c_str("the name of a header")));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }

    /// Returns every header of that answer: its name in lower case, and its value.
    std::vector<std::pair<std::string, std::string>> headers() const {
        std::vector<std::pair<std::string, std::string>> all;
        for (std::size_t at = 0; at < penbox_value_header_count(get()); ++at)
            all.emplace_back(detail::maybe(penbox_value_header_name(get(), at)).value_or(""),
                             detail::maybe(penbox_value_header_value(get(), at)).value_or(""));
        return all;
    }
    /// Returns the id that the server gave the request, if it did.
    std::optional<std::string> request_id() const {
        const std::optional<std::string_view> found = detail::maybe(penbox_value_request_id(get()));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// Returns the number of requests that the call of the answer sent or tried; 0 for an answer of the cache.
    unsigned attempts() const noexcept {
        return penbox_value_attempts(get());
    }
    /// Returns the time from the call to the last byte of the answer, its waits and repeats included.
    std::chrono::milliseconds elapsed() const noexcept {
        return std::chrono::milliseconds(penbox_value_elapsed_ms(get()));
    }
    /// Returns the time since the server sent an answer that the client had in its cache, or that another call was
    /// getting; nothing for every other value.
    std::optional<std::chrono::milliseconds> age() const noexcept {
        const std::int64_t ms = penbox_value_age_ms(get());
        return ms < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(ms);
    }

    /// Returns the first item or member.
    Iterator begin() const;
    /// Returns the position after the last item or member.
    Iterator end() const;

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_value *get() const &noexcept {
        return value_.get();
    }
    const penbox_value *get() const && = delete;

  private:
    explicit Value(std::shared_ptr<const penbox_value> value) : value_(std::move(value)) {}

    /// Makes a part of a C handle that belongs to this value; NULL is nothing.
    Part part(const penbox_value *found) const;

    std::shared_ptr<const penbox_value> value_;
};

namespace detail {

/// A temporary value. It has only the readers that return copies, for views into it would dangle.
class Passing : private Value {
  public:
    explicit Passing(const Value &value) : Value(value) {}

    using Value::age;
    using Value::at;
    using Value::attempts;
    using Value::boolean;
    using Value::elapsed;
    using Value::has;
    using Value::header;
    using Value::headers;
    using Value::http_status;
    using Value::int64;
    using Value::is_null;
    using Value::json;
    using Value::key;
    using Value::number;
    using Value::request_id;
    using Value::size;
    using Value::string;
    using Value::type;

    const Passing *operator->() const noexcept {
        return this;
    }
};

} // namespace detail

/// A std::optional<Value> whose temporary returns copies, not references to itself that would dangle.
class Value::Part : public std::optional<Value> {
  public:
    using std::optional<Value>::optional;

    const Value &value() const & {
        return std::optional<Value>::value();
    }
    Value value() const && {
        return std::optional<Value>::value();
    }
    const Value &operator*() const & {
        return value();
    }
    Value operator*() const && {
        return std::optional<Value>::value();
    }
    const Value *operator->() const & {
        return &value();
    }
    detail::Passing operator->() const && {
        return detail::Passing(std::optional<Value>::value());
    }
};

inline Value::Part Value::part(const penbox_value *found) const {
    if (found == nullptr)
        return std::nullopt;
    // The part lives as long as the whole: it shares the whole's ownership.
    return Value(std::shared_ptr<const penbox_value>(value_, found));
}
inline Value::Part Value::at(const Text &pointer) const {
    return part(penbox_value_get(get(), pointer.c_str("the pointer")));
}
template <class Position, std::enable_if_t<detail::is_whole_v<Position>, int>>
Value::Part Value::at(Position position) const {
    // A negative position becomes a number that no list reaches, so it finds nothing.
    return part(penbox_value_at(get(), static_cast<std::size_t>(position)));
}

/// An iterator over the items or members of a value, which it shares: it may outlive the value.
class Value::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value;

    /// Makes an iterator at a position from 0.
    Iterator(const Value &value, std::size_t position) : value_(value), position_(position) {}
    /// Returns the item, which may be kept: it shares the memory of the whole. It is const so that `auto &` accepts it,
    /// too.
    const Value operator*() const {
        return value_.at(position_).value();
    }
    Iterator &operator++() {
        ++position_;
        return *this;
    }
    bool operator==(const Iterator &other) const {
        return position_ == other.position_;
    }
    bool operator!=(const Iterator &other) const {
        return position_ != other.position_;
    }

  private:
    Value value_;
    std::size_t position_;
};

/// Returns the body of an error as a value; nothing where it is not JSON, or longer than an error keeps.
inline Value::Part body_json(const Error &error) {
    penbox_value *out = nullptr;
    if (error.get() == nullptr || penbox_error_body_json(error.get(), &out, nullptr) != PENBOX_OK || out == nullptr)
        return std::nullopt;
    return Value(detail::Handle<penbox_value>(out));
}

inline Value::Iterator Value::begin() const {
    return {*this, 0};
}
inline Value::Iterator Value::end() const {
    return {*this, size()};
}

} // namespace penbox

#endif
