"""The peers' models: every documented field of a form, made from the contract as a user would write them by hand."""

from __future__ import annotations

import json
import keyword
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pydantic

SCHEMA = Path(__file__).resolve().parents[2] / "spec" / "schema.json"
PLAIN = {"text": str, "enum": str, "boolean": bool, "integer": int, "number": float, "object": dict[str, Any], "any": Any}

Fields = list[tuple[str, str, Any, bool]]
"""Of a model: the attribute, the wire's name, the type, whether it is always there."""


def page_of_forms(make: Callable[[str, Fields], Any]) -> Any:
    """A page of forms in a peer's classes."""
    models = {model["name"]: model for model in json.loads(SCHEMA.read_text())["models"]}
    made: dict[str, Any] = {}

    def typed(kind: dict[str, Any]) -> Any:
        match kind["kind"]:
            case "model":
                return model(kind["name"])
            case "list":
                return list[typed(kind["of"])]  # type: ignore[misc]
            case plain:
                return PLAIN[plain]

    def model(name: str) -> Any:
        if name not in made:
            made[name] = make(name, [field(each) for each in models[name]["fields"]])
        return made[name]

    def field(described: dict[str, Any]) -> tuple[str, str, Any, bool]:
        name = described["name"]
        attribute = name.replace("-", "_") + ("_" if keyword.iskeyword(name) else "")
        return attribute, name, typed(described["type"]), described["required"]

    page = [("data", "data", list[model("Form")], True), ("meta", "meta", model("PageMeta"), False)]  # type: ignore[misc]
    return make("FormPage", page)


def struct(name: str, fields: Fields) -> type[msgspec.Struct]:
    """A msgspec class."""
    members = [(attribute, kind) if required else (attribute, kind | None, None) for attribute, _, kind, required in fields]
    # Fields without a default come first.
    members.sort(key=len)
    return msgspec.defstruct(name, members, rename={attribute: wire for attribute, wire, *_ in fields if attribute != wire})


def pydantic_model(name: str, fields: Fields) -> type[pydantic.BaseModel]:
    """A pydantic class."""
    members = {
        attribute: (kind, pydantic.Field(alias=wire)) if required else (kind | None, pydantic.Field(None, alias=wire))
        for attribute, wire, kind, required in fields
    }
    return pydantic.create_model(name, **members)  # type: ignore[call-overload, no-any-return]


class Links(msgspec.Struct):
    """The member of a form's links that is read."""

    fill: str


class User(msgspec.Struct):
    """The member of a form's user that is read."""

    email: str


class FiveFields(msgspec.Struct):
    """The members of a form that are read, and no other: msgspec skips the rest."""

    id: str
    status: str
    created_at: str
    user: User
    links: Links


class FiveFieldsPage(msgspec.Struct):
    """A page of them."""

    data: list[FiveFields]
