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
    Pager(const Pager &) = delete;
    Pager(Pager &&) noexcept = default;
    Pager &operator=(const Pager &) = delete;
    Pager &operator=(Pager &&) noexcept = default;
    ~Pager() = default;

    /// The next item, or nothing at the end. An exception ends the list.
    std::optional<Value> next() {
        return next_of(handle_.get());
    }
    /// One page by its number, from 1, as the server sent it. The walk is not moved.
    Value page(detail::Whole<std::uint64_t> number) {
        const std::uint64_t wanted = number.get("the number of the page");
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_pager_page(handle_.get(), wanted, out, err);
        }));
    }
    /// Fetches a page while the one before it is read, in a thread of the library's own.
    Pager &prefetch(detail::Flag wanted = true) & {
        detail::check(penbox_pager_set_prefetch(handle_.get(), wanted ? 1 : 0), "the pager was moved from");
        return *this;
    }
    Pager prefetch(detail::Flag wanted = true) && {
        return std::move(prefetch(wanted));
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
    static std::optional<Value> next_of(penbox_pager *pager) {
        auto item = detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_pager_next(pager, out, err); });
        return item ? std::optional<Value>(Value(std::move(item))) : std::nullopt;
    }

    std::shared_ptr<penbox_pager> handle_;
};

/// A place in a Pager's walk, which it keeps: it may outlive the Pager.
class Pager::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value;

    Iterator() = default;
    explicit Iterator(std::shared_ptr<penbox_pager> pager) : pager_(std::move(pager)) {
        ++*this;
    }
    /// The item, which shares what the iterator has: it may be kept. It is const so that `auto &` takes it, too.
    const Value operator*() const {
        return item_.value();
    }
    const Value *operator->() const & {
        return &item_.value();
    }
    detail::Passing operator->() const && {
        return detail::Passing(item_.value());
    }
    Iterator &operator++() {
        item_ = Pager::next_of(pager_.get());
        return *this;
    }
    bool operator==(const Iterator &other) const {
        return item_.has_value() == other.item_.has_value();
    }
    bool operator!=(const Iterator &other) const {
        return !(*this == other);
    }

  private:
    std::shared_ptr<penbox_pager> pager_;
    std::optional<Value> item_;
};

inline Pager::Iterator Pager::begin() {
    return Iterator(handle_);
}
inline Pager::Iterator Pager::end() {
    return Iterator();
}

} // namespace penbox

#endif
