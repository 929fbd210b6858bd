"""Objects of the standard library, and of numpy, that have one reading as JSON.

It is loaded when a parameter holds an object that is neither text nor a number nor a container. An
object is of a class only if somebody has loaded the class, so no module is loaded for the question.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def plain(value: Any) -> tuple[Any, str, str] | None:
    """The value in plain Python, or the problem and the remedy; None for a value of another class.

    A member of an enumeration is its value, a dataclass a dict of its fields.
    """
    if _is(value, "enum", "Enum"):
        return value.value, "", ""
    if _is(value, "uuid", "UUID"):
        return str(value), "", ""
    if _is(value, "datetime", "datetime"):
        return _moment(value)
    if _is(value, "datetime", "date"):
        return value.isoformat(), "", ""
    if _is(value, "datetime", "time"):
        return (
            None,
            "is a time of day, and not a moment",
            "Give a datetime with its time zone, or text.",
        )
    if _is(value, "datetime", "timedelta"):
        return (
            None,
            "is a timedelta, whose unit the API does not say",
            "Give a number of the unit that is meant: value.total_seconds().",
        )
    if _is(value, "decimal", "Decimal"):
        return _decimal(value)
    if _is(value, "numpy", "generic"):
        return value.item(), "", ""
    if _is(value, "numpy", "ndarray"):
        return None, "is an array of numpy, which has no JSON form", "Give a list: value.tolist()."
    dataclasses = sys.modules.get("dataclasses")
    if dataclasses and dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: getattr(value, name) for name in names}, "", ""
    return None


def _is(value: object, module: str, name: str) -> bool:
    """Tells whether a value is of a class of a module, which is not loaded for the question."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def _moment(value: Any) -> tuple[Any, str, str]:
    """ISO 8601 with the offset. Without a time zone a datetime is any of some forty moments."""
    # pandas has a datetime that is none, too, and which fails when it is asked.
    if value.tzinfo is None:
        remedy = "Give it a time zone: value.astimezone() if it is this machine's time."
        return None, "is a datetime without a time zone, so it is no moment", remedy
    return value.isoformat(), "", ""


def _decimal(value: Any) -> tuple[Any, str, str]:
    """A number, if JSON's numbers hold it as it is."""
    remedy = "Give it as text, str(value), or rounded, float(value)."
    if not value.is_finite():
        return None, f"is {value}, which has no JSON form", "Leave it out, or give a number."
    if value == value.to_integral_value() and abs(value) < 2**63:
        return int(value), "", ""
    if type(value)(repr(float(value))) == value:
        return float(value), "", ""
    return None, "is a Decimal of more digits than a JSON number keeps", remedy
