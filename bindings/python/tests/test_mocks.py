"""The client in users' own tests: `create_autospec`, `patch.object` and a resource of one's own."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

import penbox
from raw import TOKEN, silence

FORM = penbox.Form.from_json('{"id": "a", "status": "pending"}')


def pending(client: penbox.Client) -> list[str]:
    """A program's own function, as it is tested below."""
    return [form.id for form in client.forms.list(completed=False) if form.status == "pending"]


def test_autospec_knows_the_methods_and_their_parameters() -> None:
    client: Any = mock.create_autospec(penbox.Client, instance=True)
    client.forms.list.return_value = [FORM]
    assert pending(client) == ["a"]
    client.forms.list.assert_called_once_with(completed=False)
    client.forms.get("a", timeout=3)
    with pytest.raises(TypeError, match="complted"):
        client.forms.list(complted=False)
    with pytest.raises(TypeError, match=r"too many positional"):
        client.forms.get("a", "b")
    with pytest.raises(AttributeError):
        client.forms.fetch("a")
    with pytest.raises(AttributeError):
        client.form.get("a")
    made: Any = mock.create_autospec(penbox.Client)
    made("pnbx_x").forms.get("a")
    with pytest.raises(TypeError, match="tiemout"):
        made("pnbx_x", tiemout=3)


def test_a_method_can_be_patched_and_comes_back() -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        real = client.forms.get
        with mock.patch.object(client.forms, "get", return_value=FORM) as patched:
            assert client.forms.get("a") is FORM
            patched.assert_called_once_with("a")
        assert client.forms.get == real
        with mock.patch.object(client.forms, "get", autospec=True, return_value=FORM):
            assert client.forms.get("a") is FORM
            with pytest.raises(TypeError, match="tiemout"):
                client.forms.get("a", tiemout=3)  # type: ignore[call-arg]
        with mock.patch.object(penbox.Client, "forms"):
            pass
        with mock.patch.object(client, "forms") as forms:
            assert client.forms is forms
        assert server.requests == []


def test_a_resource_is_made_once_for_each_client() -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        assert client.forms is client.forms
        other = client.with_options(timeout=3)
        assert other.forms is not client.forms
        assert type(other.forms) is type(penbox.Client.forms)
