"""What other parts of the same run have shown already: `tests/run` keeps their output, and says where. A proof that passed there is
not run once more. Alone, or for what those parts did not try, everything is run."""

import functools
import os
import re
from pathlib import Path
from xml.etree import ElementTree

# Where `tests/run` keeps the output of its steps. It empties the folder when it begins, so nothing in it is older than the run.
PLACE = os.environ.get("PENBOX_TEST_LOGS")
PROGRAM = re.compile(r"^ +Running .*\((\S+)\)$", re.M)
# The line of a test that passed, as a test program of Rust prints it.
PASSED = re.compile(r"^test (\S+) (?:- should panic )?\.\.\. ok$", re.M)


@functools.cache
def printed(step):
    """The output of the step whose file has this name behind its number; nothing where it did not run."""
    logs = sorted(Path(PLACE).glob(f"[0-9][0-9]-{step}.log")) if PLACE else []
    return logs[-1].read_text(encoding="utf-8", errors="replace") if logs else ""


@functools.cache
def reported(name):
    """The test cases of a report in JUnit's format; none where there is none."""
    path = Path(PLACE) / name if PLACE else None
    try:
        return list(ElementTree.parse(path).iter("testcase")) if path and path.is_file() else []
    except ElementTree.ParseError:
        return []


@functools.cache
def rust():
    """The tests that passed, by the file name of their program."""
    text = printed("core-sandbox-runner-generator")
    found = {}
    starts = list(PROGRAM.finditer(text))
    for start, end in zip(starts, [*(each.start() for each in starts[1:]), len(text)], strict=False):
        found[Path(start[1]).name] = set(PASSED.findall(text[start.end() : end]))
    return found
