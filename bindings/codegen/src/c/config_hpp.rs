//! `include/penbox/config.hpp`: the settings as a C++ class.

use super::doc;
use super::settings::{has_setter, name, types};
use crate::file::{File, MARK};
use crate::spec::{Setting, Spec};
use crate::wrap::wrap;

/// The header up to the setters.
const START: &str = "
#ifndef PENBOX_CONFIG_HPP
#define PENBOX_CONFIG_HPP

#include \"hooks.hpp\"

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

namespace penbox {

namespace detail {

/// Calls the function behind `user`. Nothing that it throws may pass C.
inline std::int64_t give_token(void *user, char *buffer, std::size_t size) noexcept {
    const auto write = [&](const char *text, std::size_t length) {
        length = length < size ? length : size;
        std::memcpy(buffer, text, length);
        return static_cast<std::int64_t>(length);
    };
    try {
        const std::string token = (*static_cast<const std::function<std::string()> *>(user))();
        return write(token.data(), token.size());
    } catch (const std::exception &error) {
        const std::int64_t length = write(error.what(), std::strlen(error.what()));
        return length == 0 ? -1 : -length;
    } catch (...) {
        return -1;
    }
}

} // namespace detail

/// Settings for a client. Setters keep their values; the client validates them.
class Config {
  public:
    /// All settings at their defaults. The environment is not read, neither now nor later.
    Config() : handle_(detail::made(penbox_config_new())) {}
    Config(const Config &other) : handle_(detail::cloned(penbox_config_clone, other.handle_)) {}
    Config(Config &&) noexcept = default;
    Config &operator=(const Config &other) {
        handle_ = detail::cloned(penbox_config_clone, other.handle_);
        return *this;
    }
    Config &operator=(Config &&) noexcept = default;
    ~Config() = default;

