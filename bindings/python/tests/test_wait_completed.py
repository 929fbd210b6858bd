"""Waits for a form, as Python sees them: what ends them, and the hint of a webhook's receiver."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import penbox
from conftest import Sandbox


def looked(sandbox: Sandbox, count: int) -> None:
    """Waits until the sandbox has been asked for a form so often."""
    deadline = time.monotonic() + 30
    while len(sandbox.control("GET", "requests")["requests"]) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_form_that_the_contact_completes_is_the_result(
    client: penbox.Client, sandbox: Sandbox
) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    timer = threading.Timer(0.3, sandbox.control, ["POST", f"forms/{form.id}/complete"])
    timer.start()
    form = client.forms.wait_completed(form.id, timeout=3600)
    timer.join()
    assert form.status == "completed"
    assert isinstance(form, penbox.Form)


def test_a_hint_ends_the_pause(client: penbox.Client, sandbox: Sandbox) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    with ThreadPoolExecutor() as threads:
        wait = threads.submit(client.forms.wait_completed, form.id, timeout=3600)
        # The create and six looks: the next pause is six seconds at the least.
        looked(sandbox, 7)
        sandbox.control("POST", f"forms/{form.id}/complete")
        assert client.notify_form("another") == 0
        assert client.notify_form(form.id) == 1
        assert wait.result(30).id == form.id
    assert client.notify_form(form.id) == 0
    assert len(sandbox.control("GET", "requests")["requests"]) == 8
    with pytest.raises(TypeError):
        client.notify_form(5)  # type: ignore[arg-type]


def test_what_cannot_be_completed_ends_the_wait(client: penbox.Client) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    client.forms.update(form.id, archived=True)
    with pytest.raises(penbox.NotCompletedError) as caught:
        client.forms.wait_completed(form.id)
    error = caught.value
    assert (error.kind, error.reason, error.outcome) == ("not_completed", "form_archived", "done")
    assert error.body is not None
    assert form.id in error.body
    assert error.hint is not None
    assert "forms.update" in error.hint


def test_the_timeout_is_the_whole_wait(client: penbox.Client) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    begun = time.monotonic()
    with pytest.raises(penbox.APITimeoutError, match="its status is pending") as caught:
        client.forms.wait_completed(form.id, timeout=1)
    assert 1 <= time.monotonic() - begun < 10
    assert caught.value.retryable


def test_a_cancel_and_a_close_end_the_wait(client: penbox.Client, sandbox: Sandbox) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    cancel = penbox.CancelToken()
    wait = client.forms.wait_completed
    with ThreadPoolExecutor() as threads:
        cancelled = threads.submit(wait, form.id, timeout=3600, cancel=cancel)
        closed = threads.submit(wait, form.id, timeout=3600)
        looked(sandbox, 9)
        cancel.cancel()
        with pytest.raises(penbox.CancelledError):
            cancelled.result(30)
        client.close()
        with pytest.raises(penbox.ClosedError) as caught:
            closed.result(30)
    assert caught.value.outcome == "done"
