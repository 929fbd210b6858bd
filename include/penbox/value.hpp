#ifndef PENBOX_VALUE_HPP
#define PENBOX_VALUE_HPP

#include "detail.hpp"

#include <cstddef>
#include <iterator>

namespace penbox {

/// A JSON value: an answer, an item of a list, or a part of either. Copies share what they read.
///
/// What is absent, null or of another type reads as std::nullopt.
class Value {
  public:
    /// Iterates over the items of a list or the members of an object.
    class Iterator;
    /// A part, where there is one.
    class Part;

    /// Takes a handle over.
    explicit Value(detail::Handle<penbox_value> handle) : value_(std::move(handle)) {}

    /// A value from any JSON text.
    static Value from_json(const Text &json) {
        const char *text = json.c_str("the JSON of the value");
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_value_from_json(text, out, err); }));
    }

    /// The text that a JSON Pointer leads to: string("/links/fill").
    std::optional<std::string> string(const Text &pointer) const {
        const Value &kept = *this;
        const std::optional<std::string_view> found = kept.view(pointer);
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// The same text without a copy: it lives as long as this value, its copies and its parts. A value that is gone with the
    /// statement has none to give: string() copies.
    std::optional<std::string_view> view(const Text &pointer) const & {
        std::size_t length = 0;
        const char *text = penbox_value_string_view(get(), pointer.c_str("the pointer"), &length);
        return text == nullptr ? std::nullopt : std::optional<std::string_view>(std::string_view(text, length));
    }
    std::optional<std::string_view> view(const Text &pointer) const && = delete;
    /// A whole number.
    std::optional<std::int64_t> int64(const Text &pointer) const {
        std::int64_t out = 0;
        return penbox_value_int64(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// A number.
    std::optional<double> number(const Text &pointer) const {
        double out = 0;
        return penbox_value_double(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// True or false.
    std::optional<bool> boolean(const Text &pointer) const {
        bool out = false;
        return penbox_value_bool(get(), pointer.c_str("the pointer"), &out) ? std::optional(out) : std::nullopt;
    }
    /// Whether there is anything; null counts.
    bool has(const Text &pointer) const {
        return penbox_value_has(get(), pointer.c_str("the pointer"));
    }
    /// Whether there is null.
    bool is_null(const Text &pointer = "") const {
        return penbox_value_is_null(get(), pointer.c_str("the pointer"));
    }
    /// What is there: one of PENBOX_TYPE_*.
    penbox_type type(const Text &pointer = "") const {
        return penbox_value_type(get(), pointer.c_str("the pointer"));
    }
    /// How many items or members.
    std::size_t size(const Text &pointer = "") const {
        return penbox_value_size(get(), pointer.c_str("the pointer"));
    }
    /// The part that a JSON Pointer leads to. It shares the whole: it may outlive it.
    Part at(const Text &pointer) const;
    /// The item of a list, or the member of an object, at a position.
    template <class Position, std::enable_if_t<detail::is_whole_v<Position>, int> = 0>
    Part at(Position position) const;
    /// The name of an object's member at a position.
    std::optional<std::string> key(std::size_t position) const {
        const std::optional<std::string_view> found = detail::maybe(penbox_value_key(get(), position));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// The value as JSON text.
    std::string json() const {
        return std::string(detail::maybe(penbox_value_json(get())).value_or(""));
    }
    /// The HTTP status of the answer that the value came with; 0 for a value from elsewhere.
    int http_status() const noexcept {
        return penbox_value_http_status(get());
    }
    /// A header of the answer that the value came with.
    std::optional<std::string> header(const Text &name) const {
        const std::optional<std::string_view> found =
            detail::maybe(penbox_value_header(get(), name.c_str("the name of a header")));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }

    Iterator begin() const;
    Iterator end() const;

    /// The C handle. It stays this object's.
    const penbox_value *get() const &noexcept {
        return value_.get();
    }
    const penbox_value *get() const && = delete;

  private:
    explicit Value(std::shared_ptr<const penbox_value> value) : value_(std::move(value)) {}

    Part part(const penbox_value *found) const;

    std::shared_ptr<const penbox_value> value_;
};

namespace detail {

/// A value that is gone with the statement: all that it gives is the receiver's own.
class Passing : private Value {
  public:
    explicit Passing(const Value &value) : Value(value) {}

    using Value::at;
    using Value::boolean;
    using Value::has;
    using Value::header;
    using Value::http_status;
    using Value::int64;
    using Value::is_null;
    using Value::json;
    using Value::key;
    using Value::number;
    using Value::size;
    using Value::string;
    using Value::type;

    const Passing *operator->() const noexcept {
        return this;
    }
};

} // namespace detail

/// A std::optional that never refers into itself where it is gone with the statement: then its value() is a value.
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
    // A negative one is beyond any end.
    return part(penbox_value_at(get(), static_cast<std::size_t>(position)));
}

class Value::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value;

    Iterator(const Value &value, std::size_t position) : value_(value), position_(position) {}
    /// It is const so that `auto &` takes it, too; it shares the whole, and may be kept.
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

inline Value::Iterator Value::begin() const {
    return {*this, 0};
}
inline Value::Iterator Value::end() const {
    return {*this, size()};
}

} // namespace penbox

#endif
