"""Results with the HTTP side of their answers.

Their types are in the stub beside this file: `typing`, which a generic class needs, is slow to
import.
"""

from __future__ import annotations

from penbox._headers import Headers


class WithResponse:
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

    def __init__(
        self,
        data,
        *,
        status=200,
        headers=None,
        request_id=None,
        attempts=1,
        elapsed=0.0,
        age=None,
    ):
        self.data = data
        self.status = status
        self.headers = Headers() if headers is None else headers
        self.request_id = request_id
        self.attempts = attempts
        self.elapsed = elapsed
        self.from_cache = age is not None
        self.age = age

    def __class_getitem__(cls, key):
        return cls

    def __repr__(self):
        return f"<penbox.WithResponse {self.status} of {self.data!r}>"


class PagesWithResponse:
    """The pages of a list, each with the HTTP side of its answer. An error does not end them."""

    __slots__ = ("_pager", "_pages")

    def __init__(self, pager):
        self._pager = pager
        self._pages = pager.pages()

    def __class_getitem__(cls, key):
        return cls

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._pages)

    def page(self, number):
        return self._pager.page(number)


def with_response(data, info):
    """Joins a result and its HTTP side, for the native module."""
    age = info["age_ms"]
    return WithResponse(
        data,
        status=info["status"],
        headers=Headers((name, value) for name, value in info["headers"]),
        request_id=info["request_id"],
        attempts=info["attempts"],
        elapsed=info["elapsed_ms"] / 1000,
        age=None if age is None else age / 1000,
    )


def answered(method):
    """A method of a recording client, under its true type."""
    return method


def paged(method):
    """A list of a recording client, as pages."""

    def pages(*args, **kwargs):
        return PagesWithResponse(method(*args, **kwargs))

    pages.__doc__ = method.__doc__
    pages.__wrapped__ = method
    return pages
