"""Tests of a program with pytest and the sandbox. Needs penbox-sandbox.

A project of its own has the next line in its `conftest.py`.
"""

import pytest

import penbox
from penbox.testing import Sandbox

pytest_plugins = ["penbox.pytest_plugin"]


def onboard(client: penbox.Client, email: str) -> str:
    """The program that is tested."""
    flow: penbox.Flow = {"slug": "client-onboarding"}
    return client.forms.create(flow=flow, user={"email": email}).id


def test_the_contact_answers(penbox_client: penbox.Client, penbox_sandbox: Sandbox) -> None:
    form = onboard(penbox_client, "jane@example.com")
    penbox_sandbox.complete_form(form, data={"company_name": "Acme"})
    assert penbox_client.forms.get(form).status == "completed"


def test_a_failure_of_the_server_is_repeated(
    penbox_client: penbox.Client, penbox_sandbox: Sandbox
) -> None:
    penbox_sandbox.add_fault("/forms", method="POST", count=1, status=429, retry_after=0)
    assert onboard(penbox_client, "jane@example.com")
    assert [each["status"] for each in penbox_sandbox.requests()] == [429, 201]


def test_a_revoked_token_is_said(penbox_client: penbox.Client, penbox_sandbox: Sandbox) -> None:
    penbox_sandbox.revoke_token()
    with pytest.raises(penbox.AuthenticationError):
        onboard(penbox_client, "jane@example.com")
