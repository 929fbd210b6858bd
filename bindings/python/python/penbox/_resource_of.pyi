from typing import TypeVar

_R = TypeVar("_R")

def resource_of(cls: type[_R]) -> _R:
    """A class's attribute that is a resource of each of its clients."""
