"""A fork while calls wait for a rate limit, or amid an upload: each process has its own limit."""

from __future__ import annotations

import os
import threading
import warnings
from contextlib import suppress

import pytest

import penbox
from children import ends_well, fork
from raw import TOKEN, Request, Server, answer

FORKS = int(os.environ.get("PENBOX_TEST_FORKS", "20"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


def respond(request: Request) -> bytes:
    return answer({"id": request.path.rsplit("/", 1)[1]})


def test_a_child_begins_its_rate_limit_anew() -> None:
    server = Server(respond)
    try:
        with penbox.Client(TOKEN, base_url=server.url, rate_limit="1/h") as client:
            client.forms.get("parent")
            token = penbox.CancelToken()
            # The queue has a call of a thread that the child does not have.
            refused: list[penbox.PenboxError] = []
            waiting = client.with_options(timeout=7_200, cancel=token)

            def wait() -> None:
                try:
                    waiting.forms.get("waiting")
                except penbox.PenboxError as error:
                    refused.append(error)

            thread = threading.Thread(target=wait)
            thread.start()

            def child() -> bool:
                if client.forms.get("child").id != "child":
                    return False
                try:
                    client.forms.get("again")
                except penbox.RateLimitError as error:
                    return error.outcome == "not_sent" and (error.retry_after or 0) > 3_500
                return False

            for _ in range(FORKS):
                assert ends_well(fork(child))
            token.cancel()
            thread.join()
            assert [error.kind for error in refused] == ["cancelled"]
    finally:
        server.close()


def test_a_fork_amid_a_call_gives_back_no_place_of_the_parents() -> None:
    """The caller's own code, amid an upload, goes on in both processes.

    They share its connection, so one of the two may wait for an answer that the other has read.
    """
    server = Server(lambda request: answer({"id": "a"}, status=201))
    children: list[int] = []
    parent = os.getpid()

    def forking(moved: int, total: int | None) -> None:
        if os.getpid() == parent and not children:
            children.append(fork_here())

    def fork_here() -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return os.fork()

    try:
        client = penbox.Client(
            TOKEN, base_url=server.url, rate_limit="2/h", max_attempts=1, read_timeout=1
        )
        with suppress(penbox.PenboxError):
            client.attachments.upload(b"file", name="a", on_progress=forking)
        if os.getpid() != parent:
            # Its own limit is whole: two requests, and no third.
            code = 1
            try:
                for _ in range(2):
                    client.forms.create(flow={"slug": "x"}, timeout=20)
                try:
                    client.forms.create(flow={"slug": "x"}, timeout=20)
                except penbox.RateLimitError:
                    code = 0
            finally:
                os._exit(code)
        assert ends_well(children[0], 20)
        client.forms.create(flow={"slug": "x"}, timeout=20)
        with pytest.raises(penbox.RateLimitError):
            client.forms.create(flow={"slug": "x"}, timeout=20)
        client.close()
    finally:
        server.close()
