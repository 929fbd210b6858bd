"""The surface is the contract's: all its operations, parameters, fields, errors, settings."""

from __future__ import annotations

import inspect
import json
import keyword
import pydoc
from collections.abc import Callable, Sequence
from types import ModuleType, UnionType
from typing import Any, get_type_hints

import pytest

import penbox
from conftest import ROOT
from penbox import _native, errors, models, params, resources

SPEC = {
    name: json.loads((ROOT / f"tests/spec/{name}.json").read_text())
    for name in ("operations", "schema", "errors", "settings")
}
OPERATIONS: list[dict[str, Any]] = SPEC["operations"]["operations"]
MODELS: dict[str, dict[str, Any]] = {model["name"]: model for model in SPEC["schema"]["models"]}
WHOLE = {operation["params"] for operation in OPERATIONS}
NESTED = [name for name, model in MODELS.items() if model["input"] and name not in WHOLE]
RESULTS = [name for name, model in MODELS.items() if not model["input"]]
OPEN_ENUMS = {
    field["type"]["name"]
    for model in MODELS.values()
    for field in model["fields"]
    if model["input"] and field["type"]["kind"] == "enum"
}
OPTIONS = ["timeout", "cancel", "extra_headers", "extra_query"]
OWN = {"none": [], "upload": ["on_progress"], "download": ["to", "overwrite", "on_progress"]}


def identifier(name: str) -> str:
    name = name.replace("$", "").replace("-", "_")
    taken = keyword.iskeyword(name) or name in ("get", "items", "keys", "values")
    return f"{name}_" if taken else name


def rendered(result: dict[str, Any]) -> str:
    """A result's type as its annotation."""
    match result["kind"]:
        case "file":
            return "File"
        case "object":
            return "dict[str, Any]"
        case "list":
            return f"builtins.list[{rendered(result['of'])}]"
        case _:
            return str(result["name"])


def public(thing: object) -> set[str]:
    return {name for name in vars(thing) if not name.startswith("_")}


def own_classes(module: ModuleType) -> set[str]:
    """The classes of a module: not those that it imports, or that its annotations fetched."""
    return {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and vars(value).get("__module__") == module.__name__
    }