    /// Settings that take from the environment, as it is now, what no setter gives. Nothing else reads it, nor does this in a
    /// program that runs with raised privileges.
    static Config from_env() {
        return Config(detail::make<penbox_config>(penbox_config_from_env));
    }
    /// Settings from the text of a JSON object of their names; durations end in _ms.
    static Config from_json(const Text &json) {
        const char *text = json.c_str(\"the JSON of the settings\");
        return Config(detail::make<penbox_config>(
            [&](penbox_config **out, penbox_error **err) { return penbox_config_from_json(text, out, err); }));
    }

";

/// The header after the setters.
const END: &str = "
    /// A function that gives the token, instead of the token itself. It is called at the first call, once for all calls that
    /// wait for its answer, and again after a 401, at most once a second; making the client does not call it. It runs on
    /// any thread that uses the client, on one at a time, and must not use that client. Of what it throws the call's
    /// ConfigError has the text.
    Config &token_provider(std::function<std::string()> give) & {
        auto owned = std::make_unique<std::function<std::string()>>(std::move(give));
        const auto free = [](void *user) { delete static_cast<std::function<std::string()> *>(user); };
        done(penbox_config_set_token_provider(handle_.get(), detail::give_token, owned.get(), free), \"token_provider\");
        owned.release();
        return *this;
    }
    Config token_provider(std::function<std::string()> give) && {
        return std::move(token_provider(std::move(give)));
    }

    /// A function that runs before each attempt, on the thread of the call. It may add headers, and its failure ends the
    /// call: CancelledError, reason `hook`, and the attempt is not sent.
    ///
    /// What it throws is its failure, whose text the error's message has. It runs on any thread that uses the client, on
    /// several at once, and on one of the library's own for a page that is fetched ahead. It may use the library, and close
    /// this client; a call that it makes runs no hooks. A copy of the client in it would keep the client alive.
    Config &on_request(std::function<void(RequestEvent &)> hook) & {
        return hooked(penbox_config_set_on_request, detail::request_hook, std::move(hook), \"on_request\");
    }
    Config on_request(std::function<void(RequestEvent &)> hook) && {
        return std::move(on_request(std::move(hook)));
    }
    /// A function that runs after each attempt before which `on_request` did not fail, whether the attempt succeeded, failed
    /// or was held back. What it throws is logged and counted, and changes nothing for the call. For its thread see
    /// on_request.
    Config &on_response(std::function<void(const ResponseEvent &)> hook) & {
        return hooked(penbox_config_set_on_response, detail::event_hook<ResponseEvent>, std::move(hook), \"on_response\");
    }
    Config on_response(std::function<void(const ResponseEvent &)> hook) && {
        return std::move(on_response(std::move(hook)));
    }
    /// A function that runs before the wait for another attempt. What it throws is logged and counted, and changes nothing for the call. For its thread see
    /// on_request.
    Config &on_retry(std::function<void(const RetryEvent &)> hook) & {
        return hooked(penbox_config_set_on_retry, detail::event_hook<RetryEvent>, std::move(hook), \"on_retry\");
    }
    Config on_retry(std::function<void(const RetryEvent &)> hook) && {
        return std::move(on_retry(std::move(hook)));
    }
    /// A function that runs once an episode of unusual use: far more calls in a minute than usual, or five refusals of the
    /// token in a row. What it throws is logged and counted, and changes nothing for the call. For its thread see
    /// on_request.
    Config &on_alert(std::function<void(const Alert &)> hook) & {
        return hooked(penbox_config_set_on_alert, detail::event_hook<Alert>, std::move(hook), \"on_alert\");
    }
    Config on_alert(std::function<void(const Alert &)> hook) && {
        return std::move(on_alert(std::move(hook)));
    }

    /// The C handle. It stays this object's.
    const penbox_config *get() const noexcept {
        return handle_.get();
    }

  private:
    explicit Config(detail::Handle<penbox_config> handle) : handle_(std::move(handle)) {}

    Config &done(penbox_status status, const char *name) {
        detail::check(status, std::string(\"the setting \") + name + \" was refused: it is not UTF-8\");
        return *this;
    }

    /// Stores a hook, which the settings own from here on.
    template <class Hook, class Set, class Run>
    Config &hooked(Set set, Run run, Hook hook, const char *name) {
        auto owned = std::make_unique<Hook>(std::move(hook));
        const auto free = [](void *user) { delete static_cast<Hook *>(user); };
        detail::check(set(handle_.get(), *owned ? run : nullptr, owned.get(), free),
                      std::string(\"the setting \") + name + \" was refused: the function is empty\");
        owned.release();
        return *this;
    }

    detail::Handle<penbox_config> handle_;
};

} // namespace penbox

#endif
";

/// The header.
pub(super) fn file(spec: &Spec) -> File {
    let settings = spec.settings.iter().filter(|one| has_setter(one));
    let setters: String = settings.map(setter).collect();
    let text = format!("/// Settings. {MARK}\n{START}{setters}{END}");
    File::new("include/penbox/config.hpp", text)
}

/// A setter for an object and one for a temporary. Wrapped at 110, for the comment is indented within the 120 of a line.
fn setter(setting: &Setting) -> String {
    let about = format!("{} Default: {}.", setting.doc, setting.default);
    let comment = doc::comment("    ///", &wrap(&about, 110, "", ""));
    let own = &setting.name;
    let (ty, value) = match (setting.kind.as_str(), types(setting)) {
        ("duration", _) => (
            "std::chrono::milliseconds ".to_owned(),
            "detail::count(value)".to_owned(),
        ),
        ("flag", _) => ("detail::Flag ".to_owned(), "value".to_owned()),
        (_, Some((_, ty))) => (
            format!("detail::Whole<{ty}> "),
            format!("value.get(\"{own}\")"),
        ),
        (_, None) => ("const Text &".to_owned(), format!("value.c_str(\"{own}\")")),
    };
    let arguments = format!(
        "(penbox_config_set_{}(handle_.get(), {value})",
        name(setting)
    );
    let mut call = format!("        return done{arguments}, \"{own}\");");
    // Broken where clang-format would break it.
    if call.len() > 120 {
        call = format!("        return done{arguments},\n                    \"{own}\");");
    }
    // On a temporary a setter gives a value: a reference would outlive it.
    format!(
        "{comment}    Config &{own}({ty}value) & {{\n{call}\n    }}\n    Config {own}({ty}value) && {{\n        \
         return std::move({own}(value));\n    }}\n"
    )
}
