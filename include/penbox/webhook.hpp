#ifndef PENBOX_WEBHOOK_HPP
#define PENBOX_WEBHOOK_HPP

#include "config.hpp"
#include "value.hpp"

#include <initializer_list>

/// Webhooks: the check that a delivery comes from Penbox, and what is in it.
///
///     const penbox::webhook::Verifier verifier("https://example.com/hooks/penbox");
///     const penbox::webhook::Event event = verifier.unwrap(request.headers, request.body);
///     if (event.has("responses:completed"))
///         std::cout << event.request()->string("/id").value() << '\n';
namespace penbox::webhook {

namespace detail {

using namespace penbox::detail;

/// True for a range of pairs of texts, such as the headers of a request.
template <class T, class = void>
inline constexpr bool is_pairs_v = false;
template <class T>
inline constexpr bool
    is_pairs_v<T, std::void_t<decltype(std::string_view(std::begin(std::declval<const T &>())->first)),
                              decltype(std::string_view(std::begin(std::declval<const T &>())->second))>> = true;

/// The value of a header: a text, or a null pointer, which std::getenv and the look-ups of servers return for a header that
/// the request does not have.
class HeaderValue {
  public:
    HeaderValue(const char *text) noexcept : is_there_(text != nullptr), text_(is_there_ ? text : "") {}
    template <class T, std::enable_if_t<std::is_convertible_v<const T &, std::string_view> &&
                                            !std::is_pointer_v<std::decay_t<T>> && !std::is_same_v<T, std::nullptr_t>,
                                        int> = 0>
    HeaderValue(const T &text) : is_there_(true), text_(text) {}

    bool is_there() const noexcept {
        return is_there_;
    }
    std::string_view text() const noexcept {
        return text_;
    }

  private:
    bool is_there_;
    std::string_view text_;
};

} // namespace detail

/// The headers of a request that was received. All of them may be added: names are compared without regard to case, and
/// a header that is there twice is noticed.
class Headers {
  public:
    /// No headers yet.
    Headers() : handle_(detail::made(penbox_headers_new())) {}
    /// The headers of a range of pairs of texts: a std::multimap, a std::vector of pairs, or their like.
    template <class Pairs, std::enable_if_t<detail::is_pairs_v<Pairs>, int> = 0>
    Headers(const Pairs &pairs) : Headers() {
        for (const auto &pair : pairs)
            add(std::string_view(pair.first), pair.second);
    }
    /// The headers of a list: {{"Digest", digest}, {"x-pnbx-signature", signature}}.
    Headers(std::initializer_list<std::pair<std::string_view, detail::HeaderValue>> pairs) : Headers() {
        for (const auto &[name, value] : pairs)
            add(name, value);
    }

    /// Adds a header, also where there is one of its name. A value that is a null pointer adds nothing: std::getenv and
    /// the look-ups of servers return it for a header that the request does not have. Throws InvalidArgumentError for an
    /// empty name.
    Headers &add(std::string_view name, const detail::HeaderValue &value) & {
        const std::string_view text = value.text();
        if (value.is_there())
            detail::check(penbox_headers_add_bytes(handle_.get(), name.data(), name.size(), text.data(), text.size()),
                          "the name of a header is empty");
        return *this;
    }
    Headers add(std::string_view name, const detail::HeaderValue &value) && {
        add(name, value);
        return std::move(*this);
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_headers *get() const noexcept {
        return handle_.get();
    }

  private:
    detail::Handle<penbox_headers> handle_;
};

/// The body of a delivery: events, the object that they are of, and the form as it was then.
class Event {
  public:
    /// Makes an event of a value that penbox_verifier_unwrap gave.
    explicit Event(Value value) : value_(std::move(value)) {}

