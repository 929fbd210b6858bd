"""The command `python -m penbox doctor`."""

from __future__ import annotations

import os
import sys

from penbox._native import doctor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_USAGE = """Usage: python -m penbox doctor [--workspace SLUG] [--json | --curl]

doctor  checks the token, the settings of the environment, the connection and the clock
"""


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    if arguments[:1] == ["doctor"]:
        # An argument that is no text in the terminal's encoding is refused and shown as such.
        given = [one.encode("utf-8", "replace").decode() for one in arguments[1:]]
        code, output, error = doctor("python -m penbox doctor", given)
    elif arguments[:1] in (["--help"], ["-h"]):
        code, output, error = 0, _USAGE, ""
    else:
        code, output, error = 2, "", _USAGE
    _write(sys.stdout, output)
    _write(sys.stderr, error)
    return code


def _write(stream: TextIO, text: str) -> None:
    """Writes what the terminal's encoding lacks escaped."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # A reader such as `head` has read enough. What is left would be written again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        # The exit code of a program that SIGINT ended.
        sys.exit(130)
