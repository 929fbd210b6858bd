#ifndef PENBOX_PAGER_HPP
#define PENBOX_PAGER_HPP

#include "value.hpp"

#include <deque>
#include <iterator>
#include <vector>

namespace penbox {

/// A list that fetches its pages as they are needed. It is walked once: for (const Value &item : client.forms().list()).
/// After an exception it is where it was: the next step asks for the same page again if the error is retryable, and throws the
/// error again if it is not.
class Pager {
  public:
    class Iterator;

    /// Takes a handle over.
    explicit Pager(detail::Handle<penbox_pager> handle) : walk_(std::make_shared<Walk>(std::move(handle))) {}
    Pager(const Pager &) = delete;
    Pager(Pager &&) noexcept = default;
    Pager &operator=(const Pager &) = delete;
    Pager &operator=(Pager &&) noexcept = default;
    ~Pager() = default;

    /// The next item, or nothing at the end.
    std::optional<Value> next() {
        return next_of(walk_.get());
    }
    /// One page by its number, from 1, as the server sent it. The walk is not moved.
    Value page(detail::Whole<std::uint64_t> number) {
        const std::uint64_t wanted = number.get("the number of the page");
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_pager_page(handle(), wanted, out, err); }));
    }
    /// Fetches a page while the one before it is read, in a thread of the library's own.
    Pager &prefetch(detail::Flag wanted = true) & {
        detail::check(penbox_pager_set_prefetch(handle(), wanted ? 1 : 0), "the pager was moved from");
        return *this;
    }
    Pager prefetch(detail::Flag wanted = true) && {
        return std::move(prefetch(wanted));
    }
    /// The next items, at most this many; the walk goes on behind them. After an exception nothing is lost: the items before it
    /// come with the next step.
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
            // What is kept still was not reached, so it comes behind them. A pager that was moved from keeps nothing.
            if (walk_ != nullptr) {
                for (Value &item : walk_->kept)
                    items.push_back(std::move(item));
                walk_->kept.swap(items);
            }
            throw;
        }
        return {std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())};
    }
    /// How many items the whole list has, as the last page fetched told.
    std::optional<std::int64_t> total_count() const noexcept {
        const std::int64_t count = penbox_pager_total_count(handle());
        return count < 0 ? std::nullopt : std::optional<std::int64_t>(count);
    }

    Iterator begin();
    Iterator end();

  private:
    /// What a pager and its iterators share.
    struct Walk {
        explicit Walk(detail::Handle<penbox_pager> pager) : handle(std::move(pager)) {}
        detail::Handle<penbox_pager> handle;
        /// Items that a collect had before it failed. They come first.
        std::deque<Value> kept;
    };

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

/// A place in a Pager's walk, which it keeps: it may outlive the Pager.
class Pager::Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value;

    Iterator() = default;
    explicit Iterator(std::shared_ptr<Walk> walk) : walk_(std::move(walk)) {
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
        item_ = Pager::next_of(walk_.get());
        return *this;
    }
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
