"""Sends a form to each address of a file by several processes. Needs PENBOX_API_TOKEN.

Usage: batch_processes.py FILE [PROCESSES]     an address a line

A client made before the fork works in each child: a child has its own connections. The budget of
`rate_limit` is each process's own, so that each gets its part of the token's 100 requests a minute.
"""

import multiprocessing
import sys
from pathlib import Path

import penbox


def send(address: str) -> str:
    """Sends one form. An error says what became of it, and stops nothing else."""
    try:
        form = client.forms.create(flow={"slug": "client-onboarding"}, user={"email": address})
    except penbox.PenboxError as error:
        return f"{address}: {error}"
    return f"{address}: {form.id}"


addresses = Path(sys.argv[1]).read_text().split()
processes = int(sys.argv[2]) if len(sys.argv) > 2 else 2

with penbox.Client(rate_limit=f"{90 // processes}/min") as client:
    # "fork" is what makes the client the children's, too; with "spawn" each makes its own.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for line in pool.imap(send, addresses):
            print(line)
