//! `include/penbox/config.hpp`: the settings as a C++ class.

use super::settings::{name, types};
use super::{MARK, doc};
use crate::file::File;
use crate::spec::{Setting, Spec};

const START: &str = "
#ifndef PENBOX_CONFIG_HPP
#define PENBOX_CONFIG_HPP

#include \"detail.hpp\"

namespace penbox {

/// Settings for a client. Setters keep what they are given; the client judges it.
class Config {
  public:
    /// All settings at their defaults. The environment is not read.
    Config() : handle_(detail::made(penbox_config_new())) {}
    Config(const Config &other) : handle_(detail::cloned(penbox_config_clone, other.handle_)) {}
    Config(Config &&) noexcept = default;
    Config &operator=(const Config &other) {
        handle_ = detail::cloned(penbox_config_clone, other.handle_);
        return *this;
    }
    Config &operator=(Config &&) noexcept = default;
    ~Config() = default;

    /// Settings that take from the environment what no setter gives, when the client is made.
    static Config from_env() {
        return Config(detail::make<penbox_config>(penbox_config_from_env));
    }
    /// Settings from the text of a JSON object of their names; durations end in _ms.
    static Config from_json(std::string_view json) {
        const detail::Text text(json);
        return Config(detail::make<penbox_config>(
            [&](penbox_config **out, penbox_error **err) { return penbox_config_from_json(text, out, err); }));
    }

";

const END: &str = "
    /// The C handle. It stays this object's.
    const penbox_config *get() const noexcept {
        return handle_.get();
    }

  private:
    explicit Config(detail::Handle<penbox_config> handle) : handle_(std::move(handle)) {}

    Config &done(penbox_status status) {
        detail::check(status, \"the setting was refused: it is not UTF-8\");
        return *this;
    }

    detail::Handle<penbox_config> handle_;
};

} // namespace penbox

#endif
";

pub(super) fn file(spec: &Spec) -> File {
    let setters: String = spec.settings.iter().map(setter).collect();
    let text = format!("/// Settings. {MARK}\n{START}{setters}{END}");
    File::new("include/penbox/config.hpp", text)
}

fn setter(setting: &Setting) -> String {
    let about = format!("{} Default: {}.", setting.doc, setting.default);
    let comment = doc::comment("    ///", &doc::wrap(&about, 110, 0));
    let (ty, value) = match (setting.kind.as_str(), types(setting)) {
        ("duration", _) => ("std::chrono::milliseconds", "detail::count(value)"),
        (_, Some((_, ty))) => (ty, "value"),
        (_, None) => ("std::string_view", "detail::Text(value)"),
    };
    let call = format!(
        "        return done(penbox_config_set_{}(handle_.get(), {value}));",
        name(setting)
    );
    format!(
        "{comment}    Config &{}({ty} value) {{\n{call}\n    }}\n",
        setting.name
    )
}
