//! `penbox/__init__.py`: everything a user needs, by one import.

use super::{errors, models, names, params, text};
use crate::spec::Spec;

/// The names that the native module gives users.
const NATIVE: &[&str] = &[
    "NOT_GIVEN",
    "CancelToken",
    "Model",
    "NotGiven",
    "Page",
    "Pager",
];

/// The classes of the module about a client's use that users name; `process_stats` is its function.
const USAGE: &[&str] = &[
    "Alert",
    "OperationStats",
    "RequestEvent",
    "ResponseEvent",
    "RetryEvent",
    "Stats",
];

/// The names of the asynchronous client, by their modules. They are imported when first asked for, for asyncio is slow to import.
const ASYNC: &[(&str, &[&str])] = &[
    ("penbox._async_client", &["AsyncClient"]),
    (
        "penbox._async_pager",
        &["AsyncPage", "AsyncPager", "AsyncPagesWithResponse"],
    ),
];

/// The module with every export. Two exports of one name are an error here rather than a riddle for the user.
pub(super) fn module(spec: &Spec) -> Result<String, String> {
    let errors = names::sorted(errors::all(spec));
    let models = names::sorted(models::all(spec));
    let params = names::sorted(params::type_names(spec));
    let mut all: Vec<&str> = vec![
        "Auth",
        "CacheStats",
        "CheckReport",
        "Client",
        "File",
        "Finding",
        "Headers",
        "PagesWithResponse",
        "WithResponse",
        "WorkspaceClients",
    ];
    let given = NATIVE.iter().chain(USAGE);
    let later: Vec<(&str, &str)> = ASYNC
        .iter()
        .flat_map(|(module, names)| names.iter().map(|name| (*name, *module)))
        .collect();
    all.extend(later.iter().map(|(name, _)| *name));
    all.extend(given.chain(&errors).chain(&models).chain(&params));
    if let Some(twice) = twice(&all) {
        return Err(format!("python: two things are called {twice}"));
    }

    let mut body = String::from("from __future__ import annotations\n\n");
    // The first import: it refuses where the others would load the native module.
    body.push_str("from penbox import _interpreter as _interpreter\n");
    body.push_str("from penbox._annotations import evaluable as _evaluable\n");
    body.push_str("from penbox._base import Auth, CacheStats\n");
    body.push_str("from penbox._check import CheckReport, Finding\n");
    body.push_str("from penbox._client import Client\n");
    body.push_str("from penbox._file import File\nfrom penbox._headers import Headers\n");
    body.push_str("from penbox._json import to_json\n");
    body.push_str(&text::import(0, "penbox._native", NATIVE));
    body.push_str("from penbox._native import VERSION as __version__\n");
    body.push_str("from penbox._response import PagesWithResponse, WithResponse\n");
    let usage = [USAGE, &["process_stats"]].concat();
    body.push_str(&text::import(0, "penbox._usage", &usage));
    body.push_str("from penbox._workspaces import WorkspaceClients\n");
    body.push_str(&text::import(0, "penbox.errors", &errors));
    body.push_str(&text::import(0, "penbox.models", &models));
    body.push_str("\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n");
    body.push_str("    from penbox import webhooks as webhooks\n");
    for (module, names) in ASYNC {
        body.push_str(&text::import(4, module, names));
    }
    body.push_str(&text::import(4, "penbox.params", &params));
    body.push_str("else:\n\n    def __getattr__(name: str) -> object:\n");
    body.push_str(&text::docstring(
        8,
        &[
            "Names that are imported when first asked for: `typing`, `asyncio` are slow to import."
                .to_owned(),
        ],
    ));
    body.push_str("        if name == \"webhooks\":\n            import penbox.webhooks\n\n");
    body.push_str("            return penbox.webhooks\n");
    body.push_str("        if name in _PARAMS:\n            from penbox import params\n\n");
    body.push_str("            return getattr(params, name)\n");
    body.push_str(
        "        if name in _ASYNC:\n            from importlib import import_module\n\n",
    );
    body.push_str("            return getattr(import_module(_ASYNC[name]), name)\n");
    body.push_str(
        "        raise AttributeError(f\"module 'penbox' has no attribute {name!r}\")\n\n",
    );
    body.push_str(
        "    def __dir__() -> list[str]:\n        return sorted({*globals(), *_PARAMS, *_ASYNC, \"webhooks\"})\n\n",
    );
    body.push_str("\n_ASYNC = {\n");
    later
        .iter()
        .for_each(|(name, module)| body.push_str(&format!("    \"{name}\": \"{module}\",\n")));
    body.push_str("}\n");
    body.push_str("_PARAMS = (\n");
    params
        .iter()
        .for_each(|name| body.push_str(&format!("    \"{name}\",\n")));
    body.push_str(")\n\n__all__ = [\n    \"NOT_GIVEN\",\n");
    // Unlike in an import, case counts here.
    let mut exported: Vec<&str> = all
        .into_iter()
        .filter(|name| *name != "NOT_GIVEN")
        .collect();
    exported.sort_unstable();
    exported.extend(["__version__", "process_stats", "to_json"]);
    exported
        .iter()
        .for_each(|name| body.push_str(&format!("    \"{name}\",\n")));
    body.push_str("]\n\n_evaluable(globals())\n");
    Ok(text::module(
        "Client for the Penbox API: forms, cases and documents, with a stated outcome on every error.",
        &body,
    ))
}

/// A name that is there twice.
fn twice<'a>(names: &[&'a str]) -> Option<&'a str> {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
}
