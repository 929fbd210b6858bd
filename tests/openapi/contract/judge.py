"""Validates requests and answers by the document, and says what is wrong in a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser

from openapi_core import OpenAPI
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from contract.document import Document
from contract.exchange import Answer, Request

# A bearer token is one word of visible characters behind the scheme and one space.
BEARER = re.compile(r"Bearer [!-~]+")


class Judge:
    """Holds exchanges against a document in which no member is unnamed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._openapi = OpenAPI.from_dict(document.closed())

    def of_request(self, request: Request) -> list[str]:
        """What is wrong with a request: path, method, token, parameters, body."""
        faults = [*_lines(self._openapi.iter_request_errors(request))]
        operation = self.document.operation(request.method, request.path)
        if operation is None:
            return faults or ["no such operation"]
        known = operation.named("query")
        names = dict.fromkeys(name for name, _ in request.query)
        faults += [f"query {name}: not documented" for name in names if name not in known]
        if request.content_type.startswith("multipart/"):
            form = operation.bodies.get("multipart/form-data", {}).get("schema", {})
            unknown = [each for each in _parts(request) if each not in form.get("properties", {})]
            faults += [f"part {each}: not documented" for each in unknown]
        if not BEARER.fullmatch(request.headers.get("authorization", "")):
            faults.append("authorization: not a bearer token")
        if request.body and not operation.bodies:
            faults.append("body: none is documented")
        return faults

    def of_answer(self, request: Request, answer: Answer) -> list[str]:
        """What is wrong with an answer: status, content type, body."""
        return [*_lines(self._openapi.iter_response_errors(request, answer))]


def _parts(request: Request) -> list[str]:
    """The names of a form's parts: the validator reads those it looks for and skips others."""
    head = f"content-type: {request.content_type}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + (request.body or b"")).get_payload()
    names = [
        each.get_param("name", "", header="content-disposition")
        for each in parts
        if isinstance(each, Message)
    ]
    return [str(name) for name in names]


def _lines(errors: Iterator[Exception]) -> Iterator[str]:
    for error in errors:
        name = getattr(error, "name", None)
        place = f"{getattr(error, 'location', 'parameter')} {name}: " if name else ""
        cause = error.__cause__
        if isinstance(cause, InvalidSchemaValue):
            for each in cause.schema_errors:
                at = getattr(each, "json_path", "$")
                yield f"{place}{at}: {getattr(each, 'message', each)}"
        else:
            yield f"{place}{cause or error}"
