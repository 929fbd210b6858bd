"""A client that is forked: parent and child each get their own answers, whatever the other does.

PENBOX_TEST_FORKS is the number of forks, 20 unless set.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Callable

import pytest

import penbox
from raw import TOKEN, Request, Server, answer

FORKS = int(os.environ.get("PENBOX_TEST_FORKS", "20"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


def respond(request: Request) -> bytes:
    return answer({"id": request.path.rsplit("/", 1)[1]})


def fork(child: Callable[[], bool]) -> int:
    with warnings.catch_warnings():
        # Python warns of what this is about: threads that the child does not have.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if child() else 1
        finally:
            os._exit(code)
    return pid


def ends_well(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.002)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return False


def test_a_fork_after_a_call() -> None:
    server = Server(respond)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            assert client.forms.get("first").id == "first"
            for number in range(FORKS):
                own, others = f"parent{number}", f"child{number}"
                pid = fork(
                    lambda others=others: all(  # type: ignore[misc]
                        client.forms.get(others).id == others for _ in range(3)
                    )
                )
                assert all(client.forms.get(own).id == own for _ in range(3))
                assert ends_well(pid)
    finally:
        server.close()


def test_a_fork_amid_calls() -> None:
    server = Server(respond)
    over = threading.Event()
    wrong: list[str] = []

    def keeps_calling(id: str) -> None:
        while not over.is_set():
            if client.forms.get(id).id != id:
                wrong.append(id)

    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            callers = [f"caller{n}" for n in range(8)]
            threads = [threading.Thread(target=keeps_calling, args=(id,)) for id in callers]
            for thread in threads:
                thread.start()
            try:
                for number in range(FORKS):
                    id = f"child{number}"
                    assert ends_well(fork(lambda id=id: client.forms.get(id).id == id))  # type: ignore[misc]
            finally:
                over.set()
                for thread in threads:
                    thread.join()
    finally:
        server.close()
    assert not wrong
