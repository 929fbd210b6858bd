#ifndef PENBOX_CLIENT_HPP
#define PENBOX_CLIENT_HPP

#include "config.hpp"
#include "operations.hpp"

namespace penbox {

/// A client of the Penbox API. Any number of threads may use one; copies share connections, and being closed.
///
/// The resources (client.forms(), ...) keep it: they may outlive it, and so does a call that is under way.
class Client : public Resources<Client> {
  public:
    /// Judges the settings. Sends nothing. Throws ConfigError, with what is wrong and what to do.
    explicit Client(const Config &config)
        : handle_(detail::make<penbox_client>(
              [&](penbox_client **out, penbox_error **err) { return penbox_client_new(config.get(), out, err); })) {}
    /// A client on the settings of the environment: PENBOX_API_TOKEN and its siblings, PENBOX_BASE_URL.
    static Client from_env() {
        return Client(Config::from_env());
    }

    /// Calls an operation by its id; a list gives one page.
    Value invoke(const Text &operation, const Params &params = {}, const Options &options = {}) const {
        const char *id = operation.c_str("the operation's id");
        const std::shared_ptr<const penbox_client> held = share();
        return Value(detail::make<penbox_value>([&](penbox_value **out, penbox_error **err) {
            return penbox_client_invoke(held.get(), id, params.get(), options.get(), out, err);
        }));
    }
    /// Closes the client and all its copies: calls in flight end, later ones throw ClosedError.
    void close() const noexcept {
        penbox_client_close(get());
    }

    /// The C handle. It stays this object's.
    const penbox_client *get() const noexcept {
        return handle_.get();
    }

    /// The C handle, kept as long as what this gives.
    std::shared_ptr<const penbox_client> share() const noexcept {
        return handle_;
    }

  private:
    std::shared_ptr<const penbox_client> handle_;
};

} // namespace penbox

#endif
