"""Run by test_soak.py: a thread for each of the ids on standard input calls, all at once.

Prints how many answers were right and the most memory the process had, before and in all.
"""

from __future__ import annotations

import json
import sys
import threading

import penbox

CALLS = 3


def peak() -> int:
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])


url, token = sys.argv[1:]
ids: list[str] = json.load(sys.stdin)
before = peak()
start = threading.Barrier(len(ids))
answers: dict[str, list[str]] = {id: [] for id in ids}

with penbox.Client(token, base_url=url, pool_size=len(ids)) as client:

    def work(id: str) -> None:
        start.wait()
        for _ in range(CALLS):
            answers[id].append(client.forms.get(id).id)

    threads = [threading.Thread(target=work, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
right = sum(answer == id for id, given in answers.items() for answer in given)
print(json.dumps({"right": right, "before": before, "peak": peak()}))
