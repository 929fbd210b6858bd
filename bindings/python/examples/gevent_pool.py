"""Counts the forms of two kinds at once under gevent. Needs PENBOX_API_TOKEN, and gevent."""

from gevent import monkey  # type: ignore[import-untyped]

monkey.patch_all()

import gevent  # noqa: E402

import penbox  # noqa: E402

with penbox.Client() as client:
    pool = gevent.get_hub().threadpool

    def count(completed: bool) -> int:
        # Calls wait outside of Python, where gevent cannot switch, so its threads run them.
        forms: int = pool.apply(lambda: sum(1 for _ in client.forms.list(completed=completed)))
        return forms

    jobs = [gevent.spawn(count, completed) for completed in (False, True)]
    gevent.joinall(jobs, raise_error=True)
    print("open, completed:", *(job.value for job in jobs))
