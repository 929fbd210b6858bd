"""The document: its operations, the answers it promises, and a version that is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).resolve().parent.parent / "openapi.yaml"
METHODS = ("get", "post", "patch", "put", "delete")
PREFIX = "/v1"


@dataclass(frozen=True)
class Operation:
    """A method of a path, with everything the document says of it, references followed."""

    method: str
    path: str
    deprecated: bool
    parameters: tuple[dict[str, Any], ...]
    bodies: dict[str, Any]
    answers: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def named(self, place: str) -> set[str]:
        """The names of the parameters of a place: `path` or `query`."""
        return {each["name"] for each in self.parameters if each["in"] == place}

    def promises(self) -> Iterator[str]:
        """Each documented answer, a line for a status and a media type, or `-` without a body."""
        for status, content in self.answers.items():
            yield from (f"{self.name} {status} {media}" for media in content or ("-",))

    def promise(self, status: int, media: str) -> str | None:
        """The documented answer that an actual one is, if it is one."""
        pattern = str(status) if str(status) in self.answers else f"{status // 100}XX"
        content = self.answers.get(pattern)
        if not content:
            return None if content is None else f"{self.name} {pattern} -"
        fitting = [each for each in content if each == media or fnmatch(media, each)]
        exact = [each for each in fitting if "*" not in each] or fitting
        return f"{self.name} {pattern} {exact[0]}" if exact else None


class Document:
    """The document as it was read."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.operations = tuple(self._operations())

    @classmethod
    def read(cls) -> Document:
        return cls(yaml.safe_load(PATH.read_text(encoding="utf-8")))

    def follow(self, node: Any) -> Any:
        """What a reference points at, or the node itself."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.raw
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def promises(self) -> list[str]:
        """Every documented answer of every operation."""
        return [line for operation in self.operations for line in operation.promises()]

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation a request is for; a path without variables comes first."""
        for each in sorted(self.operations, key=lambda each: each.path.count("{")):
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(PREFIX + each.path))
            if each.method == method.lower() and re.fullmatch(pattern, path):
                return each
        return None

    def closed(self) -> dict[str, Any]:
        """The document with every object that names members holding no others.

        Objects without named members, `data` or `external_args`, stay as open as they are.
        """
        raw: dict[str, Any] = self._closed(self.raw)
        return raw

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.raw["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                operation = item[method]
                parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
                body = self.follow(operation.get("requestBody", {}))
                answers = {
                    status: self.follow(answer).get("content", {})
                    for status, answer in operation["responses"].items()
                }
                yield Operation(
                    method,
                    path,
                    operation.get("deprecated", False),
                    tuple(self.follow(each) for each in parameters),
                    body.get("content", {}),
                    answers,
                )

    def _closed(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._closed(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "allOf" in node:
            node = self._merged(node)
        closed = {key: self._closed(value) for key, value in node.items()}
        if isinstance(node.get("properties"), dict) and "type" in node:
            closed["additionalProperties"] = False
        return closed

    def _merged(self, node: dict[str, Any]) -> dict[str, Any]:
        """An `allOf` as one object: closed one by one its parts would exclude each other."""
        merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for part in node["allOf"]:
            part = deepcopy(self.follow(part))
            merged["properties"] |= part.get("properties", {})
            merged["required"] += part.get("required", [])
        return merged
