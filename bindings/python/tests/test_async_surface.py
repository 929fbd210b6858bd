"""The asynchronous client has the surface of the other one, to await."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import penbox
from test_surface import OPERATIONS, public

SAME = {"AsyncFileSource": "FileSource", "AsyncFileTarget": "FileTarget"}
SAME |= {"AsyncProgress": "Progress", "AsyncPager": "Pager"}


def methods(client: Any) -> dict[str, Any]:
    found = {}
    for operation in OPERATIONS:
        resource, name = operation["id"].split(".")
        found[operation["id"]] = getattr(type(getattr(client, resource)), name)
    return found


def plain(annotation: str) -> str:
    for name, other in SAME.items():
        annotation = annotation.replace(name, other)
    return annotation


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["id"])
def test_each_method_has_the_same_signature(operation: dict[str, Any]) -> None:
    one, other = (
        methods(client)[operation["id"]] for client in (penbox.Client, penbox.AsyncClient)
    )
    assert inspect.iscoroutinefunction(other) is not operation["list"]
    ours, theirs = (inspect.signature(method) for method in (one, other))
    assert plain(str(theirs)) == str(ours)
    assert inspect.getdoc(other)


def test_the_clients_have_the_same_methods() -> None:
    assert public(penbox.AsyncClient) == public(penbox.Client)
    names = {name for name in dir(penbox.AsyncClient) if not name.startswith("_")}
    assert names == {name for name in dir(penbox.Client) if not name.startswith("_")} | {"aclose"}
    settings = inspect.signature(penbox.AsyncClient).parameters
    assert list(settings) == list(inspect.signature(penbox.Client).parameters)
    recording = penbox.AsyncClient("pnbx_x").with_response
    for operation in OPERATIONS:
        resource, method = operation["id"].split(".")
        assert callable(getattr(getattr(recording, resource), method))
    assert inspect.iscoroutinefunction(recording.request)


def test_asyncio_is_imported_with_the_client_alone() -> None:
    code = "import sys, penbox; print('asyncio' in sys.modules); penbox.AsyncClient; "
    code += "print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
