"""The tokens of a Rust file. Comments are tokens, so that no rule mistakes one for code, nor a
string for either.
"""

import re
from functools import cache
from typing import NamedTuple

PATTERN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<line>//[^\n]*)
    | (?P<block>/\*)
    | (?P<text>[bc]?r(?P<hashes>\#*)".*?"(?P=hashes) | [bc]?"(?:\\.|[^"\\])*")
    | (?P<char>b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'])')
    | (?P<lifetime>'\w+)
    | (?P<number>\d\w*(?:\.\d\w*)?)
    | (?P<word>(?:r\#)?[^\W\d]\w*)
    | (?P<mark>::|->|=>|.)
    """,
    re.X | re.S,
)
BLOCK = re.compile(r"/\*|\*/")
OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = frozenset(OPENERS.values())
COMMENTS = ("doc", "comment")


class Token(NamedTuple):
    """A piece of a Rust file with the line that it begins in."""

    kind: str
    text: str
    line: int

    @property
    def last_line(self):
        return self.line + self.text.count("\n")


@cache
def tokens(source):
    """The tokens without white space. A kind is a group of the pattern, where comments are `doc` or
    `comment`.
    """
    found, place, line = [], 0, 1
    while place < len(source):
        match = PATTERN.match(source, place)
        kind, text = match.lastgroup, match.group()
        if match.group("text") is not None:
            # The last group of a raw string is that of its hashes.
            kind = "text"
        if kind == "block":
            text = source[place : _end_of_block(source, place)]
        if kind in ("line", "block"):
            kind = "doc" if _documents(text) else "comment"
        if kind != "space":
            found.append(Token(kind, text, line))
        place += len(text)
        line += text.count("\n")
    return tuple(found)


def code(found):
    """The tokens without comments."""
    return [token for token in found if token.kind not in COMMENTS]


def end_of_group(found, start):
    """The place after the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, len(found)):
        if found[place].kind != "mark":
            continue
        depth += (found[place].text in OPENERS) - (found[place].text in CLOSERS)
        if depth == 0:
            return place + 1
    return len(found)


def _end_of_block(source, start):
    """Block comments nest in Rust."""
    depth = 0
    for match in BLOCK.finditer(source, start):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    return len(source)


def _documents(comment):
    line = comment.startswith(("///", "//!")) and not comment.startswith("////")
    block = comment.startswith(("/**", "/*!")) and not comment.startswith(("/***", "/**/"))
    return line or block
