"""Proofs that need no run: what must stand in a file, what must stand nowhere, the least version of a package."""

import tomllib

from .places import ROOT, read

SHIPPED = ("core/src", "ffi/src", "bindings/python/src", "bindings/node/src", "core/Cargo.toml")


def text(file, words):
    return None if words and words in read(file) else f"it does not stand in {file}"


def absent(words):
    hits = [str(path.relative_to(ROOT)) for path in _shipped() if words in path.read_text(encoding="utf-8")]
    return f"it stands in {', '.join(hits)}" if hits or not words else None


def least(package, wanted):
    packages = tomllib.loads(read("Cargo.lock"))["package"]
    found = [_version(each["version"]) for each in packages if each["name"] == package]
    return None if found and min(found) >= _version(wanted) else f"the versions in Cargo.lock are {found}"


def _shipped():
    for name in SHIPPED:
        path = ROOT / name
        yield from [path] if path.is_file() else path.rglob("*.rs")


def _version(words):
    return tuple(int(part) for part in words.split("."))
