#ifndef PENBOX_PAGER_HPP
#define PENBOX_PAGER_HPP

#include "value.hpp"

#include <deque>
#include <iterator>
#include <vector>

namespace penbox {

/// A list that fetches its pages when they are needed. It can be read once: for (const Value &item :
/// client.forms().list()). An exception does not move it: the next step requests the same page again if the error is
/// retryable, and throws the error again if not. Every function throws InvalidArgumentError for a pager that was moved
/// from, except total_count() and end().
class Pager {
  public:
    class Iterator;

    /// Takes over a handle.
    explicit Pager(detail::Handle<penbox_pager> handle) : walk_(std::make_shared<Walk>(std::move(handle))) {}
    Pager(const Pager &) = delete;
    Pager(Pager &&) noexcept = default;
    Pager &operator=(const Pager &) = delete;
    Pager &operator=(Pager &&) noexcept = default;
    ~Pager() = default;

    /// Returns the next item, or nothing at the end. Fetches a page if the last one is used up, and throws that call's
    /// error.
    std::optional<Value> next() {
        return next_of(walk_.get());
    }
    /// Fetches one page by its number, from 1, as the server sent it, and throws that call's error. It may be repeated,
    /// and does not move next().
    Value page(detail::Whole<std::uint64_t> number) {
        const std::uint64_t wanted = number.get("the number of the page");
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_pager_page(handle(), wanted, out, err); }));
    }
    /// Turns prefetching on or off. With it a thread of the library fetches the next page while the program reads the
    /// present one.
    Pager &prefetch(detail::Flag wanted = true) & {
        detail::check(penbox_pager_set_prefetch(handle(), wanted ? 1 : 0), "the pager was moved from");
        return *this;
    }
    Pager prefetch(detail::Flag wanted = true) && {
        return std::move(prefetch(wanted));
    }
    /// Returns the next items, at most `limit`; a later step goes on after them. An exception loses no item: the next
    /// step returns those before it.
    std::vector<Value> collect(std::size_t limit) {
        std::deque<Value> items;
        try {
            while (items.size() < limit) {
                std::optional<Value> item = next();
                if (!item)
                    break;
                items.push_back(std::move(*item));
            }
        } catch (...) {
            // Items that are still kept were not read again, so they follow. A pager that was moved from keeps none.
            if (walk_ != nullptr) {
                for (Value &item : walk_->kept)
                    items.push_back(std::move(item));
                walk_->kept.swap(items);
            }
            throw;
        }
        return {std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())};
    }
    /// Returns the number of items of the whole list, as the last fetched page reported it. Nothing before the first
    /// page, or if the server does not report it.
    std::optional<std::int64_t> total_count() const noexcept {
        const std::int64_t count = penbox_pager_total_count(handle());
        return count < 0 ? std::nullopt : std::optional<std::int64_t>(count);
    }

    /// Reads the first item. Throws as next() does.
    Iterator begin();
    /// Returns the end of every list.
    Iterator end();

  private:
    /// The state that a pager and its iterators share.
    struct Walk {
        explicit Walk(detail::Handle<penbox_pager> pager) : handle(std::move(pager)) {}
        detail::Handle<penbox_pager> handle;
        /// The items that a collect() read before it failed. The next steps return them first.
        std::deque<Value> kept;
    };

    /// Returns the next item of a walk. NULL is the walk of a pager that was moved from.
    static std::optional<Value> next_of(Walk *walk) {
        if (walk != nullptr && !walk->kept.empty()) {
            std::optional<Value> item(std::move(walk->kept.front()));
            walk->kept.pop_front();
            return item;
        }
        penbox_pager *pager = walk == nullptr ? nullptr : walk->handle.get();
        auto item = detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_pager_next(pager, out, err); });
        return item ? std::optional<Value>(Value(std::move(item))) : std::nullopt;
    }

    penbox_pager *handle() const noexcept {
        return walk_ == nullptr ? nullptr : walk_->handle.get();
    }

    std::shared_ptr<Walk> walk_;
};

/// A position in the list of a Pager. It shares the Pager's state, and may outlive the Pager.
class Pager::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value;

    /// Makes the end of every list.
    Iterator() = default;
    /// Reads the first item. Throws as Pager::next() does.
    explicit Iterator(std::shared_ptr<Walk> walk) : walk_(std::move(walk)) {
        ++*this;
    }
    /// Returns the item, which may be kept: it shares the memory of the iterator's item. It is const so that `auto &`
    /// accepts it, too.
    const Value operator*() const {
        return item_.value();
    }
    const Value *operator->() const & {
        return &item_.value();
    }
    /// Returns the item of a temporary iterator, as a value that outlives it.
    detail::Passing operator->() const && {
        return detail::Passing(item_.value());
    }
    /// Reads the next item. Throws as Pager::next() does.
    Iterator &operator++() {
        item_ = Pager::next_of(walk_.get());
        return *this;
    }
    // Input iterators are compared with the end only.
    bool operator==(const Iterator &other) const {
        return item_.has_value() == other.item_.has_value();
    }
    bool operator!=(const Iterator &other) const {
        return !(*this == other);
    }

  private:
    std::shared_ptr<Walk> walk_;
    std::optional<Value> item_;
};

inline Pager::Iterator Pager::begin() {
    return Iterator(walk_);
}
inline Pager::Iterator Pager::end() {
    return Iterator();
}

} // namespace penbox

#endif