def test_operations() -> None:
    by_resource: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        resource, method = operation["id"].split(".")
        by_resource.setdefault(resource, set()).add(method)
    own = {name: type(getattr(penbox.Client, name)) for name in public(penbox.Client)}
    assert set(own) == set(by_resource)
    assert {cls.__name__ for cls in own.values()} == set(resources.__all__)
    for resource, methods in by_resource.items():
        assert public(own[resource]) == methods


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["id"])
def test_parameters(operation: dict[str, Any]) -> None:
    resource, name = operation["id"].split(".")
    method = getattr(type(getattr(penbox.Client, resource)), name)
    signature = inspect.signature(method)
    given = dict(signature.parameters)
    assert next(iter(given)) == "self"
    fields = MODELS[operation["params"]]["fields"] if operation["params"] else []
    path = operation["path_parameters"]
    transfer = operation["transfer"]
    positional = [*path, "source"] if transfer == "upload" else path
    with_body = operation["method"] in ("POST", "PATCH") and transfer == "none"
    options = OWN[transfer] + OPTIONS + (["extra_body"] if with_body else [])
    named = [identifier(field["name"]) for field in fields]
    assert set(given) == {"self", *positional, *named, *options}
    for name in positional:
        assert given[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert given[name].default is inspect.Parameter.empty
    for field in fields:
        parameter = given[identifier(field["name"])]
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        default: object = penbox.NOT_GIVEN if transfer == "none" else None
        if field["required"] and not (transfer == "upload" and field["name"] == "name"):
            default = inspect.Parameter.empty
        assert parameter.default is default
    for name in options:
        assert given[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert given[name].default is (False if name == "overwrite" else None)
    result = rendered(operation["result"])
    assert signature.return_annotation == (f"Pager[{result}]" if operation["list"] else result)
    documentation = inspect.getdoc(method)
    assert documentation is not None
    assert operation["path"] in documentation
    assert all(f"\n    {name}: " in documentation for name in [*positional, *named, *options])


def test_result_classes() -> None:
    assert own_classes(models) == set(RESULTS)
    of_mappings = {"get", "items", "keys", "values"}
    assert public(_native.Model) == {"from_json", "to_dict", "to_json"} | of_mappings


@pytest.mark.parametrize("name", RESULTS)
def test_fields(name: str) -> None:
    cls = getattr(penbox, name)
    fields = {field["name"]: field for field in MODELS[name]["fields"]}
    methods = {"has"} if name == "WebhookEvent" else set()
    assert public(cls) == {identifier(wire) for wire in fields} | methods
    for wire, field in fields.items():
        descriptor = vars(cls)[identifier(wire)]
        assert isinstance(descriptor, _native.Field)
        assert descriptor.key == wire
        inner = field["type"].get("of", field["type"])
        model = getattr(penbox, inner["name"]) if inner["kind"] == "model" else None
        assert descriptor.model is model
        if inner["kind"] in ("any", "object"):
            assert descriptor.hidden
    assert cls.__doc__


@pytest.mark.parametrize(
    "name", ["email", "phone", "given_name", "family_name", "ip", "to", "from", "fill"]
)
def test_what_tells_who_a_person_is_stays_hidden(name: str) -> None:
    for result in RESULTS:
        for field in MODELS[result]["fields"]:
            if field["name"] == name:
                assert vars(getattr(penbox, result))[identifier(name)].hidden


def test_parameter_types() -> None:
    found = {
        name
        for name, value in vars(params).items()
        if inspect.isclass(value) and value.__module__ == "penbox.params"
    }
    assert found == set(NESTED)
    for name in NESTED:
        cls = getattr(penbox, name)
        fields = MODELS[name]["fields"]
        assert set(cls.__annotations__) == {field["name"] for field in fields}
        assert cls.__required_keys__ == {field["name"] for field in fields if field["required"]}
        for field in fields:
            hint = get_type_hints(cls)[field["name"]]
            optional = hint is Any or penbox.NotGiven in getattr(hint, "__args__", ())
            assert optional is not field["required"]


def test_error_classes() -> None:
    table = SPEC["errors"]["kinds"] + SPEC["errors"]["bases"]
    assert own_classes(errors) == {row["class"] for row in table} == set(errors.__all__)
    members = {
        "message", "hint", "reason", "phase", "http_status", "title", "body", "operation", "method",
        "path", "attempts", "retry_after", "outcome", "retryable", "request_id", "occurred_at",
        "headers",
    }  # fmt: skip
    assert set(inspect.signature(penbox.PenboxError).parameters) == members
    assert public(penbox.PenboxError) == {"body_json", "curl", "kind", "support_report"}


def test_settings() -> None:
    signature = inspect.signature(penbox.Client)
    names = [setting["name"] for setting in SPEC["settings"]["settings"]]
    hooks = [hook["name"] for hook in SPEC["settings"]["hooks"]]
    assert list(signature.parameters) == names + hooks
    kinds: dict[str, Any] = {"text": str, "duration": float, "integer": int, "flag": bool}
    kinds |= {"callback": Callable[[], str], "words": str | Sequence[str]}
    hints = get_type_hints(penbox.Client.__init__)
    for setting in SPEC["settings"]["settings"]:
        annotation = hints[setting["name"]]
        assert isinstance(annotation, UnionType)
        assert annotation == kinds[setting["kind"]] | None
        assert signature.parameters[setting["name"]].default is None
    assert all(signature.parameters[hook].default is None for hook in hooks)
    assert all(hints[hook] is not None for hook in hooks)
    documentation = inspect.getdoc(penbox.Client.__init__)
    assert documentation is not None
    assert all(f"\n    {name}: " in documentation for name in names + hooks)


def test_the_package_exports_this_and_nothing_else() -> None:
    exported = {
        "Auth",
        "CacheStats",
        "CancelToken",
        "CheckReport",
        "Client",
        "File",
        "Finding",
        "Headers",
        "Model",
        "NOT_GIVEN",
        "NotGiven",
        "Page",
        "Pager",
        "PagesWithResponse",
        "WithResponse",
        "WorkspaceClients",
        "__version__",
        "process_stats",
        "to_json",
    }
    exported |= {"Alert", "OperationStats", "RequestEvent", "ResponseEvent", "RetryEvent", "Stats"}
    exported |= {"AsyncClient", "AsyncPage", "AsyncPager", "AsyncPagesWithResponse"}
    exported |= set(errors.__all__) | set(RESULTS) | set(NESTED) | OPEN_ENUMS
    assert set(penbox.__all__) == exported
    assert exported <= set(dir(penbox))
    for name in penbox.__all__:
        assert getattr(penbox, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        penbox.Clinet  # type: ignore[attr-defined]  # noqa: B018


def test_a_client_has_this_and_nothing_else() -> None:
    names = {name for name in dir(penbox.Client) if not name.startswith("_")}
    resources = {operation["id"].split(".")[0] for operation in OPERATIONS}
    own = {"auth", "base_url", "cache_stats", "check", "clear_cache", "close", "request"}
    own |= {"notify_form", "set_token", "stats", "with_options", "with_response"}
    assert names == own | resources


def test_a_recording_client_has_each_operation_and_the_request() -> None:
    recording = penbox.Client("pnbx_x").with_response
    for operation in OPERATIONS:
        resource, method = operation["id"].split(".")
        assert callable(getattr(getattr(recording, resource), method))
    by_resource = {operation["id"].split(".")[0] for operation in OPERATIONS}
    assert {name for name in vars(recording) if not name.startswith("_")} == by_resource
    assert public(type(recording)) == {"request"}


@pytest.mark.parametrize("name", RESULTS)
def test_help_shows_the_fields_documentation(name: str) -> None:
    cls = getattr(penbox, name)
    renderer = pydoc.plaintext  # type: ignore[attr-defined]
    shown = pydoc.render_doc(cls, renderer=renderer)
    for field in MODELS[name]["fields"]:
        doc = inspect.getdoc(vars(cls)[identifier(field["name"])])
        assert doc
        first = field["doc"].split(". ")[0].strip().rstrip(".")
        assert first.split("\n")[0][:40] in doc.replace("\n", " ")
        assert doc.splitlines()[0] in shown
