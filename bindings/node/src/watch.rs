//! The settings that only JavaScript can take: the hooks and the logger.

use penbox_core::ClientBuilder;
use penbox_core::bindings::{HOOKS, Language};
use serde_json::{Map, Value};

use crate::channel::Channel;
use crate::observer::Observer;
use crate::{fault, log_bridge};
use log::LevelFilter;

/// The hooks and the logger that JavaScript has for a client.
pub(crate) struct Watch {
    ticket: f64,
    /// The names of the hooks in the core.
    hooks: Vec<&'static str>,
    level: LevelFilter,
}

/// The names of these settings in JavaScript.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let hooks = HOOKS.iter().map(|hook| Language::Node.setting(hook.name));
    hooks.chain(["logger", "logLevel"].map(str::to_owned))
}

impl Watch {
    /// Reads a JSON object of `ticket` and these settings: true for each that JavaScript can use and false for any other; of `logLevel`
    /// the value. Fails with the payload of an error.
    pub(crate) fn read(text: &str) -> Result<Watch, String> {
        let given: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
        let is_given = |name: &str, wanted: &str| match given.get(name) {
            None => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(_) => Err(fault::setting(
                &format!("the setting {name} must be {wanted}"),
                "Leave it out if you do not need it.",
            )),
        };
        let mut hooks = Vec::new();
        for hook in HOOKS {
            if is_given(&Language::Node.setting(hook.name), "a function")? {
                hooks.push(hook.name);
            }
        }
        let wanted =
            "an object with functions of the names debug, info, warn and error, as console is one";
        let is_logged = is_given("logger", wanted)?;
        let level = match given.get("logLevel") {
            None => LevelFilter::Info,
            Some(level) => {
                let found = level.as_str().and_then(log_bridge::named);
                found.ok_or_else(|| {
                    fault::setting(
                        "the setting logLevel must be debug, info, warn or error",
                        "Without it the level is info: one line a request.",
                    )
                })?
            }
        };
        Ok(Watch {
            ticket: given.get("ticket").and_then(Value::as_f64).unwrap_or(0.0),
            hooks,
            level: if is_logged { level } else { LevelFilter::Off },
        })
    }

    /// The observer of the client.
    pub(crate) fn open(&self, channel: Channel) -> Observer {
        if self.level != LevelFilter::Off {
            log_bridge::open(self.level);
        }
        Observer::new(channel, self.ticket, self.level)
    }

    /// The client's settings with the hooks.
    pub(crate) fn hooks(&self, builder: ClientBuilder, observer: &Observer) -> ClientBuilder {
        let hooks = self.hooks.iter();
        hooks.fold(builder, |builder, name| observer.hook(builder, name))
    }
}
