"""Arguments that do not fit a signature raise the SDK's own errors instead of a TypeError."""

from __future__ import annotations

from penbox._annotations import Annotations
from penbox.errors import ConfigError, InvalidArgumentError, PenboxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    _F = TypeVar("_F", bound=Callable[..., Any])

_COPIED = ("__module__", "__name__", "__qualname__", "__doc__")


def operation(method: _F) -> _F:
    """Makes a method raise InvalidArgumentError for unknown and missing arguments."""
    return _checked(method, "parameter", InvalidArgumentError)


def coroutine(method: _F) -> _F:
    """The same for a coroutine function, which raises once it is awaited."""
    checked = operation(method)

    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return await checked(*args, **kwargs)
        except InvalidArgumentError as refusal:
            _place(refusal, method)
            raise
        finally:
            args, kwargs = (), {}

    return _named(call, method)


def constructor(method: _F) -> _F:
    """Makes a constructor raise ConfigError for unknown settings."""
    return _checked(method, "setting", ConfigError)


def _checked(method: _F, what: str, error: Callable[..., PenboxError]) -> _F:
    def call(*args: Any, **kwargs: Any) -> Any:
        # A tool that shows a traceback's variables must not find the token in them, so they are
        # emptied on every way out.
        try:
            return method(*args, **kwargs)
        except TypeError as fault:
            # A traceback without a frame of the method's own means that the call never began: the
            # arguments did not fit. Any other TypeError is the caller's own, and stays as it is.
            began = fault.__traceback__ and fault.__traceback__.tb_next
            if began:
                args, kwargs = (), {}
                raise
            message, hint = _refusal(method, args, kwargs, what, str(fault))
        except InvalidArgumentError as refusal:
            args, kwargs = (), {}
            _place(refusal, method)
            raise
        except BaseException:
            args, kwargs = (), {}
            raise
        args, kwargs = (), {}
        refused = error(message, hint=hint)
        _place(refused, method)
        raise refused

    return _named(call, method)


def _named(call: Any, method: _F) -> _F:
    """A function under the name and with the documentation of the one that it calls."""
    for name in _COPIED:
        setattr(call, name, getattr(method, name))
    call.__annotations__ = Annotations(method.__annotations__, method.__globals__)
    call.__wrapped__ = method
    return call  # type: ignore[no-any-return]


def _place(refusal: PenboxError, method: Any) -> None:
    """Adds the operation's name to an error without one: `forms.list` for `Forms.list`."""
    package, _, resource = method.__module__.rpartition(".")
    if refusal.operation is None and package in ("penbox.resources", "penbox.async_resources"):
        refusal._of(f"{resource}.{method.__name__}")


def _refusal(
    method: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], what: str, fault: str
) -> tuple[str, str | None]:
    """The message and the hint for arguments that do not fit."""
    code = method.__code__
    names: tuple[str, ...] = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    positional = names[: code.co_argcount - 1]
    hint = f"The {what}s here are: {', '.join(names)}."
    for name in kwargs:
        if name not in names:
            # Imported here: only a mistake needs it, and every start of a program would pay for it.
            import difflib

            near = difflib.get_close_matches(name, names, 1)
            meant = f"Did you mean {near[0]}? " if near else ""
            # A token that was given as a name is not shown.
            shown = "pnbx_***" if "pnbx_" in name.lower() else repr(name[:80])
            return f"there is no {what} {shown}", meant + hint
    if len(args) - 1 > len(positional):
        only = f"only {', '.join(positional)}" if positional else "none"
        return f"the {what}s are given by name ({only} by position)", hint
    given = {*positional[: len(args) - 1], *kwargs}
    defaults = len(method.__defaults__ or ())
    optional = {*positional[len(positional) - defaults :], *(method.__kwdefaults__ or ())}
    for name in names:
        if name not in given and name not in optional:
            return f"the {what} {name} is required", hint
    return fault, hint
