"""Run by test_fork.py: a process forks with a client, in one of three ways.

It ends with 0 if each call got its own answer. The process is one of its own, so that its first
call over https is the first one.
"""

from __future__ import annotations

import sys
import threading
import time

import penbox
from children import ends_well, fork

TOKEN = "pnbx_" + "secret-of-a-process-that-forks"

url, forks = sys.argv[2], int(sys.argv[3])


def client() -> penbox.Client:
    return penbox.Client(TOKEN, base_url=url)


def gets(client: penbox.Client, id: str, times: int = 1) -> bool:
    return all(client.forms.get(id).id == id for _ in range(times))


def after_a_call() -> bool:
    with client() as shared:
        well = [gets(shared, "first")]
        for number in range(forks):
            pid = fork(lambda number=number: gets(shared, f"child{number}", 3))  # type: ignore[misc]
            well += [gets(shared, f"parent{number}", 3), ends_well(pid)]
    return all(well)


def amid_calls() -> bool:
    over = threading.Event()
    wrong: list[str] = []

    def keeps_calling(id: str) -> None:
        while not over.is_set():
            if not gets(shared, id):
                wrong.append(id)

    with client() as shared:
        callers = [f"caller{number}" for number in range(8)]
        threads = [threading.Thread(target=keeps_calling, args=(id,)) for id in callers]
        for thread in threads:
            thread.start()
        well = [
            ends_well(fork(lambda number=number: gets(shared, f"child{number}")))  # type: ignore[misc]
            for number in range(forks)
        ]
        over.set()
        for thread in threads:
            thread.join()
    return all(well) and not wrong


def amid_the_first_call() -> bool:
    """The child must not wait for a thread of its parent that loads what the system trusts.

    Each time in a process that never made such a call, forked at another moment of it.
    """

    def forks_amid_it(number: int) -> bool:
        shared = client()
        first = threading.Thread(target=gets, args=(shared, "parent"))
        first.start()
        time.sleep(number * 0.0005)
        well = [
            ends_well(fork(lambda: gets(shared, "shared") and gets(client(), "own"))) for _ in "ab"
        ]
        first.join()
        return all(well)

    return all(
        ends_well(fork(lambda number=number: forks_amid_it(number)), 30)  # type: ignore[misc]
        for number in range(forks)
    )


if __name__ == "__main__":
    ways = {way.__name__: way for way in (after_a_call, amid_calls, amid_the_first_call)}
    sys.exit(0 if ways[sys.argv[1]]() else 1)
