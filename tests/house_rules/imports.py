"""The imports between the files of a crate, each traced through re-exports to the file that defines
the thing.
"""

from pathlib import Path
from typing import NamedTuple


class Import(NamedTuple):
    """A line of one file that needs another file."""

    source: Path
    line: int
    target: Path
    # A module that only passes on what its own children define: it needs them no more than `mod
    # child;` does.
    passes_on: bool


class Target(NamedTuple):
    """A path leads to a module, to a name that a module defines, or out of the crate."""

    module: object
    name: str | None
    outside: tuple = ()


def imports(crate):
    """All imports between files of a crate, each pair of files once, by its first line."""
    found = {}
    for module in crate.walk():
        used = {mention.path[0] for mention in module.mentions() if len(mention.path) == 1}
        for use in module.uses:
            for target in _targets(module, use):
                passes_on = use.public and use.name not in used and target.module.within(module)
                _note(found, Import(module.file, use.line, target.module.file, passes_on))
        for mention in module.mentions():
            target = resolve(module, mention.path) if len(mention.path) > 1 else None
            if target and target.module:
                _note(found, Import(module.file, mention.line, target.module.file, False))
    return sorted(found.values())


def outside(crate):
    """The names of other crates in each module: the module, the line and the whole path."""
    for module in crate.walk():
        for each in (*module.uses, *module.mentions()):
            target = resolve(module, each.path)
            if target and target.outside:
                yield module, each.line, target.outside


def resolve(module, path, seen=frozenset()):
    """The target of a path in a module's code. `seen` are the names that led here, for two uses may
    bind each other.
    """
    if path[0] == "crate":
        return _descend(module.root, path[1:], seen)
    if path[0] in ("self", "super"):
        here, rest = module, path
        while rest and rest[0] in ("self", "super"):
            here, rest = (here.parent or here) if rest[0] == "super" else here, rest[1:]
        return _descend(here, rest, seen)
    known = path[0] in module.children or path[0] in module.defined or module.bound(path[0])
    return _descend(module, path, seen) if known else Target(None, None, path)


def _descend(module, path, seen):
    for place, name in enumerate(path):
        last = place == len(path) - 1
        if name in module.children and not (
            last and (name in module.defined or module.bound(name))
        ):
            module = module.children[name]
            continue
        if name in module.defined and last:
            return Target(module, name)
        target = _through_uses(module, name, seen)
        if target is None:
            return Target(module, name)
        if target.outside:
            return Target(None, None, (*target.outside, *path[place + 1 :]))
        if target.name is not None or last:
            return target
        module = target.module
    return Target(module, None)


def _through_uses(module, name, seen):
    """The target that the uses of a module bind a name to; nothing where it is its own."""
    key = (module, name)
    if key in seen:
        return None
    for use in module.bound(name):
        return resolve(module, use.path, seen | {key})
    for use in module.bound("*"):
        target = resolve(module, use.path, seen | {key})
        here = target.module if target and target.name is None else None
        if here and (name in here.children or name in here.defined or here.bound(name)):
            return _descend(here, (name,), seen | {key})
    return None


def _targets(module, use):
    """The modules that a use needs: for a star, each that defines something of what it brings."""
    target = resolve(module, use.path)
    if not target or not target.module:
        return []
    if use.name != "*" or target.name is not None:
        return [target]
    brought = [resolve(target.module, each.path) for each in target.module.uses if each.public]
    own = [target] if target.module.defined else []
    return [*own, *(each for each in brought if each and each.module)]


def _note(found, each):
    if each.source == each.target:
        return
    key = (each.source, each.target)
    known = found.get(key)
    # An import by need counts more than one that passes on.
    if known is None or (each.passes_on, each.line) < (known.passes_on, known.line):
        found[key] = each
