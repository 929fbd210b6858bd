"""`typing.get_type_hints` of every public name, as frameworks that read annotations call it."""

from __future__ import annotations

import inspect
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import penbox

# An alias and a value have no annotations.
PUBLIC = sorted(set(penbox.__all__) - {"NOT_GIVEN", "SortOrder", "__version__"})


def functions(owner: type) -> Iterator[Any]:
    """The public functions of a class, with those of its properties."""
    for base in owner.__mro__:
        if base.__module__.startswith("penbox"):
            for name, member in vars(base).items():
                function = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if isinstance(function, types.FunctionType) and not name.startswith("_"):
                    yield function


@pytest.mark.parametrize("name", PUBLIC)
def test_hints_of_a_public_name_can_be_evaluated(name: str) -> None:
    value = getattr(penbox, name)
    typing.get_type_hints(value)
    if isinstance(value, type):
        for function in functions(value):
            typing.get_type_hints(function)


def test_hints_of_each_operation_can_be_evaluated() -> None:
    seen = 0
    for _, resource in inspect.getmembers(penbox.Client, lambda it: hasattr(it, "_native")):
        for function in functions(type(resource)):
            hints = typing.get_type_hints(function)
            assert "return" in hints, function.__qualname__
            seen += 1
    assert seen > 25


def test_hints_are_the_types_that_they_name() -> None:
    hints = typing.get_type_hints(penbox.Client.forms.list)
    assert hints["return"] == penbox.Pager[penbox.Form]
    assert typing.get_args(hints["page"]) == (penbox.PageQuery, penbox.NotGiven)
    hints = typing.get_type_hints(penbox.Form)
    assert hints["user"] == penbox._native.Field[penbox.FormUser | None]
    # The signature, which is read far more often, is that of the method as it was.
    signature = inspect.signature(penbox.Client.forms.get)
    assert list(signature.parameters)[:2] == ["id", "timeout"]


def test_import_alone_does_not_load_what_hints_need() -> None:
    # Without `site`, which may load anything.
    code = "import sys; sys.path.append(sys.argv[1]); import penbox;print('typing' in sys.modules)"
    where = str(Path(penbox.__file__).parents[1])
    command = [sys.executable, "-S", "-c", code, where]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
