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

    /// Takes a handle over.
    explicit Value(detail::Handle<penbox_value> handle) : value_(std::move(handle)) {}

    /// A value from any JSON text.
    static Value from_json(std::string_view json) {
        const detail::Text text(json);
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_value_from_json(text, out, err); }));
    }

    /// The text that a JSON Pointer leads to: string("/links/fill").
    std::optional<std::string> string(std::string_view pointer) const {
        const std::optional<std::string_view> found = view(pointer);
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// The same text without a copy: it lives as long as this value and what was read from it.
    std::optional<std::string_view> view(std::string_view pointer) const & {
        std::size_t length = 0;
        const char *text = penbox_value_string_view(get(), detail::Text(pointer), &length);
        return text == nullptr ? std::nullopt : std::optional<std::string_view>(std::string_view(text, length));
    }
    /// A whole number.
    std::optional<std::int64_t> int64(std::string_view pointer) const {
        std::int64_t out = 0;
        return penbox_value_int64(get(), detail::Text(pointer), &out) ? std::optional(out) : std::nullopt;
    }
    /// A number.
    std::optional<double> number(std::string_view pointer) const {
        double out = 0;
        return penbox_value_double(get(), detail::Text(pointer), &out) ? std::optional(out) : std::nullopt;
    }
    /// True or false.
    std::optional<bool> boolean(std::string_view pointer) const {
        bool out = false;
        return penbox_value_bool(get(), detail::Text(pointer), &out) ? std::optional(out) : std::nullopt;
    }
    /// Whether there is anything; null counts.
    bool has(std::string_view pointer) const {
        return penbox_value_has(get(), detail::Text(pointer));
    }
    /// Whether there is null.
    bool is_null(std::string_view pointer = "") const {
        return penbox_value_is_null(get(), detail::Text(pointer));
    }
    /// What is there: one of PENBOX_TYPE_*.
    penbox_type type(std::string_view pointer = "") const {
        return penbox_value_type(get(), detail::Text(pointer));
    }
    /// How many items or members.
    std::size_t size(std::string_view pointer = "") const {
        return penbox_value_size(get(), detail::Text(pointer));
    }
    /// The part that a JSON Pointer leads to.
    std::optional<Value> at(std::string_view pointer) const {
        return part(penbox_value_get(get(), detail::Text(pointer)));
    }
    /// The item of a list, or the member of an object, at a position.
    std::optional<Value> at(std::size_t position) const {
        return part(penbox_value_at(get(), position));
    }
    /// The name of an object's member at a position.
    std::optional<std::string> key(std::size_t position) const {
        const std::optional<std::string_view> found = detail::maybe(penbox_value_key(get(), position));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }
    /// The value as JSON text.
    std::string json() const {
        return penbox_value_json(get());
    }
    /// The HTTP status of the answer that the value came with; 0 for a value from elsewhere.
    int http_status() const noexcept {
        return penbox_value_http_status(get());
    }
    /// A header of the answer that the value came with.
    std::optional<std::string> header(std::string_view name) const {
        const std::optional<std::string_view> found = detail::maybe(penbox_value_header(get(), detail::Text(name)));
        return found ? std::optional<std::string>(*found) : std::nullopt;
    }

    Iterator begin() const;
    Iterator end() const;

    /// The C handle. It stays this object's.
    const penbox_value *get() const noexcept {
        return value_.get();
    }

  private:
    explicit Value(std::shared_ptr<const penbox_value> value) : value_(std::move(value)) {}

    std::optional<Value> part(const penbox_value *found) const {
        if (found == nullptr)
            return std::nullopt;
        // The part lives as long as the whole: it shares the whole's ownership.
        return Value(std::shared_ptr<const penbox_value>(value_, found));
    }

    std::shared_ptr<const penbox_value> value_;
};

class Value::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = Value;

    Iterator(const Value &value, std::size_t position) : value_(value), position_(position) {}
    Value operator*() const {
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
