//! `include/penbox/config.hpp`: the settings as a C++ class.

use super::doc;
use super::settings::{name, types};
use crate::file::{File, MARK};
use crate::spec::{Setting, Spec};
use crate::wrap::wrap;

/// The header up to the setters.
const START: &str = "
#ifndef PENBOX_CONFIG_HPP
#define PENBOX_CONFIG_HPP

#include \"detail.hpp\"

namespace penbox {

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

    detail::Handle<penbox_config> handle_;
};

} // namespace penbox

#endif
";

/// The header.
pub(super) fn file(spec: &Spec) -> File {
    let setters: String = spec.settings.iter().map(setter).collect();
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