    /// Reports whether an event of this name is among the events: has("responses:completed").
    bool has(const Text &name) const {
        return penbox_event_has(value_.get(), name.c_str("the name of an event"));
    }
    /// The events: one of created, updated and deleted, and finer ones beside it. There may be names that are not
    /// documented.
    std::vector<std::string> events() const {
        std::vector<std::string> names;
        if (value_.type("/events") == PENBOX_TYPE_ARRAY)
            for (const Value &name : value_.at("/events").value())
                names.push_back(name.string("").value_or(""));
        return names;
    }
    /// The object that the events are of: its `/type` and its `/id`.
    Value::Part data() const {
        return object("/data");
    }
    /// The form, as `client.forms().get` gives it.
    Value::Part request() const {
        return object("/request");
    }
    /// The whole body, with the members that are not documented.
    const Value &value() const & {
        return value_;
    }
    Value value() const && {
        return value_;
    }

  private:
    /// The part at a JSON Pointer, if it is an object.
    Value::Part object(const char *pointer) const {
        return value_.type(pointer) == PENBOX_TYPE_OBJECT ? value_.at(pointer) : Value::Part();
    }

    Value value_;
};

/// A store of the deliveries that were accepted, which several processes can share. Several threads may use it at once.
class ReplayStore {
  public:
    virtual ~ReplayStore() = default;
    /// Keeps an id for so long, and returns true. Returns false where it is kept already. Of several calls at once with
    /// one id only one may be answered true, so it looks and keeps in one step: Redis's `SET id 1 NX PX lifetime`. What
    /// it throws refuses the delivery with the reason replay_store.
    virtual bool add(const std::string &id, std::chrono::milliseconds lifetime) = 0;
    /// Removes an id, so that the delivery is accepted again. What it throws becomes the error of Verifier::forget.
    virtual void remove(const std::string &id) = 0;
};

namespace detail {

using Store = std::shared_ptr<ReplayStore>;

/// Adds to the store behind `user`. Nothing that it throws may pass C.
inline std::int64_t replay_add(void *user, const char *id, std::uint64_t lifetime, char *reason,
                               std::size_t size) noexcept {
    bool is_new = false;
    const std::int64_t failed = run_hook(reason, size, [&] {
        // A time beyond the clock's is the longest one.
        constexpr auto longest = static_cast<std::uint64_t>(std::chrono::milliseconds::max().count());
        is_new = (*static_cast<const Store *>(user))
                     ->add(id, std::chrono::milliseconds(lifetime < longest ? lifetime : longest));
    });
    // A failure without a text is 1, which here stands for an id that was added.
    return failed == 0 ? std::int64_t(is_new) : failed == 1 ? 2 : failed;
}

/// Removes from the store behind `user`.
inline std::int64_t replay_remove(void *user, const char *id, char *reason, std::size_t size) noexcept {
    return run_hook(reason, size, [&] { (*static_cast<const Store *>(user))->remove(id); });
}

} // namespace detail

/// The settings of a verifier. Setters keep their values; the verifier validates them.
class VerifierConfig {
  public:
    /// All settings at their defaults.
    VerifierConfig() : handle_(detail::made(penbox_verifier_config_new())) {}
    VerifierConfig(const VerifierConfig &other)
        : handle_(detail::cloned(penbox_verifier_config_clone, other.handle_)) {}
    VerifierConfig(VerifierConfig &&) noexcept = default;
    VerifierConfig &operator=(const VerifierConfig &other) {
        handle_ = detail::cloned(penbox_verifier_config_clone, other.handle_);
        return *this;
    }
    VerifierConfig &operator=(VerifierConfig &&) noexcept = default;
    ~VerifierConfig() = default;

