//! `penbox/_with_response.py`: the resources of a client whose results have the HTTP side of their answers.
//!
//! Each method is that of its resource on a recording client, under the type that it then has.

use super::mode::Mode;
use super::{names, text};
use crate::spec::{Operation, Spec};

/// The module.
pub(super) fn module(spec: &Spec, mode: Mode) -> Result<String, String> {
    let resources = spec.resources();
    let classes: Vec<String> = resources.iter().map(|name| mode.class(name)).collect();
    let mut body = String::from("from __future__ import annotations\n\n");
    let imported = mode.pick(
        "from penbox._response import answered, paged\n",
        "from penbox._async_call import finish\nfrom penbox._async_pager import answered, paged\n",
    );
    // The package whose name sorts first stands first.
    body.push_str(imported);
    let imported = names::sorted(classes.iter().map(String::as_str));
    let package = format!("penbox.{}", mode.resources());
    body.push_str(&text::import(0, &package, &imported));
    let head = String::from(
        "\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from collections.abc import Mapping\n    from typing import Any\n\n    from penbox._native import CancelToken\n    from penbox._native import Client as NativeClient\n    from penbox._response import WithResponse\n",
    );
    body.push_str(&match mode {
        Mode::Sync => head,
        // Sorted: the other name of the class that is imported begins with another letter.
        Mode::Async => head.replace(
            "    from penbox._native import CancelToken\n    from penbox._native import Client as NativeClient\n",
            "    from penbox._native import AsyncClient as NativeClient\n    from penbox._native import CancelToken\n",
        ),
    });
    for (resource, class) in resources.iter().zip(&classes) {
        body.push_str(&resource_class(spec, resource, class)?);
    }
    body.push_str(&CLIENT.replace("ClientWith", mode.pick("ClientWith", "AsyncClientWith")));
    for resource in &resources {
        let class = mode.class(resource);
        body.push_str(&format!(
            "        self.{resource} = {class}WithResponse(native)\n"
        ));
    }
    body.push_str(&match mode {
        Mode::Sync => REQUEST.to_owned(),
        Mode::Async => REQUEST
            .replace("    def request", "    async def request")
            .replace("`Client.request`", "`AsyncClient.request`")
            .replace(SENT, AWAITED),
    });
    let client = mode.pick("client", "asynchronous client");
    Ok(text::module(
        &format!("The {client} whose results have the HTTP side of their answers."),
        &body,
    ))
}

/// The class of a resource.
fn resource_class(spec: &Spec, resource: &str, class: &str) -> Result<String, String> {
    let all = spec.operations.iter().chain(&spec.files);
    let operations: Vec<&Operation> = all.filter(|one| one.resource() == resource).collect();
    let doc = text::docstring(
        4,
        &[format!(
            "The operations `{resource}.*`, with the HTTP side of their answers."
        )],
    );
    let mut out = format!(
        "\n\nclass {class}WithResponse:\n{doc}\n    def __init__(self, native: NativeClient) -> None:\n        {resource} = {class}(native)\n"
    );
    for operation in operations {
        let name = names::identifier(operation.method_name())?;
        let wrap = if operation.list { "paged" } else { "answered" };
        out.push_str(&format!(
            "        self.{name} = {wrap}({resource}.{name})\n"
        ));
    }
    Ok(out)
}

/// The head of the client's class.
const CLIENT: &str = r#"

class ClientWithResponse:
    """A client whose results have the HTTP side of their answers."""

    def __init__(self, native: NativeClient) -> None:
        self._native = native
"#;

/// The call of that method, in both clients.
const SENT: &str = r#"self._native.request(
            method, path, query, body, safe, headers, timeout, cancel
        )
"#;
const AWAITED: &str = r#"await finish(
            self._native.request(method, path, query, body, safe, headers, timeout, cancel)
        )
"#;

/// The client's own method, which is that of `Client`.
const REQUEST: &str = r#"
    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> WithResponse[Any]:
        """Sends a request that no method of this SDK makes: see `Client.request`."""
        result: WithResponse[Any] = self._native.request(
            method, path, query, body, safe, headers, timeout, cancel
        )
        return result
"#;
