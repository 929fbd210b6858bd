"""The documentation of the results' fields, for `help()`.

It stands below each field in the source, where Python throws it away. Here it is read from there,
since to keep it in memory would cost every start of a program what few ever ask for.
"""

from __future__ import annotations

import ast
import inspect
import sys

from penbox._native import Field, Model

_docs: dict[str, dict[str, str]] = {}


def doc(field: Field[object]) -> str | None:
    """The text below a field of a class of results; None for a field of no class."""
    for cls in Model.__subclasses__():
        for name, value in vars(cls).items():
            if value is field:
                return _of(cls).get(name)
    return None


def _of(cls: type[Model]) -> dict[str, str]:
    """The texts of a class's fields, by their attributes."""
    if cls.__module__ not in _docs:
        try:
            source = inspect.getsource(sys.modules[cls.__module__])
        except (OSError, KeyError):
            # A program that was packed without its sources has no documentation, either.
            return {}
        found = _docs[cls.__module__] = {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                found.update(_below(node))
    prefix = f"{cls.__name__}."
    texts = _docs[cls.__module__].items()
    return {name.removeprefix(prefix): text for name, text in texts if name.startswith(prefix)}


def _below(cls: ast.ClassDef) -> dict[str, str]:
    """The texts that stand below the fields of a class, by `Class.field`."""
    found = {}
    for field, below in zip(cls.body, cls.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[f"{cls.name}.{field.target.id}"] = inspect.cleandoc(text)
    return found
