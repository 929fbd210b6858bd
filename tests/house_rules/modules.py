"""The modules of a crate: their files, what they declare, and the paths that their code names."""

from pathlib import Path
from typing import NamedTuple

from .product import split
from .tokens import CLOSERS, OPENERS, code, end_of_group, tokens

# The entry file of each crate that users get something of.
CRATES = {
    "core": "core/src/lib.rs",
    "ffi": "ffi/src/lib.rs",
    "bindings/python": "bindings/python/src/lib.rs",
    "bindings/node": "bindings/node/src/lib.rs",
    "bindings/codegen": "bindings/codegen/src/main.rs",
}
DEFINING = ("fn", "struct", "enum", "union", "trait", "type", "const", "static")


class Use(NamedTuple):
    """A name that a `use` binds; the name is `*` where it binds all that a module has."""

    name: str
    path: tuple
    line: int
    public: bool


class Mention(NamedTuple):
    """A path that stands in code."""

    path: tuple
    line: int


class Module:
    """A module as users get it: what is compiled for tests only is not in it."""

    def __init__(self, name, file, parent=None):
        self.name, self.file, self.parent = name, file, parent
        self.children, self.uses, self.defined, self.code = {}, [], set(), []

    @property
    def root(self):
        return self.parent.root if self.parent else self

    def bound(self, name):
        return [use for use in self.uses if use.name == name]

    def within(self, other):
        return self is other or (self.parent is not None and self.parent.within(other))

    def walk(self):
        yield self
        for child in self.children.values():
            yield from child.walk()

    def mentions(self):
        """Each path of two or more words in the code, and each word that a `use` here binds."""
        place, bound = 0, {use.name for use in self.uses}
        while place < len(self.code):
            token = self.code[place]
            before = [each.text for each in self.code[max(place - 3, 0) : place]]
            path, end = _path(self.code, place)
            # `pub(in crate::a)` says who may import, and imports nothing.
            begins = (
                token.kind == "word"
                and before[-1:] not in (["."], ["::"])
                and before != ["pub", "(", "in"]
            )
            if begins and (path[1:] or path[0] in bound):
                yield Mention(path, token.line)
            place = max(end, place + 1)


def load(root, entry):
    """The root module of the crate that has this entry file; nothing without such a file."""
    file = Path(root) / entry
    if not file.is_file():
        return None
    module = Module("crate", file)
    _fill(module, _product(file), file.parent)
    return module


def crates(root):
    """The crates of the project by the folder that each is in."""
    loaded = {part: load(root, entry) for part, entry in CRATES.items()}
    return {part: module for part, module in loaded.items() if module}


def _product(file):
    return code(split(tokens(file.read_text(encoding="utf-8")))[0])


def _fill(module, found, folder):
    """Reads a module's tokens. `folder` is where the files of its children are."""
    place = depth = 0
    while place < len(found):
        token = found[place]
        after = [each.text for each in found[place + 1 : place + 3]]
        if token.text == "mod" and depth == 0 and len(after) == 2 and after[1] in (";", "{"):
            place = _child(module, found, place + 1, folder)
            continue
        if token.text == "use" and after[:1] != ["<"]:
            place = _use(module, found, place)
            continue
        if depth == 0 and token.text in DEFINING and after:
            module.defined.add(after[0])
        if depth == 0 and token.text == "macro_rules":
            module.defined.add(after[1])
        if token.kind == "mark":
            depth += (token.text in OPENERS) - (token.text in CLOSERS)
        module.code.append(token)
        place += 1


def _child(module, found, place, folder):
    name, end = found[place].text.removeprefix("r#"), place + 2
    # Two targets may each have a module of one name: they are read as one.
    known = module.children.get(name)
    child = module.children[name] = known or Module(name, module.file, module)
    if found[place + 1].text == "{":
        end = end_of_group(found, place + 1)
        _fill(child, found[place + 2 : end - 1], folder / name)
        return end
    beside, below = folder / f"{name}.rs", folder / name / "mod.rs"
    child.file = beside if beside.is_file() else below
    if not known:
        _fill(child, _product(child.file), folder / name)
    return end


def _use(module, found, place):
    before = [token.text for token in found[max(place - 4, 0) : place]]
    public = before[-1:] == ["pub"] or (before[-1:] == [")"] and "pub" in before)
    end = _tree(module, found, place + 1, (), public)
    return end + 1


def _tree(module, found, place, prefix, public):
    """Reads one tree of a `use`: a path, a group, or a star."""
    path, line = prefix, found[place].line
    while True:
        token = found[place]
        if token.text == "{":
            place += 1
            while found[place].text != "}":
                place = _tree(module, found, place, path, public)
                place += found[place].text == ","
            return place + 1
        if token.text == "*":
            module.uses.append(Use("*", path, token.line, public))
            return place + 1
        if token.kind == "word":
            path, line = (*path, token.text.removeprefix("r#")), token.line
        place += 1
        if found[place].text not in ("::", "$") and found[place - 1].text not in ("::", "$"):
            break
    if path[-1] == "self" and len(path) > 1:
        path = path[:-1]
    name = path[-1]
    if found[place].text == "as":
        name, place = found[place + 1].text, place + 2
    module.uses.append(Use(name, path, line, public))
    return place


def _path(found, place):
    """The words of a path that begins here, and the place after it."""
    path = (found[place].text.removeprefix("r#"),)
    place += 1
    while place + 1 < len(found) and found[place].text == "::" and found[place + 1].kind == "word":
        path = (*path, found[place + 1].text.removeprefix("r#"))
        place += 2
    return path, place
