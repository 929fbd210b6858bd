//! The settings of a client, as Python gives them.

use penbox_core::ClientBuilder;
use penbox_core::bindings::{SETTINGS, Setting, SettingKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::asyncio::mark;
use crate::caller::Caller;
use crate::not_given::NotGiven;
use crate::options::milliseconds;
use crate::{hooks, input, token_provider};

/// A builder with a dict of settings by their names, durations in seconds, and one of hooks. The token is taken out of the dict.
pub(crate) fn builder(
    settings: &Bound<'_, PyDict>,
    given: &Bound<'_, PyDict>,
    caller: Caller,
) -> PyResult<ClientBuilder> {
    let mut builder = penbox_core::Client::builder().language("python");
    for (name, value) in settings {
        let name: String = name.extract()?;
        if value.is_none() || value.is_instance_of::<NotGiven>() {
            continue;
        }
        if name == "token_provider" && value.is_callable() {
            builder = match caller {
                Caller::Thread => token_provider::set(builder, value.unbind()),
                Caller::EventLoop => mark::token_provider(builder, value.unbind()),
            };
            continue;
        }
        // A value without a JSON form becomes null. No setting may be null, so the core refuses it by its name.
        let value = input::value("setting", &name, &value).unwrap_or(Value::Null);
        let duration =
            |setting: &Setting| setting.name == name && setting.kind == SettingKind::Duration;
        builder = match SETTINGS.iter().any(duration) {
            true => builder.set(&format!("{name}_ms"), milliseconds(value)),
            false => builder.set(&name, value),
        };
    }
    // Tools that show a traceback's variables would find the token in the caller's dict.
    if settings.contains("token")? {
        settings.del_item("token")?;
    }
    hooks::add(builder, given, caller)
}
