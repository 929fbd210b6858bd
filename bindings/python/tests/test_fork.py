"""A client that is forked: parent and child each get their own answers, whatever the other does.

PENBOX_TEST_FORKS is the number of forks, 20 unless set.
"""

from __future__ import annotations

import os
import socket
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


def ends_well(pid: int, limit: float = 5) -> bool:
    until = time.monotonic() + limit
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


def reaches_tls(client: penbox.Client) -> bool:
    """Whether a call comes as far as the handshake: the system's trust store was loaded by then."""
    try:
        client.forms.get("x")
    except penbox.APITimeoutError as error:
        return error.phase == "connect"
    return False


def test_a_fork_amid_the_first_https_call() -> None:
    """The child must not wait for a thread of its parent that loads what the system trusts.

    Each time in a process that never made such a call, forked at another moment of it.
    """
    # Nobody accepts: a handshake comes to no end.
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"https://127.0.0.1:{listener.getsockname()[1]}/v1"

    def client() -> penbox.Client:
        return penbox.Client(TOKEN, base_url=url, connect_timeout=0.2, max_attempts=1)

    def forks_amid_the_first_call(number: int) -> bool:
        shared = client()
        first = threading.Thread(target=reaches_tls, args=(shared,))
        first.start()
        time.sleep(number * 0.0005)
        well = [
            ends_well(fork(lambda: reaches_tls(shared) and reaches_tls(client()))) for _ in "ab"
        ]
        first.join()
        return all(well)

    with listener:
        for number in range(FORKS):
            pid = fork(lambda number=number: forks_amid_the_first_call(number))  # type: ignore[misc]
            assert ends_well(pid, 20), number
