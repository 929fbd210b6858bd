"""The prototypes of penbox.h."""

import re
from dataclasses import dataclass

from . import build


@dataclass(frozen=True)
class Parameter:
    type: str
    name: str

    @property
    def is_pointer(self) -> bool:
        return self.type.endswith("*")


@dataclass(frozen=True)
class Function:
    result: str
    name: str
    parameters: tuple[Parameter, ...]

    @property
    def can_fail(self) -> bool:
        """Whether its status is its own, not one that an error holds."""
        is_own = not self.name.startswith("penbox_error_") or any(each.name == "err" for each in self.parameters)
        return self.result == "penbox_status" and is_own


def functions() -> list[Function]:
    """Every function that the header declares."""
    text = (build.INCLUDE / "penbox.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    found = re.findall(r"([a-z][\w ]*[\w*][\s*]*?)\b(penbox_\w+)\(([^()]*)\);", text)
    return [Function(_tidy(result), name, _parameters(listed)) for result, name, listed in found]


def _parameters(listed: str) -> tuple[Parameter, ...]:
    if listed.strip() == "void":
        return ()
    pairs = (re.fullmatch(r"(.*[\s*])(\w+)", each.strip(), re.S) for each in listed.split(","))
    return tuple(Parameter(_tidy(type), name) for type, name in (pair.groups() for pair in pairs))


def _tidy(type: str) -> str:
    return re.sub(r"\s*\*", " *", " ".join(type.split())).replace("* *", "**")
