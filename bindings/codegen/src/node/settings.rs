//! `settings.ts`: the settings of a client.

use super::doc::comment;
use super::names;
use crate::spec::Spec;

/// The interface of the settings.
pub(super) fn settings(spec: &Spec) -> Result<String, String> {
    let mut out = String::from(
        "\n/**\n * The settings of a client. What is not given is read from the environment, where the setting has a variable.\n * An unknown or ill-typed setting is a ConfigError.\n */\nexport interface PenboxSettings {\n",
    );
    for setting in &spec.settings {
        let (ty, unit) = match setting.kind.as_str() {
            "text" => ("string", ""),
            "callback" => ("() => string | Promise<string>", ""),
            "words" => ("string | readonly string[]", ""),
            "duration" => ("number", " In milliseconds."),
            "integer" => ("number", ""),
            "flag" => ("boolean", ""),
            other => return Err(format!("no such kind of setting: {other}")),
        };
        let doc = format!("{}{unit} Default: {}.", setting.doc, setting.default);
        out += &comment(spec, "  ", &doc);
        out += &format!("  {}?: {ty} | undefined;\n", names::setting(setting));
    }
    Ok(out + "}\n")
}
