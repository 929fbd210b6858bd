"""The sandbox, run and steered from Python: see `penbox.testing`."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import weakref
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from penbox._client import Client

PROGRAM = "penbox-sandbox"
TOKEN = "pnbx_" + "1234567890abcdef" * 3
"""The token of the workspace `acme-corp`: the sample of the API's documentation."""


class SandboxError(Exception):
    """The sandbox could not be started, or refused to be steered so."""


class Sandbox:
    """A local Penbox with state, for tests: a process of its own, on a free port of this machine.

    It knows the workspaces `acme-corp` and `globex`, and what each has is in the sandbox's own
    documentation. It ends with the block, with `close()`, or with this process.

    Example:
        with penbox.testing.Sandbox() as sandbox, sandbox.client() as client:
            form = client.forms.create(flow={"slug": "client-onboarding"})
            sandbox.complete_form(form.id, data={"company": "Acme"})
            assert client.forms.get(form.id).status == "completed"

    The program is that of the package `penbox-sandbox`.
    """

    def __init__(self, program: str | os.PathLike[str] | None = None) -> None:
        """Starts the sandbox, and returns when it takes requests.

        Args:
            program: The program. Default: the one that `PENBOX_SANDBOX_BIN` names, else
                `penbox-sandbox` beside this Python or on the PATH.

        Raises:
            SandboxError: There is no such program, or it did not start.
        """
        path = _found(program)
        command = [path, "--exit-on-stdin-eof"]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except OSError as error:
            raise SandboxError(f"{path} did not start: {error}") from error
        self._end = weakref.finalize(self, _stop, process)
        assert process.stdout is not None
        self._url = process.stdout.readline().strip()
        if not self._url:
            self.close()
            raise SandboxError(f"{path} ended with {process.returncode} and gave no address")
        self._faults: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """The address of its API, for `base_url`."""
        return self._url

    @property
    def token(self) -> str:
        """The token of the workspace `acme-corp`."""
        return TOKEN

    def client(self, **settings: Any) -> Client:
        """Makes a client of it.

        Args:
            **settings: Those of `penbox.Client`. The token is the sandbox's unless given.

        Raises:
            ConfigError: A setting is unknown or not good.
        """
        return Client(**{"token": self.token, "base_url": self.url, **settings})

    def reset(self) -> None:
        """Makes it what it was when it started: the same seed, no faults, an empty log."""
        self._faults = []
        self.control("POST", "reset")

    def create_token(
        self, *, workspaces: Iterable[str] | None = None, name: str | None = None
    ) -> str:
        """Makes a token and returns it.

        Args:
            workspaces: The slugs of its workspaces. Default: the first workspace.
            name: Its name in the settings. Default: one that is made up.
        """
        chosen = None if workspaces is None else list(workspaces)
        token: str = self.control("POST", "tokens", _given(workspaces=chosen, name=name))["token"]
        return token

    def revoke_token(self, token: str | None = None) -> None:
        """Revokes a token, as its owner does in the settings.

        Args:
            token: The token. Default: `token`.
        """
        self.control("POST", "tokens/revoke", {"token": token or self.token})

    def limit_rate(
        self, requests: int | None, window: float = 60, *, retry_after: int | None = None
    ) -> None:
        """Answers 429 above a rate, from now on.

        Args:
            requests: The requests that it takes in a window. None: any number.
            window: The length of the window in seconds. Default: 60 s.
            retry_after: The wait that a 429 asks for, in whole seconds. Default: what is left of
                the window.
        """
        limit = _given(requests=requests, window_ms=_ms(window), retry_after=retry_after)
        self.control("PUT", "rate_limit", None if requests is None else limit)

    def add_fault(
        self,
        path: str,
        *,
        method: str | None = None,
        count: int | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        latency: float | None = None,
        **more: Any,
    ) -> None:
        """Spoils the next requests of an operation, beside the faults that were added before.

        Args:
            path: The path template, such as `/forms/{id}`.
            method: The HTTP method. Default: any.
            count: The requests that meet it. Default: all.
            status: The status that refuses them, 400 to 599. Default: they are answered.
            retry_after: The wait that the refusal asks for, in whole seconds. Default: none.
            latency: The wait before the answer in seconds. Default: none.
            **more: Further members of a fault, as the sandbox's documentation names them.
        """
        fault = _given(method=method, path=path, count=count, status=status, **more)
        fault.update(_given(retry_after=retry_after))
        if latency is not None:
            fault["latency_ms"] = _ms(latency)
        self.control("PUT", "faults", {"faults": [*self._faults, fault]})
        self._faults.append(fault)

    def complete_form(
        self,
        id: str,
        *,
        data: Mapping[str, Any] | None = None,
        attachments: Mapping[str, bytes] | None = None,
        signature: str | None = None,
        declined: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        """Answers a form, as its contact does.

        Args:
            id: The form's id.
            data: The answers, by key. Default: none.
            attachments: The files, by name. Default: none.
            signature: The key of the element that is signed. Default: none.
            declined: The contact refuses to answer.
            **more: Further members, as the sandbox's documentation names them.

        Returns:
            `status`, `response_id`, `attachment_ids` and `signature_id`.
        """
        files = [
            {"name": name, "data": base64.b64encode(content).decode()}
            for name, content in (attachments or {}).items()
        ]
        body = _given(data=data, attachments=files or None, declined=declined or None, **more)
        if signature is not None:
            body["signature"] = {"key": signature}
        completed: dict[str, Any] = self.control("POST", f"forms/{id}/complete", body)
        return completed

    def create_forms(self, count: int, **members: Any) -> list[str]:
        """Makes many forms at once and returns their ids, the oldest first.

        Args:
            count: Their number.
            **members: `status`, `flow`, `created_at`, ..., as the sandbox's documentation names
                them.
        """
        ids: list[str] = self.control("POST", "forms", {"count": count, **members})["ids"]
        return ids

    def create_cases(self, count: int, **members: Any) -> list[str]:
        """Makes many cases at once and returns their ids, the oldest first.

        Args:
            count: Their number.
            **members: `template`, `title`, `status`, ..., as the sandbox's documentation names
                them.
        """
        ids: list[str] = self.control("POST", "cases", {"count": count, **members})["ids"]
        return ids

    def requests(self) -> list[dict[str, Any]]:
        """Returns what it was asked since the last reset, the oldest first: no token is in it."""
        requests: list[dict[str, Any]] = self.control("GET", "requests")["requests"]
        return requests

    def deliveries(self) -> list[dict[str, Any]]:
        """Returns the deliveries of webhooks, the oldest first."""
        found: list[dict[str, Any]] = self.control("GET", "webhooks/deliveries")["deliveries"]
        return found

    def replay_delivery(
        self, id: str, *, fresh: bool = False, tamper: str | None = None
    ) -> dict[str, Any]:
        """Sends a delivery again, and returns the new one.

        Args:
            id: The delivery's id.
            fresh: It is signed anew. Default: the recorded bytes are sent, as a thief would.
            tamper: What is spoiled in it, such as `body` or `audience`. Default: nothing.
        """
        body = _given(fresh=fresh or None, tamper=tamper)
        path = f"webhooks/deliveries/{id}/replay"
        delivery: dict[str, Any] = self.control("POST", path, body)
        return delivery

    def rotate_keys(self) -> str:
        """Signs webhooks by another key from now on, and returns its id."""
        kid: str = self.control("POST", "webhooks/rotate")["kid"]
        return kid

    def set_clock(self, now: datetime | None) -> None:
        """Sets its clock.

        Args:
            now: The time, with its zone. None: the clock of this machine again.
        """
        if now is not None and now.tzinfo is None:
            raise SandboxError("the time has no zone: give datetime.now(timezone.utc) or the like")
        self.control("PUT", "clock", None if now is None else {"now": now.isoformat()})

    def advance_clock(self, seconds: float) -> None:
        """Moves its clock on.

        Args:
            seconds: The time that passes for it.
        """
        self.control("PUT", "clock", {"advance_ms": _ms(seconds)})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Steers it by a control route of its documentation, and returns the answer's JSON.

        Args:
            method: The HTTP method.
            path: The path below `/_sandbox/`, such as `settings`.
            body: The JSON to send. Default: no body, or null for PUT.

        Raises:
            SandboxError: It refused. The message has its reason.
        """
        sent = None if body is None and method != "PUT" else json.dumps(body)
        # Directly: no proxy of the environment knows the way to this machine.
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=60)
        try:
            headers = {} if sent is None else {"content-type": "application/json"}
            connection.request(method, f"/_sandbox/{path}", sent, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except OSError as error:
            raise SandboxError(f"the sandbox does not answer: {error}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise SandboxError(f"{method} {path} was refused with {answer.status}: {text[:500]}")
        return json.loads(text)

    def close(self) -> None:
        """Ends it. It may be called again."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<penbox.testing.Sandbox {self._url}>"


def _found(program: str | os.PathLike[str] | None) -> str:
    named = program or os.environ.get("PENBOX_SANDBOX_BIN")
    if named:
        return os.fspath(named)
    beside = (sysconfig.get_path("scripts"), Path(sys.executable).parent)
    for folder in beside:
        path = shutil.which(PROGRAM, path=str(folder))
        if path:
            return path
    path = shutil.which(PROGRAM)
    if not path:
        raise SandboxError(
            f"there is no program {PROGRAM}: pip install {PROGRAM}, or name it by "
            "PENBOX_SANDBOX_BIN"
        )
    return path


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
