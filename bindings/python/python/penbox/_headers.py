"""The headers of an answer."""

from __future__ import annotations

# What collections.abc stands for: it is loaded in every process, collections would be for us alone.
from _collections_abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Headers(Mapping[str, str]):
    """The headers of an answer: a read-only mapping that finds a name whatever its case.

    Of a repeated header it gives the first value, and `get_all` gives every one.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple((name.lower(), value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        for value in self.get_all(name):
            return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs})

    def get_all(self, name: str) -> list[str]:
        """Every value of a header, such as `Set-Cookie`, in the order of the answer."""
        lower = str(name).lower()
        return [value for other, value in self._pairs if other == lower]

    def pairs(self) -> list[tuple[str, str]]:
        """Every header as the server sent it: its name in lower case, and its value."""
        return list(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._pairs == other._pairs
        return Mapping.__eq__(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[Headers], tuple[tuple[tuple[str, str], ...]]]:
        return type(self), (self._pairs,)

    def __repr__(self) -> str:
        # The names alone: a value may be a cookie, and reprs end up in logs.
        return f"<penbox.Headers {', '.join(name for name, _ in self._pairs)}>"

    # Tools that walk mappings, such as error trackers, show these instead.
    def __sentry_repr__(self) -> str:
        return repr(self)

    def __rich_repr__(self) -> Iterator[str]:
        yield from (name for name, _ in self._pairs)
