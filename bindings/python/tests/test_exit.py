"""The interpreter ends while daemon threads are in calls: at once, well, and without a word.

PENBOX_TEST_EXITS is how many times each kind of call is ended so, 5 unless set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from raw import TOKEN, Request, Server, answer, page

EXITS = int(os.environ.get("PENBOX_TEST_EXITS", "5"))
HANDLER = """
import atexit, sys, threading
over = threading.Event()
def wait():
    over.set()
    thread.join()
    client.forms.get("mine")
    client.attachments.download("mine", on_progress=begun)
atexit.register(wait)
import penbox
client = penbox.Client(sys.argv[2], base_url=sys.argv[1])
moves = threading.Semaphore(0)
def begun(*_):
    moves.release()
def keeps_calling():
    while not over.is_set():
        client.attachments.download("fine", on_progress=begun)
thread = threading.Thread(target=keeps_calling, daemon=True)
thread.start()
moves.acquire(timeout=30)
"""
LAST = """
import json, sys
from penbox._native import Model
class Keeper:
    def __init__(self):
        items = [{"x": [number]} for number in range(2000)]
        self.model = Model.from_json(json.dumps({"data": items}))
    def __del__(self, print=print, len=len):
        print(len(self.model.to_dict()["data"]))
sys.modules["gc"] = None
Keeper()
keeper = Keeper()
"""
PROGRAM = Path(__file__).with_name("exiting.py")
# How many requests tell that the calls were begun: the first 429 holds back what else there is.
BEGUN = {
    "answer": 8,
    "rest": 1,
    "prefetch": 8,
    "answered": 8,
    "failing": 8,
    "progress": 8,
    "upload": 8,
    "download": 8,
}


@pytest.mark.parametrize("kind", BEGUN)
@pytest.mark.parametrize("_round", range(EXITS))
def test_the_interpreter_ends_amid_calls(kind: str, _round: int) -> None:
    over, begun = threading.Event(), threading.Semaphore(0)

    def respond(request: Request) -> bytes:
        name = request.path.rpartition("/")[2]
        if name == "forms" and dict(request.query)["page[number]"] == "1":
            return page(["a"], number=1, pages=2)
        begun.release()
        if name in ("answer", "forms"):
            over.wait(60)
            return b""
        if name == "rest":
            body = {"statusCode": 429, "message": "slow down", "retryAfter": 60}
            return answer(body, status=429)
        if name == "missing":
            return answer({"message": "no such form"}, status=404)
        return answer({"id": name, "text": "x" * 100_000 if name == "long" else ""})

    server = Server(respond)
    process = subprocess.Popen(
        [sys.executable, "-B", PROGRAM, server.url, kind],
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            for _ in range(BEGUN[kind]):
                assert begun.acquire(timeout=30), "the calls were not begun"
            if kind == "rest":
                # The answer is on its way for a moment before it is rested for.
                time.sleep(0.1)
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ends\n"
            since = time.monotonic()
            _, stderr = process.communicate(timeout=30)
            took = time.monotonic() - since
    finally:
        process.kill()
        over.set()
        server.close()
    assert (process.returncode, stderr) == (0, "")
    assert took <= 2


def test_an_exit_handler_may_wait_for_a_thread_in_a_call() -> None:
    # It was registered before the package was imported, so it runs after the package's own.
    server = Server(lambda _: answer({"id": "a"}))
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-c", HANDLER, server.url, TOKEN],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.close()
    assert (done.returncode, done.stderr) == (0, "")
    assert server.requests[-1].path.endswith("/mine")


def test_a_large_answer_is_read_to_the_last() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LAST], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "2000\n2000\n", "")
