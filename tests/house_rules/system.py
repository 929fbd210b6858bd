"""Time, threads and chance come from one file each, where a test can replace them and a reader can
find them.
"""

from typing import NamedTuple

from .imports import outside
from .modules import crates
from .project import ROOT


class Source(NamedTuple):
    """Something of the system that one file hands to all others."""

    noun: str
    # The last words of a path that names it, or its first where it is a crate.
    paths: tuple
    # Methods that do the same.
    methods: tuple
    # For each crate its one file. A crate without one does without.
    places: dict
    why: str


# The bindings take from the core what they have no file of their own for.
SYSTEM = "core/src/system.rs"
SOURCES = (
    Source(
        "the monotonic clock",
        (("Instant", "now"),),
        ("elapsed",),
        {"core": SYSTEM},
        "deadlines and pauses are simulated on another clock",
    ),
    Source(
        "the wall clock",
        (("SystemTime", "now"), ("Timestamp", "now"), ("Zoned", "now")),
        (),
        {"core": SYSTEM},
        "it jumps: it may date an error or read a server's date, and measures nothing",
    ),
    Source(
        "sleep",
        (("thread", "sleep"), ("thread", "sleep_until"), ("thread", "park"), ("thread", "park_timeout")),
        (),
        {"bindings/python": "bindings/python/src/exit.rs"},
        "a sleeping thread hears no cancel, which matters nowhere but at the interpreter's end",
    ),
    Source(
        "a thread",
        (("thread", "spawn"), ("thread", "scope"), ("thread", "Builder")),
        (),
        {"core": SYSTEM},
        "a system that gives no thread is an error, and who starts one says how large its stack is",
    ),
    Source(
        "randomness",
        (("getrandom",), ("rand",), ("fastrand",), ("RandomState", "new")),
        (),
        {"core": SYSTEM},
        "the simulation repeats a run by its seed",
    ),
)
PARTS = ("core", "ffi", "bindings/python", "bindings/node")


def the_system_has_one_door(root=ROOT):
    """Clocks, sleep, threads and randomness stand in the files that the table names, and nowhere
    else of the product.
    """
    wrong = set()
    for part, crate in crates(root).items():
        for file, line, source, words in _named(crate) if part in PARTS else ():
            name = str(file.relative_to(root))
            place = source.places.get(part, source.places.get("core"))
            if name != place:
                instead = f"take it from {place}" if place else "wait with a deadline instead"
                wrong.add((name, line, f"{words} is {source.noun}: {instead} ({source.why})"))
    return [f"{name}:{line}: {what}" for name, line, what in sorted(wrong)]


def _named(crate):
    """Each mention of one of the sources in a crate: file, line, source and the words that stand
    there.
    """
    for module, line, path in outside(crate):
        for source in SOURCES:
            if any(_names(path, words) for words in source.paths):
                yield module.file, line, source, "::".join(path)
    for module in crate.walk():
        for dot, name, opened in zip(module.code, module.code[1:], module.code[2:], strict=False):
            for source in SOURCES:
                if dot.text == "." and opened.text == "(" and name.text in source.methods:
                    yield module.file, name.line, source, f".{name.text}()"


def _names(path, words):
    if len(words) == 1:
        return path[0] == words[0]
    return any(path[place : place + len(words)] == words for place in range(len(path)))
