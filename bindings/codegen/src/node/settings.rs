//! `settings.ts`: the settings of a client.

use super::doc::comment;
use super::names;
use crate::spec::Spec;

/// The settings of the log, which the core has by its facade: their names, types and comments.
const LOG: [(&str, &str, &str); 2] = [
    (
        "logger",
        "Logger",
        "A logger, such as `console`: an object with functions of the names `debug`, `info`, `warn` and `error`, or with some of them. It gets one line a request, without any value of a request or an answer. What it throws changes nothing for the call. Default: none.",
    ),
    (
        "logLevel",
        "LogLevel",
        "The lowest level of the lines that the logger gets: `info` is one line a request, `debug` has its bytes and waits, too. Default: `info`.",
    ),
];

/// The type of the event that a hook gets.
fn event(hook: &str) -> Result<&'static str, String> {
    match hook {
        "on_request" => Ok("RequestEvent"),
        "on_response" => Ok("ResponseEvent"),
        "on_retry" => Ok("RetryEvent"),
        "on_alert" => Ok("Alert"),
        other => Err(format!("node: the unknown hook {other}")),
    }
}

/// The interface of the settings.
pub(super) fn settings(spec: &Spec) -> Result<String, String> {
    let mut out = String::from(
        "import type { Alert, Logger, LogLevel, RequestEvent, ResponseEvent, RetryEvent } from \"../events.js\";\n\n/**\n * The settings of a client. What is not given is read from the environment, where the setting has a variable.\n * An unknown or ill-typed setting is a ConfigError.\n */\nexport interface PenboxSettings {\n",
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
    for hook in &spec.hooks {
        let event = event(&hook.name)?;
        // JavaScript has one thread. The words of the page on monitoring say when it comes to the hook.
        let doc = hook.doc.replace(", on the thread of the call", "");
        let doc = doc.replace("`on_request`", "`onRequest`");
        out += &comment(spec, "  ", &doc);
        let name = names::camel(&hook.name);
        out += &format!("  {name}?: ((event: {event}) => void) | undefined;\n");
    }
    for (name, ty, doc) in LOG {
        out += &comment(spec, "  ", doc);
        out += &format!("  {name}?: {ty} | undefined;\n");
    }
    Ok(out + "}\n")
}
