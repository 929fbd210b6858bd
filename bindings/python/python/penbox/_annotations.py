"""Annotations that `typing.get_type_hints` can evaluate, although their names are not imported.

`typing` is slow to import, so that the modules import it for type checkers only. Whoever reads
annotations at run time has paid for it already: the names are put into the module then.
"""

from __future__ import annotations

import builtins
import sys
from _collections_abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    _Dict = dict[str, Any]
else:
    _Dict = dict

_SOURCES = (
    "penbox",
    "penbox._native",
    "penbox.params",
    "penbox._with_response",
    "penbox._usage",
    "penbox._check",
    "penbox._streams",
    "collections.abc",
    "typing",
    "types",
    "os",
    "pathlib",
    "penbox._async_with_response",
)
"""The modules that the names of annotations are from."""

_ALIASES = {"NativeClient": "Client"}
"""Names under which the modules import those of the native module."""

_Function: Any = type(lambda: None)


def evaluable(names: dict[str, Any]) -> None:
    """Makes the annotations of a module's classes and functions such as can be evaluated.

    Those of operations are from the beginning, see `penbox._checked`.
    """
    model = names.get("Model", _Function)
    seen: set[type] = set()
    for value in list(names.values()):
        if isinstance(value, _Function):
            _mend(value, value.__globals__)
        elif isinstance(value, type):
            if "__annotations__" in value.__dict__:
                _mend(value, sys.modules[value.__module__].__dict__)
            if not issubclass(value, model):
                _methods(value, seen)


def _methods(owner: type, seen: set[type]) -> None:
    for base in owner.__mro__:
        if base not in seen and base.__module__.startswith("penbox"):
            seen.add(base)
            if "__annotations__" in base.__dict__:
                _mend(base, sys.modules[base.__module__].__dict__)
            for member in base.__dict__.values():
                function = getattr(member, "fget", member)
                if isinstance(function, _Function):
                    _mend(function, function.__globals__)


def _mend(owner: Any, module: dict[str, Any]) -> None:
    annotations = owner.__annotations__
    if annotations and type(annotations) is dict:
        owner.__annotations__ = Annotations(annotations, module)


class Annotations(_Dict):
    """Annotations that fetch the names they need when they are first walked."""

    __slots__ = ("_module",)

    def __init__(self, annotations: dict[str, Any], module: dict[str, Any]) -> None:
        super().__init__(annotations)
        self._module = module

    # A copy of a dict's subclass goes by `keys` where `__iter__` is its own.
    def __iter__(self) -> Iterator[str]:
        self._fetch()
        return iter(list(super().keys()))

    def keys(self) -> Any:
        self._fetch()
        return super().keys()

    def items(self) -> Any:
        self._fetch()
        return super().items()

    def _fetch(self) -> None:
        """Puts the names that the module has not into it."""
        for text in super().values():
            if not isinstance(text, str):
                continue
            for name in compile(text, "<annotation>", "eval").co_names:
                if name not in self._module and not hasattr(builtins, name):
                    _put(name, self._module)


def _put(name: str, module: dict[str, Any]) -> None:
    import importlib

    if name == "builtins":
        module[name] = builtins
        return
    if name in _ALIASES:
        module[name] = getattr(importlib.import_module("penbox._native"), _ALIASES[name])
        return
    for source in _SOURCES:
        found = getattr(importlib.import_module(source), name, _put)
        if found is not _put:
            module[name] = found
            return
