//! `penbox/_client.py`: the client with its settings and resources.

use super::{names, text};
use crate::spec::{Setting, Spec};

/// The module with the class `Client`.
pub(super) fn module(spec: &Spec) -> Result<String, String> {
    let resources = spec.resources();
    let mut body = String::from(
        "from __future__ import annotations\n\n\
         from _collections_abc import Callable, Sequence\n\n\
         from penbox._base import BaseClient\nfrom penbox._checked import constructor\n\
         from penbox._instruments import native_client\n\
         from penbox._resource_of import resource_of\n\
         from penbox._usage import Alert, RequestEvent, ResponseEvent, RetryEvent\n",
    );
    let classes: Vec<String> = resources.iter().map(|name| names::class(name)).collect();
    let imported = names::sorted(classes.iter().map(String::as_str));
    body.push_str(&text::import(0, "penbox.resources", &imported));
    body.push_str("\n\nclass Client(BaseClient):\n");
    body.push_str(&text::docstring(4, &class_doc()));
    body.push('\n');
    for (name, class) in resources.iter().zip(&classes) {
        body.push_str(&format!("    {name} = resource_of({class})\n"));
    }
    body.push_str(&constructor(spec)?);
    Ok(text::module("The client.", &body))
}

/// The paragraphs of the class's docstring.
fn class_doc() -> Vec<String> {
    vec![
        "A client of the Penbox API.".to_owned(),
        "It may be used by any number of threads. As a context manager it closes itself.".to_owned(),
        "Example:\n    with penbox.Client() as client:\n        for form in client.forms.list():\n            print(form.id, form.status)"
            .to_owned(),
    ]
}

/// The constructor: the token may be given by position, every other setting by name only.
fn constructor(spec: &Spec) -> Result<String, String> {
    let mut out = String::from("\n    @constructor\n    def __init__(\n        self,\n");
    let mut entries = Vec::new();
    for (position, setting) in spec.settings.iter().enumerate() {
        // The token is the first setting: `penbox.Client("pnbx_..")` reads well, a second value without a name does not.
        if position == 1 {
            out.push_str("        *,\n");
        }
        let annotation = annotation(setting)?;
        out.push_str(&format!(
            "        {}: {annotation} | None = None,\n",
            setting.name
        ));
        entries.push((setting.name.clone(), doc(setting)));
    }
    for hook in &spec.hooks {
        let (name, event) = (&hook.name, event(&hook.name)?);
        out.push_str(&format!(
            "        {name}: Callable[[{event}], object] | None = None,\n"
        ));
        entries.push((name.clone(), text::line(&hook.doc)));
    }
    out.push_str("    ) -> None:\n");
    let raises = [(
        "ConfigError".to_owned(),
        "No token was found, or a setting is not good. Nothing is sent.".to_owned(),
    )];
    out.push_str(&text::docstring(
        8,
        &[
            "Makes a client. What is not given is read from the environment, or its default is taken."
                .to_owned(),
            text::section("Args", &entries),
            text::section("Raises", &raises),
        ],
    ));
    out.push_str("        settings: dict[str, object] = {\n");
    for setting in &spec.settings {
        let name = &setting.name;
        out.push_str(&format!("            \"{name}\": {name},\n"));
    }
    out.push_str(
        "        }\n        token = None  # what shows a traceback's variables must not find it\n",
    );
    out.push_str("        hooks: dict[str, object] = {\n");
    for hook in &spec.hooks {
        let name = &hook.name;
        out.push_str(&format!("            \"{name}\": {name},\n"));
    }
    out.push_str("        }\n");
    out.push_str("        self._use(native_client(settings, hooks))\n");
    Ok(out)
}

/// The class of the event that a hook gets.
fn event(hook: &str) -> Result<&'static str, String> {
    match hook {
        "on_request" => Ok("RequestEvent"),
        "on_response" => Ok("ResponseEvent"),
        "on_retry" => Ok("RetryEvent"),
        "on_alert" => Ok("Alert"),
        other => Err(format!("python: the unknown hook {other}")),
    }
}

/// The type of a setting; a duration is in seconds, as everywhere in Python's library.
fn annotation(setting: &Setting) -> Result<&'static str, String> {
    match setting.kind.as_str() {
        "text" => Ok("str"),
        "callback" => Ok("Callable[[], str]"),
        "words" => Ok("str | Sequence[str]"),
        "duration" => Ok("float"),
        "integer" => Ok("int"),
        "flag" => Ok("bool"),
        other => Err(format!("python: a setting of the unknown kind {other}")),
    }
}

/// The sentence of a setting with its default.
fn doc(setting: &Setting) -> String {
    let doc = text::line(&setting.doc);
    match setting.kind.as_str() {
        "duration" => format!("{doc} In seconds; default {}.", setting.default),
        _ => format!("{doc} Default: {}.", setting.default),
    }
}
