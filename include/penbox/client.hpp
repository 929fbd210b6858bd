#ifndef PENBOX_CLIENT_HPP
#define PENBOX_CLIENT_HPP

#include "config.hpp"
#include "operations.hpp"

namespace penbox {

/// A client of the Penbox API. Any number of threads may use one at the same time. Copies share the connections, and
/// closing one closes all.
///
/// The resources (client.forms(), ...) and running calls keep the client alive: they may outlive this object.
class Client : public Resources<Client> {
  public:
    /// Validates the settings. Sends nothing. Throws ConfigError with the fault and the remedy if no token is found or
    /// a setting is invalid.
    explicit Client(const Config &config)
        : handle_(detail::make<penbox_client>(
              [&](penbox_client **out, penbox_error **err) { return penbox_client_new(config.get(), out, err); })) {}
    /// Makes a client with the settings of the environment: PENBOX_API_TOKEN and its siblings, PENBOX_BASE_URL. Throws
    /// ConfigError as the constructor does.
    static Client from_env() {
        return Client(Config::from_env());
    }

    /// Calls an operation by its id, such as "forms.create". A list returns one page. Throws InvalidArgumentError for
    /// an unknown id and for an operation that moves a file, and every Error that the operation throws. It may be
    /// repeated if the operation may be.
    Value invoke(const Text &operation, const Params &params = {}, const Options &options = {}) const {
        const char *id = operation.c_str("the operation's id");
        // The call keeps the client: another thread may destroy this object meanwhile.
        const std::shared_ptr<const penbox_client> held = share();
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_client_invoke(held.get(), id, params.get(), options.get(), out, err);
        }));
    }
    /// Replaces the token of the client and all its copies, without a break: calls in flight keep theirs, later ones take
    /// the new one, and so do repeats of calls whose old token is refused. From then on no provider, command or file is
    /// asked. Throws ConfigError for what is no token, and ClosedError after close; the token in use then stays.
    void set_token(const Text &token) const {
        const char *text = token.c_str("the token");
        const std::shared_ptr<const penbox_client> held = share();
        penbox_error *error = nullptr;
        const penbox_status status = penbox_client_set_token(held.get(), text, &error);
        detail::check(status, error);
    }
    /// Sends a request that no method of this SDK makes: for the deprecated addresses ("/requests", "/flows",
    /// "/companies") and for what the API adds later. An answer without a body is a JSON null. Throws as every other
    /// call does; the error's operation is "request".
    ///
    /// `path` is below the base URL. `safe` states whether the request may be sent twice without acting twice; without
    /// it GET and HEAD are safe, and other methods are not.
    Value request(const Text &method, const Text &path, const std::optional<Params> &query = std::nullopt,
                  const std::optional<Params> &body = std::nullopt, std::optional<bool> safe = std::nullopt,
                  const Options &options = {}) const {
        const char *verb = method.c_str("the method");
        const char *place = path.c_str("the path");
        const std::shared_ptr<const penbox_client> held = share();
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_client_request(held.get(), verb, place, query ? query->get() : nullptr,
                                         body ? body->get() : nullptr, safe ? int(*safe) : -1, options.get(), out, err);
        }));
    }
    /// Forgets the answers that the client keeps (Config::cache_ttl). The next calls request them anew.
    void clear_cache() const noexcept {
        penbox_client_clear_cache(get());
    }
    /// Tells the calls of forms().wait_completed that a form has changed, as a verified webhook reports it: they look at
    /// once, instead of after their pause. Returns the number of calls that wait for the form with this client or a copy
    /// of it. Sends nothing and does not block. A webhook is a hint and no proof, so the wait itself reads the form once
    /// more.
    std::uint64_t notify_form(const Text &form_id) const {
        return penbox_client_notify_form(get(), form_id.c_str("the form's id"));
    }
    /// Returns the number of calls that were answered without a request of their own.
    std::uint64_t cache_hits() const noexcept {
        return penbox_client_cache_hits(get());
    }
    /// Returns the number of calls that sent a request although the cache could have answered.
    std::uint64_t cache_misses() const noexcept {
        return penbox_client_cache_misses(get());
    }
    /// Returns the number of answers in memory.
    std::uint64_t cache_entries() const noexcept {
        return penbox_client_cache_entries(get());
    }
    /// Returns the bytes of the answers in memory.
    std::uint64_t cache_bytes() const noexcept {
        return penbox_client_cache_bytes(get());
    }
    /// Returns what the client and its copies did in this process since it was made: `/calls`, `/attempts`, `/errors`,
    /// `/operations` and more, see penbox_client_stats. Sends nothing, and works after close, too.
    Value stats() const {
        const std::shared_ptr<const penbox_client> held = share();
        return Value(detail::make<penbox_value>(
            [&](penbox_value **out, penbox_error **err) { return penbox_client_stats(held.get(), out, err); }));
    }
    /// Checks the token, the settings, the connection and the clock. It sends one GET /workspaces and no more. The value
    /// is the report: see penbox_client_check. A call that fails is a finding: throws ClosedError for a closed client,
    /// and CancelledError if the options' cancel ended the call.
    Value check(const Options &options = {}) const {
        return check_in(nullptr, options);
    }
    /// The same for the workspace that the token should open, by its slug or id.
    Value check(const Text &workspace, const Options &options = {}) const {
        return check_in(workspace.c_str("the workspace"), options);
    }
    /// Closes the client and all its copies. Calls in flight end, and later ones throw ClosedError. Repeating it is
    /// harmless.
    void close() const noexcept {
        penbox_client_close(get());
    }

    /// Returns the C handle. It belongs to this object: never free it.
    const penbox_client *get() const noexcept {
        return handle_.get();
    }

    /// Returns the C handle with shared ownership: it lives as long as the pointer.
    std::shared_ptr<const penbox_client> share() const noexcept {
        return handle_;
    }

  private:
    friend class Recording;

    explicit Client(detail::Handle<penbox_client> handle) : handle_(std::move(handle)) {}

    Value check_in(const char *workspace, const Options &options) const {
        const std::shared_ptr<const penbox_client> held = share();
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_client_check(held.get(), workspace, options.get(), out, err);
        }));
    }

    std::shared_ptr<const penbox_client> handle_;
};

/// Returns what all clients of this process did, by token: a list of values as Client::stats gives them, the token used
/// last first. Sends nothing.
inline Value process_stats() {
    return Value(detail::make<penbox_value>(penbox_process_stats));
}

} // namespace penbox

#endif