    /// The HTTP method of deliveries, exactly as the request line has it. Default: `POST` (inferred).
    VerifierConfig &method(const Text &value) & {
        return done(penbox_verifier_config_set_method(handle_.get(), value.c_str("method")), "method");
    }
    VerifierConfig method(const Text &value) && {
        return std::move(method(value));
    }
    /// The issuer that tokens must name, exactly: with its slash at the end. Default: `https://connect.penbox.io/`.
    VerifierConfig &issuer(const Text &value) & {
        return done(penbox_verifier_config_set_issuer(handle_.get(), value.c_str("issuer")), "issuer");
    }
    VerifierConfig issuer(const Text &value) && {
        return std::move(issuer(value));
    }
    /// The address of the issuer's key set (a JWKS). Plain http is accepted for loopback only. Default:
    /// `.well-known/jwks.json` at the issuer (inferred).
    VerifierConfig &keys_url(const Text &value) & {
        return done(penbox_verifier_config_set_keys_url(handle_.get(), value.c_str("keys_url")), "keys_url");
    }
    VerifierConfig keys_url(const Text &value) && {
        return std::move(keys_url(value));
    }
    /// The keys to trust, instead of fetching the issuer's: a key or a set in JSON (JWK, JWKS), or one key or several in
    /// PEM form (`BEGIN PUBLIC KEY`). A key that the issuer changes has to be changed here. Default: none.
    VerifierConfig &keys(const Text &value) & {
        return done(penbox_verifier_config_set_keys(handle_.get(), value.c_str("keys")), "keys");
    }
    VerifierConfig keys(const Text &value) && {
        return std::move(keys(value));
    }
    /// The algorithms that are accepted: `RS256`, `RS384`, `RS512`, `ES256`. Default: `RS256` (inferred).
    VerifierConfig &algorithms(std::initializer_list<std::string_view> names) & {
        std::string all;
        for (const std::string_view name : names)
            all.append(all.empty() ? "" : ",").append(name);
        return done(penbox_verifier_config_set_algorithms(handle_.get(), Text(all).c_str("algorithms")), "algorithms");
    }
    VerifierConfig algorithms(std::initializer_list<std::string_view> names) && {
        return std::move(algorithms(names));
    }
    /// The difference between the clocks of Penbox and of this machine that is accepted, up to a day. Default: 60 s.
    VerifierConfig &leeway(std::chrono::milliseconds value) & {
        return done(penbox_verifier_config_set_leeway_ms(handle_.get(), detail::count(value)), "leeway");
    }
    VerifierConfig leeway(std::chrono::milliseconds value) && {
        return std::move(leeway(value));
    }
    /// The limit of a request for keys, from a millisecond to a day. Default: 10 s.
    VerifierConfig &timeout(std::chrono::milliseconds value) & {
        return done(penbox_verifier_config_set_timeout_ms(handle_.get(), detail::count(value)), "timeout");
    }
    VerifierConfig timeout(std::chrono::milliseconds value) && {
        return std::move(timeout(value));
    }
    /// Accepts each delivery once, and keeps those that were accepted in the memory of the verifier, at most 65,536:
    /// Verifier::unwrap refuses a repeat as replayed. A receiver that fails after it calls Verifier::forget, or the
    /// repeat that it asks Penbox for is refused. Default: false.
    VerifierConfig &remember_deliveries(detail::Flag value = true) & {
        return done(penbox_verifier_config_set_remember_deliveries(handle_.get(), value), "remember_deliveries");
    }
    VerifierConfig remember_deliveries(detail::Flag value = true) && {
        return std::move(remember_deliveries(value));
    }
    /// As remember_deliveries, in a store that several processes can share. Throws InvalidArgumentError for a null
    /// pointer.
    VerifierConfig &remember_deliveries_in(std::shared_ptr<ReplayStore> store) & {
        auto owned = std::make_unique<detail::Store>(std::move(store));
        const bool is_there = *owned != nullptr;
        const auto free = [](void *user) { delete static_cast<detail::Store *>(user); };
        done(penbox_verifier_config_set_store(handle_.get(), is_there ? detail::replay_add : nullptr,
                                              detail::replay_remove, owned.get(), free),
             "remember_deliveries_in");
        owned.release();
        return *this;
    }
    VerifierConfig remember_deliveries_in(std::shared_ptr<ReplayStore> store) && {
        return std::move(remember_deliveries_in(std::move(store)));
    }
    /// Sends the requests for keys as a client with these settings would: by its proxy, with its CAs, with what
    /// Config::from_env reads. A token, an address and time limits among them have no effect. Default: Config().
    VerifierConfig &network(const Config &value) & {
        return done(penbox_verifier_config_set_network(handle_.get(), value.get()), "network");
    }
    VerifierConfig network(const Config &value) && {
        return std::move(network(value));
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_verifier_config *get() const noexcept {
        return handle_.get();
    }

  private:
    VerifierConfig &done(penbox_status status, const char *name) {
        detail::check(status, std::string(name) + " cannot be set");
        return *this;
    }

    detail::Handle<penbox_verifier_config> handle_;
};

/// The verifier of the deliveries to one address. It checks that a request comes from Penbox, is meant for this address,
/// and is as it was sent. It needs no API token. Any number of threads may use one at the same time; copies share the keys.
///
/// The issuer's keys are fetched at the first delivery and kept for ten minutes; all else is done without a request. A
/// forked child fetches keys of its own, and has accepted nothing yet.
class Verifier {
  public:
    /// A verifier for the deliveries to an address: the whole public one, exactly as it was given to Penbox in a form's
    /// `webhooks`, whatever a proxy makes of it. Sends nothing. Throws ConfigError for what is no address and for an
    /// invalid setting.
    explicit Verifier(const Text &url) : handle_(make(url, nullptr)) {}
    Verifier(const Text &url, const VerifierConfig &config) : handle_(make(url, config.get())) {
        // A null pointer would be the defaults.
        if (config.get() == nullptr)
            detail::refuse("config", " was moved from");
    }

