"""A request and its answer, in the form the validator reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict


@dataclass
class Request:
    """A request. The host is the document's, wherever it was really sent to."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    host_url: str = "https://connect.penbox.io"

    def __post_init__(self) -> None:
        self.method = self.method.lower()
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.query), header=Headers(self.headers)
        )

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True)
class Answer:
    """An answer. `headers` have names in small letters."""

    status_code: int
    headers: Mapping[str, Any]
    data: bytes

    @property
    def content_type(self) -> str:
        text: str = self.headers.get("content-type", "")
        return text

    @property
    def media(self) -> str:
        """The content type without parameters."""
        return self.content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Exchange:
    """What was asked and what came of it."""

    request: Request
    answer: Answer
