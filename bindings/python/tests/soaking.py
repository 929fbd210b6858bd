"""Run by test_soak.py: a long life of one client, many clients, many errors.

Prints by how many kB the process grew after the first tenth of each, and what it held before all
and after.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import penbox

THREADS = 8
UNKNOWN = "00000000-0000-4000-8000-000000000000"
url, token = sys.argv[1:3]
requests, many = map(int, sys.argv[3:])


def memory() -> int:
    gc.collect()
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def held() -> dict[str, int]:
    return {
        "files": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
    }


def created(client: penbox.Client) -> str:
    form = client.forms.create(flow={"slug": "client-onboarding"}, user={"email": "a@example.com"})
    return form.id


def refused(kind: type[penbox.PenboxError], call: Callable[[], object]) -> None:
    told = ""
    try:
        call()
    except kind as error:
        told = str(error) and error.support_report()
    assert told, "it was not refused"


def one(client: penbox.Client, ids: list[str], number: int) -> None:
    """Of 100, 70 read a form, 20 create one, 5 ask for none, and for 5 the answer is too large."""
    place = number % 100
    if place < 20:
        created(client)
    elif place < 25:
        refused(penbox.NotFoundError, lambda: client.forms.get(UNKNOWN))
    elif place < 30:
        refused(penbox.APIResponseError, lambda: client.cases.list().page(1))
    else:
        id = ids[number % len(ids)]
        assert client.forms.get(id).id == id


def growth(count: int, run: Callable[[range], object]) -> int:
    warm = count // 10
    run(range(warm))
    before = memory()
    run(range(warm, count))
    return memory() - before


def soak() -> int:
    # A page of ten cases is over the limit.
    with (
        penbox.Client(token, base_url=url, max_response_bytes=4096, page_size=10) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        ids = [created(client) for _ in range(20)]

        def work(numbers: Iterator[int]) -> None:
            for number in numbers:
                one(client, ids, number)

        def run(numbers: range) -> None:
            # All take from the same.
            list(pool.map(work, [iter(numbers)] * THREADS))

        return growth(requests, run)


def clients(numbers: range) -> None:
    for number in numbers:
        with penbox.Client(token, base_url=url) as client:
            # A connection each would take all ports there are.
            if number % 10 == 0:
                client.workspaces.list().page(1)


def errors(numbers: range) -> None:
    with penbox.Client(token, base_url=url) as client:
        for _ in numbers:
            refused(penbox.InvalidArgumentError, lambda: client.forms.get(""))


before = held()
grown = {
    "requests": soak(),
    "clients": growth(many, clients),
    "errors": growth(many, errors),
}
# A thread that was joined is the system's for a moment more.
until = time.monotonic() + 60
while (after := held()) != before and time.monotonic() < until:
    time.sleep(0.01)
print(json.dumps({"grown": grown, "before": before, "after": after}))
