"""Results as JSON, by Python's own `json`."""

from __future__ import annotations

from penbox._native import Model, Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def to_json(value: object) -> Any:
    """Makes a result plain for `json.dumps(.., default=penbox.to_json)`, at any depth.

    A result becomes what `to_dict()` gives, contact data included, a page the list of its items.

    Example:
        json.dumps({"open": form}, default=penbox.to_json)

    Raises:
        TypeError: The value is neither, as `json.dumps` would say it without this.
    """
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, Page):
        return list(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
