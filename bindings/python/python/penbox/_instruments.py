"""Hooks that all clients get beside their own: those of `penbox.otel`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, TypeVar

    from penbox._native import Client as NativeClient

    _N = TypeVar("_N", bound=NativeClient)

_used: Callable[[], Any] | None = None
"""Makes what has the hooks of one client, and `serve` for the address of its API."""


def use(instrument: Callable[[], Any] | None) -> None:
    """Takes an instrument for each client that is made from now on, instead of the last one."""
    global _used
    _used = instrument


def instrumented(make: type[_N], settings: dict[str, object], hooks: dict[str, object]) -> _N:
    """Makes a client with its own hooks and those that all get."""
    if _used is None:
        return make(settings, hooks)
    added = _used()
    both = {name: _both(name, own, getattr(added, name, None)) for name, own in hooks.items()}
    native = make(settings, both)
    added.serve(native.base_url)
    return native


def _both(name: str, own: Any, added: Any) -> Any:
    if added is None or (own is not None and not callable(own)):
        return own
    if own is None:
        return added

    def after(event: Any) -> Any:
        # A request that the program's own hook refuses is never begun.
        said = own(event)
        if hasattr(said, "__await__"):
            return _Then(said, added, event)
        return added(event)

    def before(event: Any) -> Any:
        added(event)
        return own(event)

    return after if name == "on_request" else before


class _Then:
    """The answer of a hook that is to be awaited, and then the added hook."""

    __slots__ = ("_added", "_event", "_said")

    def __init__(self, said: Any, added: Callable[[Any], object], event: Any) -> None:
        self._said = said
        self._added = added
        self._event = event

    def __await__(self) -> Generator[Any, None, None]:
        yield from self._said.__await__()
        self._added(self._event)

    def close(self) -> None:
        """Gives up what nobody will await."""
        self._said.close()
