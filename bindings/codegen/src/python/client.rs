//! `penbox/_client.py`: the client with its settings and resources.

use super::mode::Mode;
use super::{names, text};
use crate::spec::{Setting, Spec};

/// The module with the class `Client`.
pub(super) fn module(spec: &Spec, mode: Mode) -> Result<String, String> {
    let resources = spec.resources();
    let mut body = String::from("from __future__ import annotations\n\n");
    body.push_str(mode.pick(
        "from _collections_abc import Callable, Sequence\n\n\
         from penbox._base import BaseClient\nfrom penbox._checked import constructor\n\
         from penbox._instruments import instrumented\n\
         from penbox._native import Client as NativeClient\n",
        "from collections.abc import Awaitable, Callable, Sequence\n\n\
         from penbox._async_base import AsyncBaseClient\nfrom penbox._checked import constructor\n\
         from penbox._instruments import instrumented\n\
         from penbox._native import AsyncClient as NativeClient\n",
    ));
    body.push_str(
        "from penbox._resource_of import resource_of\n\
         from penbox._usage import Alert, RequestEvent, ResponseEvent, RetryEvent\n",
    );
    let classes: Vec<String> = resources.iter().map(|name| mode.class(name)).collect();
    let imported = names::sorted(classes.iter().map(String::as_str));
    let package = format!("penbox.{}", mode.resources());
    let import = text::import(0, &package, &imported);
    body.push_str(&import);
    let (class, base) = (
        mode.pick("Client", "AsyncClient"),
        mode.pick("BaseClient", "AsyncBaseClient"),
    );
    body.push_str(&format!("\n\nclass {class}({base}):\n"));
    body.push_str(&text::docstring(4, &class_doc(mode)));
    body.push('\n');
    for (name, class) in resources.iter().zip(&classes) {
        body.push_str(&format!("    {name} = resource_of({class})\n"));
    }
    body.push_str(&constructor(spec, mode)?);
    let doc = mode.pick("The client.", "The asynchronous client.");
    Ok(text::module(doc, &body))
}

/// The paragraphs of the class's docstring.
fn class_doc(mode: Mode) -> Vec<String> {
    if mode == Mode::Async {
        return vec![
            "A client of the Penbox API for asyncio, with the methods of `Client` to await.".to_owned(),
            "It may be used by any number of tasks and event loops. As an asynchronous context manager it closes itself. Its calls run on threads of the SDK's own (`max_workers`), and hold none while they only wait for a time."
                .to_owned(),
            "A task that is cancelled, by `task.cancel()` or `asyncio.timeout()`, ends its call within 100 ms. The cause of its `asyncio.CancelledError` is a `penbox.CancelledError`, whose `outcome` says whether the server may have acted."
                .to_owned(),
            "Example:\n    async with penbox.AsyncClient() as client:\n        async for form in client.forms.list():\n            print(form.id, form.status)"
                .to_owned(),
        ];
    }
    vec![
        "A client of the Penbox API.".to_owned(),
        "It may be used by any number of threads. As a context manager it closes itself.".to_owned(),
        "Example:\n    with penbox.Client() as client:\n        for form in client.forms.list():\n            print(form.id, form.status)"
            .to_owned(),
    ]
}

/// The constructor: the token may be given by position, every other setting by name only.
fn constructor(spec: &Spec, mode: Mode) -> Result<String, String> {
    let mut out = String::from("\n    @constructor\n    def __init__(\n        self,\n");
    let mut entries = Vec::new();
    for (position, setting) in spec.settings.iter().enumerate() {
        // The token is the first setting: `penbox.Client("pnbx_..")` reads well, a second value without a name does not.
        if position == 1 {
            out.push_str("        *,\n");
        }
        let annotation = annotation(setting, mode)?;
        out.push_str(&format!(
            "        {}: {annotation} | None = None,\n",
            setting.name
        ));
        entries.push((setting.name.clone(), doc(setting, mode)));
    }
    for hook in &spec.hooks {
        let (name, event) = (&hook.name, event(&hook.name)?);
        out.push_str(&format!(
            "        {name}: Callable[[{event}], object] | None = None,\n"
        ));
        let own = mode.pick(
            "",
            " It runs in the context of the call, and may be a coroutine function.",
        );
        let words = text::line(&hook.doc).replace(
            "on the thread of the call",
            mode.pick("on the thread of the call", "on the event loop of the call"),
        );
        entries.push((name.clone(), words + own));
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
    out.push_str("        self._use(instrumented(NativeClient, settings, hooks))\n");
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
fn annotation(setting: &Setting, mode: Mode) -> Result<&'static str, String> {
    match setting.kind.as_str() {
        "text" => Ok("str"),
        "callback" => Ok(match mode {
            Mode::Sync => "Callable[[], str]",
            Mode::Async => "Callable[[], str | Awaitable[str]]",
        }),
        "words" => Ok("str | Sequence[str]"),
        "duration" => Ok("float"),
        "integer" => Ok("int"),
        "flag" => Ok("bool"),
        other => Err(format!("python: a setting of the unknown kind {other}")),
    }
}

/// The sentence of a setting with its default.
fn doc(setting: &Setting, mode: Mode) -> String {
    let mut doc = text::line(&setting.doc);
    if setting.kind == "callback" {
        doc.push_str(mode.pick(
            "",
            " It runs on the event loop, and may be a coroutine function.",
        ));
    }
    match setting.kind.as_str() {
        "duration" => format!("{doc} In seconds; default {}.", setting.default),
        _ => format!("{doc} Default: {}.", setting.default),
    }
}
