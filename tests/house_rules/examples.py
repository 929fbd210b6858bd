"""Each public function of the core has an example that runs, so that a reader can try it and a
change that breaks it is found.
"""

import re
from typing import NamedTuple

from .project import ROOT, rust_files
from .surface import root_names

HOME = "core/src"
# Functions and inputs without an example that runs, each with the reason.
LISTED = {}
FUNCTION = re.compile(r"^(?: {4})?pub (?:const )?(?:async )?fn (\w+)")
TYPE = re.compile(r"^pub (?:struct|enum) (\w+)")
BLOCK = re.compile(r"^impl(?:<[^>]*>)? (\w+)(?:<.*>)? (?:where .*)?\{$")
# The macros that make types with a setter for each of their fields.
INPUTS = re.compile(r"^(?:input|filtered)! \{$")
INPUT = re.compile(r'^ {4}([A-Z]\w+)(?: others "[^"]*")? \{')
FENCE = re.compile(r"^\s*///\s*```(\S*)")
# The words behind a fence under which a block of Rust is compiled and run.
RUNS = ("", "rust", "should_panic")
EXPORTS = re.compile(r"^pub use [\w:]+::(?:\{([^}]*)\}|(\w+));", re.M)


class Item(NamedTuple):
    """A public item with what its documentation runs. A type has no function, a free function no
    owner.
    """

    owner: str
    function: str
    path: str
    line: int
    is_input: bool
    code: str

    @property
    def name(self):
        return "::".join(part for part in (self.owner, self.function) if part)


def public_functions_have_examples(root=ROOT):
    """A function has one of its own, or is called in that of its type. A macro makes the setters of
    an input, so the input has one.
    """
    items = list(public_items(root))
    types = {item.owner: item.code for item in items if not item.function}
    wrong, seen = [], set()
    for item in items:
        if not item.function and not item.is_input:
            continue
        seen.add(item.name)
        called = re.search(rf"(?:\.|::){item.function}(?:::<.*?>)?\(", types.get(item.owner, ""))
        shown = bool(item.code or (item.function and called))
        if shown and item.name in LISTED:
            wrong.append(f"{item.path}:{item.line}: {item.name} is listed, and has an example")
        elif not shown and item.name not in LISTED:
            wrong.append(f"{item.path}:{item.line}: {item.name} has no example that runs")
    gone = sorted(LISTED.keys() - seen)
    return wrong + [f"tests/house_rules/examples.py: there is no {name}" for name in gone]


def public_items(root):
    """The types that users see and the functions of those, as rustfmt writes them."""
    names = exported(root)
    for path, source in rust_files(root, HOME):
        comment, hidden, owner, inputs = [], False, "", False
        for line, text in enumerate(source.splitlines(), 1):
            stripped = text.strip()
            if stripped.startswith("///"):
                comment.append(text)
                continue
            if stripped.startswith("#["):
                hidden = hidden or stripped == "#[doc(hidden)]"
                continue
            if match := BLOCK.match(text):
                owner = match[1]
            elif text == "}":
                owner, inputs = "", False
            inputs = inputs or bool(INPUTS.match(text))
            found = None
            if match := (inputs and INPUT.match(text)) or TYPE.match(text):
                found = (match[1], "")
            elif match := FUNCTION.match(text):
                found = (owner, match[1])
            if found and not hidden and (found[0] or found[1]) in names:
                yield Item(*found, path, line, inputs, running(comment))
            if not stripped.startswith("//"):
                comment, hidden = [], False


def exported(root):
    """The names that users see: those of the crate's root and of `penbox::testing`."""
    module = root / HOME / "testing/mod.rs"
    names = set(root_names(root))
    for many, one in EXPORTS.findall(module.read_text("utf-8") if module.exists() else ""):
        names |= {name.strip() for name in many.split(",")} | {one}
    return names - {""}


def running(comment):
    """The code in a comment that is run as a test."""
    code, inside, runs = [], False, False
    for text in comment:
        if match := FENCE.match(text):
            inside, runs = not inside, match[1] in RUNS
        elif inside and runs:
            code.append(text)
    return "\n".join(code)