    /// Verifies a delivery and reads its body. With a replay guard each delivery is accepted once. `body` are the bytes
    /// that were received: a program that parses JSON and writes it again makes other ones. A call that fetches keys
    /// takes up to the verifier's timeout, and nothing ends it before.
    ///
    /// Throws WebhookVerificationError for a delivery that must not be trusted; reason() says why. Answer it with 401,
    /// and a replayed one with 204. Where the issuer's keys could not be fetched, the error is that of the request, of
    /// another class; where the store failed, the reason is replay_store, and retryable() is true. Nothing is known of
    /// the delivery then: answer it with 503.
    Event unwrap(const Headers &headers, detail::Bytes body) const {
        const std::shared_ptr<const penbox_verifier> held = handle_;
        return Event(Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_verifier_unwrap(held.get(), headers.get(), bytes(body), body.get().size(), out, err);
        })));
    }
    /// Verifies a delivery as unwrap does, without reading its body and without the replay guard. It may be repeated for
    /// the same delivery.
    void verify(const Headers &headers, detail::Bytes body) const {
        const std::shared_ptr<const penbox_verifier> held = handle_;
        penbox_error *error = nullptr;
        const penbox_status status =
            penbox_verifier_verify(held.get(), headers.get(), bytes(body), body.get().size(), &error);
        detail::check(status, error);
    }
    /// Forgets that a delivery was accepted, so that its repeat is accepted again: for a receiver that could not do its
    /// work. Without a replay guard it does nothing. It may be repeated. Throws WebhookVerificationError where the headers
    /// have no token of the issuer, and with the reason replay_store if the store failed.
    void forget(const Headers &headers) const {
        const std::shared_ptr<const penbox_verifier> held = handle_;
        penbox_error *error = nullptr;
        const penbox_status status = penbox_verifier_forget(held.get(), headers.get(), &error);
        detail::check(status, error);
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_verifier *get() const noexcept {
        return handle_.get();
    }

  private:
    static detail::Handle<penbox_verifier> make(const Text &url, const penbox_verifier_config *config) {
        const char *address = url.c_str("the verifier's address");
        return detail::make<penbox_verifier>(
            [&](penbox_verifier **out, penbox_error **err) { return penbox_verifier_new(address, config, out, err); });
    }
    static const std::uint8_t *bytes(const detail::Bytes &body) noexcept {
        return reinterpret_cast<const std::uint8_t *>(body.get().data());
    }

    std::shared_ptr<const penbox_verifier> handle_;
};

} // namespace penbox::webhook

#endif
