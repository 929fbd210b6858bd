"""Tests of programs that use penbox: the sandbox, and recorded answers.

The sandbox is a local Penbox with state, from the package `penbox-sandbox`:

    with penbox.testing.Sandbox() as sandbox, sandbox.client() as client:
        onboard(client)
        sandbox.complete_form(client.forms.list().page(1).data[0].id)

`penbox.pytest_plugin` has it as a fixture. Recorded answers need no server, thread or socket.
Record once, with a Penbox or the sandbox:

    with penbox.testing.Recording.record("tests/onboarding.jsonl") as client:
        onboard(client)

and play it in the tests:

    @pytest.fixture
    def client():
        with penbox.testing.Recording("tests/onboarding.jsonl").client() as client:
            yield client

The module is imported by `import penbox.testing`; `import penbox` alone does not load it.
"""

from __future__ import annotations

from penbox._client import Client
from penbox._native import Recording as NativeRecording
from penbox._native import record
from penbox._sandbox import Sandbox, SandboxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any

    from penbox._native import Client as NativeClient

__all__ = ["Recording", "Sandbox", "SandboxError"]


class Recording:
    """Answers that were recorded, to be played to a program's unit tests.

    A recording is a file of JSON lines, one for each answer, which every language of the SDK reads.
    No token is in it, and no header of a request. Texts that may be a contact's are replaced, the
    same text by the same replacement, and of a file only the size is kept. Look into it before it
    is shared all the same: a key or a slug may be named after somebody.

    Each operation has its answers in the order in which they were recorded, whatever its parameters
    are. Calls take their usual way: parameters are checked and failures are repeated, but no wait
    takes time.
    """

    __slots__ = ("_native",)

    def __init__(self, path: str | PathLike[str]) -> None:
        """Reads a recording.

        Args:
            path: The file, of at most 64 MiB.

        Raises:
            FileError: It cannot be read, or has another format or version. The message names the
                line.
        """
        self._native = NativeRecording(path)

    @staticmethod
    def record(path: str | PathLike[str], **settings: Any) -> Client:
        """Makes a client that writes what it is answered to a file, which is replaced.

        Args:
            path: The file. Each line is written when its answer has come.
            **settings: Those of `penbox.Client`, the token too. What is not given is read from the
                environment.

        Raises:
            ConfigError: No token was found, or a setting is not good.
            FileError: The file cannot be made.
        """
        given = _hooks(settings)
        return _client(record(path, settings, given))

    def client(self, **settings: Any) -> Client:
        """Makes a client that gets the answers. All clients of a recording take from the same ones.

        A request without an answer raises `InternalError` with the reason `not_recorded` and the
        outcome `not_sent`. Its message names the operation, and the answers that are left.

        Args:
            **settings: Those of `penbox.Client`, such as `max_attempts`. Token and address are the
                recording's, and nothing is read from the environment.

        Raises:
            ConfigError: A setting is unknown or not good.
        """
        given = _hooks(settings)
        return _client(self._native.client(settings, given))

    @property
    def left(self) -> dict[str, int]:
        """The answers that were not given yet: their number by the operation, `forms.get`.

        A request that no operation makes has its method and path, `GET /flows`.
        """
        return dict(self._native.left())

    def __repr__(self) -> str:
        return f"<penbox.testing.Recording {sum(self.left.values())} answers left>"


def _hooks(settings: dict[str, Any]) -> dict[str, object]:
    """Takes the hooks out of settings."""
    names = ("on_request", "on_response", "on_retry", "on_alert")
    return {name: settings.pop(name) for name in names if name in settings}


def _client(native: NativeClient) -> Client:
    client = object.__new__(Client)
    client._use(native)
    return client
