from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, Self, TypeVar

from penbox._headers import Headers
from penbox._native import Page, Pager

_T = TypeVar("_T")
_P = ParamSpec("_P")

class WithResponse(Generic[_T]):
    """A result with the HTTP side of the answer that it is from: see `Client.with_response`."""

    __slots__ = (
        "age",
        "attempts",
        "data",
        "elapsed",
        "from_cache",
        "headers",
        "request_id",
        "status",
    )

    data: _T
    """The result of the call."""
    status: int
    """The HTTP status."""
    headers: Headers
    """The answer's headers, with the client's token blanked."""
    request_id: str | None
    """The id that the server gave the request in `x-request-id`, if it did (inferred: no such
    header is documented).
    """
    attempts: int
    """The number of requests that were sent or tried; 0 for an answer of the cache."""
    elapsed: float
    """The seconds from the call to the last byte, its waits and repeats included."""
    from_cache: bool
    """True for an answer that the client had in its cache, or that another call was getting."""
    age: float | None
    """The seconds since the server sent an answer of the cache; None for any other."""

    def __init__(
        self,
        data: _T,
        *,
        status: int = 200,
        headers: Headers | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        elapsed: float = 0.0,
        age: float | None = None,
    ) -> None: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

class PagesWithResponse(Generic[_T]):
    """The pages of a list, each with the HTTP side of its answer. An error does not end them."""

    __slots__ = ("_pager", "_pages")

    def __init__(self, pager: Pager[_T]) -> None: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> WithResponse[Page[_T]]: ...
    def page(self, number: int) -> WithResponse[Page[_T]]:
        """Returns one page by its number, from 1, with all its items. It may be repeated.

        Raises:
            InvalidArgumentError: The number is not a whole number from 1.
            APIError: The call failed; `kind` and `outcome` say how.
        """

def with_response(data: _T, info: Mapping[str, Any]) -> WithResponse[_T]: ...
def answered(method: Callable[_P, _T]) -> Callable[_P, WithResponse[_T]]: ...
def paged(method: Callable[_P, Pager[_T]]) -> Callable[_P, PagesWithResponse[_T]]: ...
