#ifndef PENBOX_PAGER_HPP
#define PENBOX_PAGER_HPP

#include "value.hpp"

#include <vector>

namespace penbox {

/// A list that fetches its pages as they are needed. It is walked once: for (const Value &item : client.forms().list()).
class Pager {
  public:
    class Iterator;

    /// Takes a handle over.
    explicit Pager(detail::Handle<penbox_pager> handle) : handle_(std::move(handle)) {}

    /// The next item, or nothing at the end. An exception ends the list.
    std::optional<Value> next() {
        auto item = detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_pager_next(handle_.get(), out, err); });
        return item ? std::optional<Value>(Value(std::move(item))) : std::nullopt;
    }
    /// One page by its number, from 1, as the server sent it. The walk is not moved.
    Value page(std::uint64_t number) {
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_pager_page(handle_.get(), number, out, err);
        }));
    }
    /// Fetches a page while the one before it is read, in a thread of the library's own.
    Pager &prefetch(bool wanted = true) {
        detail::check(penbox_pager_set_prefetch(handle_.get(), wanted ? 1 : 0), "the pager was moved from");
        return *this;
    }
    /// The next items, at most this many; the walk goes on behind them. An exception loses those before it.
    std::vector<Value> collect(std::size_t limit) {
        std::vector<Value> items;
        while (items.size() < limit) {
            std::optional<Value> item = next();
            if (!item)
                break;
            items.push_back(std::move(*item));
        }
        return items;
    }
    /// How many items the whole list has, as the last page fetched told.
    std::optional<std::int64_t> total_count() const noexcept {
        const std::int64_t count = penbox_pager_total_count(handle_.get());
        return count < 0 ? std::nullopt : std::optional<std::int64_t>(count);
    }

    Iterator begin();
    Iterator end();

  private:
    detail::Handle<penbox_pager> handle_;
};

/// A place in a Pager's walk.
class Pager::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value &;

    explicit Iterator(Pager *pager) : pager_(pager) {
        if (pager_ != nullptr)
            ++*this;
    }
    const Value &operator*() const {
        return *item_;
    }
    const Value *operator->() const {
        return &*item_;
    }
    Iterator &operator++() {
        item_ = pager_->next();
        return *this;
    }
    bool operator==(const Iterator &other) const {
        return item_.has_value() == other.item_.has_value();
    }
    bool operator!=(const Iterator &other) const {
        return !(*this == other);
    }

  private:
    Pager *pager_;
    std::optional<Value> item_;
};

inline Pager::Iterator Pager::begin() {
    return Iterator(this);
}
inline Pager::Iterator Pager::end() {
    return Iterator(nullptr);
}

} // namespace penbox

#endif
