"""A doc comment names its subject: its first sentence does not open with one of seven clauses that
have no noun before them. Only Rust is read: the public docs of the other languages that are
generated come from Rust's texts, which are no comments there.
"""

import re
from itertools import pairwise

from .project import ROOT, rust_files
from .tokens import tokens

HEADLESS = ("What", "Whether", "One whose", "That of", "Those that", "Nothing", "Where")
OPENING = re.compile(rf"(?:{'|'.join(HEADLESS)})\b")
# The marks of a comment, and those of Markdown that may stand before a word.
MARKS = re.compile(r"^(?:///|//!|/\*[*!])[\s*_\[\"'`(-]*")
FOLDERS = ("core", "ffi", "bindings")


def doc_comments_name_their_subject(root=ROOT):
    """Each run of `///` or `//!` lines counts as one comment."""
    return [
        f'{name}:{line}: a doc comment opens with "{opening}": name the subject first'
        for name, line, opening in headless(root)
    ]


def headless(root=ROOT):
    """The file, the line and the words of each headless opening."""
    for name, source in rust_files(root, *FOLDERS):
        found = tokens(source)
        for before, token in pairwise([None, *found]):
            continues = before and before.kind == "doc" and before.text[:3] == token.text[:3]
            if token.kind != "doc" or (continues and before.last_line == token.line - 1):
                continue
            line, text = _first_words(found, token)
            opening = OPENING.match(text)
            if opening:
                yield name, line, opening.group()


def _first_words(found, token):
    """The first line with words of the comment that begins with this token, and the words."""
    line, text = token.line, MARKS.sub("", token.text)
    for other in found[found.index(token) + 1 :]:
        if text.strip() or other.line != line + 1 or other.text[:3] != token.text[:3]:
            break
        line, text = other.line, MARKS.sub("", other.text)
    return line, text
