"""Refuses a subinterpreter before anything native is loaded there."""

from __future__ import annotations

# CPython's private module of subinterpreters, by its name since 3.13 and before. No public module
# tells which interpreter this is.
try:
    import _interpreters as _known  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    try:
        import _xxsubinterpreters as _known  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        _known = None


def _is_main() -> bool:
    """True if this is the main interpreter, or if this Python has no others."""
    if _known is None:
        return True
    ids = [_known.get_current(), _known.get_main()]
    # Since 3.13 each is a pair of the id and the interpreter's origin.
    current, main = (each[0] if isinstance(each, tuple) else each for each in ids)
    return bool(current == main)


if not _is_main():
    # The classes and locks of the native module belong to the process. If two interpreters shared
    # them, the process would never end.
    raise ImportError(
        "penbox cannot be used in a subinterpreter: import it in the main interpreter, and use "
        "threads or processes. Under mod_wsgi set WSGIApplicationGroup %{GLOBAL}."
    )
