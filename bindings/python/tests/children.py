"""Children of a process: forked, and waited for."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable


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


def ends_well(pid: int, limit: float = 10) -> bool:
    """Whether a child ends well. Loading what the system trusts takes a part of a second."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.002)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return False
