"""A number says why it is what it is: a page, a measurement, a section of a specification."""

import re

from .modules import CRATES, load
from .product import split
from .project import ROOT
from .tokens import CLOSERS, COMMENTS, OPENERS, tokens

LEAST_WORDS = 6
WORD = re.compile(r"[^\W_]+")


def constants_say_why(root=ROOT):
    """Each `const` of core's product that has a number in its value has a comment of some words
    beside it.
    """
    wrong, crate = [], load(root, CRATES["core"])
    for file in sorted({module.file for module in crate.walk()} if crate else ()):
        name, source = file.relative_to(root), file.read_text(encoding="utf-8")
        product, _ = split(tokens(source))
        for place, token in enumerate(product):
            constant = _constant(product, place) if token.text == "const" else None
            if constant and len(WORD.findall(_comments(product, place, constant))) < LEAST_WORDS:
                wrong.append(
                    f"{name}:{token.line}: {product[place + 1].text} has a number but no"
                    f" reason: say in a comment of at least {LEAST_WORDS} words why it is so"
                )
    return wrong


def _constant(found, start):
    """The place after a named constant that has a number in its value; nothing where it is none."""
    after = found[start + 1 : start + 3]
    if len(after) < 2 or after[0].text in ("_", "fn") or after[1].text != ":":
        return None
    depth, valued, numbered = 0, False, False
    for place in range(start + 3, len(found)):
        text = found[place].text if found[place].kind == "mark" else ""
        depth += (text in OPENERS) - (text in CLOSERS)
        valued = valued or (text == "=" and depth == 0)
        numbered = numbered or (valued and found[place].kind == "number")
        if depth < 0 or (text in (";", ",") and depth == 0 and not valued):
            return None
        if text == ";" and depth == 0:
            return place + 1 if numbered else None
    return None


def _comments(found, start, end):
    """The comments above a constant, within it, and behind it on its last line."""
    first = start
    while first and (found[first - 1].kind in COMMENTS or _of_its_head(found, first - 1)):
        first -= 1
    # A comment at the end of the line before belongs to what stands there.
    if first and found[first].kind in COMMENTS and found[first].line == found[first - 1].last_line:
        first += 1
    last = end
    while (
        last < len(found)
        and found[last].kind in COMMENTS
        and found[last].line == found[end - 1].line
    ):
        last += 1
    return " ".join(
        token.text
        for token in found[first:last]
        # What a file says of itself is no reason of its first constant.
        if token.kind in COMMENTS and not token.text.startswith(("//!", "/*!"))
    )


def _of_its_head(found, place):
    """The token belongs to the attributes or the visibility of what follows."""
    return found[place].kind != "mark" or found[place].text not in (";", "}", "{", ",")
