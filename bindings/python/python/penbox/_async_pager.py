"""Lists on an event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

from penbox._async_call import finish
from penbox._native import Call, List, Page
from penbox._response import WithResponse
from penbox.errors import CancelledError, InvalidArgumentError
from penbox.models import PageMeta

_T = TypeVar("_T")
_P = ParamSpec("_P")

_END = object()
"""Stands for a page behind the last one."""
_PASSED = object()
"""Stands for a page that an iteration has left behind."""


class _Walk:
    """An iteration over the pages of a list, which several tasks may share.

    A page that is fetched is not lost where the task that wanted it is cancelled.
    """

    def __init__(self, source: List, first: int | None = None) -> None:
        self.source = source
        self.first = first or 1
        self.count = 0
        """The number of pages fetched so far."""
        self.is_over = False
        """True once the last page was fetched."""
        self._native = source.walk(first)
        self._call: Call | None = None
        self._last: Any = None

    def prefetch(self) -> None:
        self._native.prefetch()

    async def at(self, place: int) -> Any:
        """The page of this place, from 0, with or without its HTTP side.

        The last one that was fetched and the next can be had.
        """
        while place >= self.count:
            if self.is_over:
                return _END
            await self._fetch(self.count)
        return self._last if place == self.count - 1 else _PASSED

    async def _fetch(self, place: int) -> None:
        call = self._call
        if call is None or not call.is_here:
            call = self._call = self._native.next()
        try:
            got = await finish(call)
        except CancelledError:
            self._leave(call)
            # If not, another task was cancelled while it waited for the same page.
            if not call.cancelled:
                raise
            return
        except Exception:
            self._leave(call)
            raise
        finally:
            # An error's traceback would hold it, and it the error.
            left, call = call, None
        self._leave(left)
        if self.count == place and not self.is_over:
            page, self.is_over = (None, True) if got is None else got
            if page is not None:
                self._last = page
                self.count += 1

    def _leave(self, call: Call | None) -> None:
        if self._call is call:
            self._call = None


class AsyncPage(Generic[_T]):
    """One page of a list, and the way to the pages behind it.

    It is iterable over its items and has a length. `async for form in page` goes on behind them,
    through all items of the list from this page on.
    """

    __slots__ = ("_place", "_walk", "data", "meta", "total_count")

    data: list[_T]
    """The items."""
    meta: PageMeta | None
    """The page's position in its list, if the server sent it."""
    total_count: int | None
    """The number of items that match on all pages, if the server sent it."""

    def __init__(self, page: Page[_T] | None, walk: _Walk, place: int) -> None:
        self.data = [] if page is None else page.data
        self.meta = None if page is None else page.meta
        self.total_count = None if page is None else page.total_count
        self._walk = walk
        self._place = place

    @property
    def has_next_page(self) -> bool:
        """True if a page may follow. It sends nothing."""
        return not (self._walk.is_over and self._walk.count <= self._place + 1)

    async def next_page(self) -> AsyncPage[_T]:
        """Fetches the next page, without the items of earlier ones. It may be repeated.

        It has no items where the server does not say how many pages there are, and this was the
        last one.

        Raises:
            InvalidArgumentError: No page follows: see `has_next_page`.
            APIError: The call failed; `kind` and `outcome` say how.
        """
        if not self.has_next_page:
            raise InvalidArgumentError("there is no next page", hint="Ask has_next_page first.")
        walk, place = self._walk, self._place + 1
        page = await walk.at(place)
        if page is _PASSED:
            # The iteration has gone on to later pages, so this one is fetched anew.
            walk, place = _Walk(walk.source, walk.first + place), 0
            page = await walk.at(place)
        return AsyncPage(None if page is _END else _plain(page), walk, place)

    async def __aiter__(self) -> AsyncIterator[_T]:
        page = self
        while True:
            for item in page.data:
                yield item
            if not page.has_next_page:
                return
            page = await page.next_page()

    def __iter__(self) -> Iterator[_T]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, place: int, /) -> _T: ...
    @overload
    def __getitem__(self, place: slice, /) -> list[_T]: ...
    def __getitem__(self, place: int | slice, /) -> _T | list[_T]:
        return self.data[place]

    def __repr__(self) -> str:
        of = "" if self.total_count is None else f" of {self.total_count}"
        return f"<penbox.AsyncPage with {len(self.data)}{of}>"


def _plain(page: Any) -> Any:
    """A page without the HTTP side that the native module may have joined it with."""
    return page.data if type(page) is WithResponse else page


def _shown(page: Any, walk: _Walk, place: int) -> Any:
    """A page for the caller, with its HTTP side where it has one."""
    if type(page) is not WithResponse:
        return AsyncPage(page, walk, place)
    if type(page.data) is not AsyncPage:
        page.data = AsyncPage(page.data, walk, place)
    return page


class AsyncPages(Generic[_T]):
    """The pages of a list, fetched while they are iterated. An error does not end them."""

    __slots__ = ("_pager",)

    def __init__(self, pager: AsyncPager[_T]) -> None:
        self._pager = pager

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AsyncPage[_T]:
        page: AsyncPage[_T] = await self._pager._next_page()
        return page


class AsyncPager(Generic[_T]):
    """A list that is fetched page by page while it is iterated, without duplicates.

    `async for form in client.forms.list()` goes through all items, and nothing is sent before.
    Awaited, it is its first page: `page = await client.forms.list()`, a request of its own that is
    made once.

    It is an iterator: it goes through the list once, and yields each item once that matches from
    the first page on until the item's own page is read, whatever this client writes meanwhile. A
    loop that updates each form so that it leaves the list meets every form. Pages are read again
    where that is needed. Changes by other programs that leave the number of items the same cannot
    be noticed, nor can an item that an update moves to a page that was read already, as with
    `sort="-updated_at"`.

    After an error it keeps its position: the next step fetches the same page again if the error is
    `retryable`, and raises the same error if it is not. Several tasks may take items from it.
    """

    __slots__ = ("_first", "_first_page", "_place", "_ready", "_source", "_total", "_walk")

    def __init__(self, source: List) -> None:
        self._source = source
        self._walk = _Walk(source)
        self._place = 0
        self._ready: deque[_T] = deque()
        self._total: int | None = None
        self._first: _Walk | None = None
        self._first_page: AsyncPage[_T] | None = None

    def __await__(self) -> Generator[Any, None, AsyncPage[_T]]:
        return self._awaited().__await__()

    async def _awaited(self) -> AsyncPage[_T]:
        if self._first_page is None:
            walk = self._first = self._first or _Walk(self._source)
            page = await walk.at(0)
            if self._first_page is None:
                self._first_page = AsyncPage(None if page is _END else _plain(page), walk, 0)
        return self._first_page

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T:
        while not self._ready:
            place = self._place
            page = await self._walk.at(place)
            if page is _END:
                raise StopAsyncIteration
            # Another task may have taken it meanwhile.
            if self._place == place:
                self._take(page)
        return self._ready.popleft()

    def _take(self, page: Any) -> None:
        self._place += 1
        page = _plain(page)
        if self._place == 1:
            self._total = page.total_count
        self._ready.extend(page.data)

    async def _next_page(self) -> Any:
        """The items that are left of a page, or the next page."""
        if self._ready:
            left: AsyncPage[_T] = AsyncPage(None, self._walk, self._place - 1)
            left.data.extend(self._ready)
            self._ready.clear()
            return left
        while True:
            place = self._place
            page = await self._walk.at(place)
            if page is _END:
                raise StopAsyncIteration
            if self._place == place:
                self._place += 1
                if place == 0:
                    self._total = _plain(page).total_count
                return _shown(page, self._walk, place)

    def prefetch(self) -> Self:
        """Fetches a page while the one before it is read.

        It saves time if reading a page takes long, and costs an unneeded request if the iteration
        ends early. Returns this pager.
        """
        self._walk.prefetch()
        return self

    async def collect(self, limit: int | None = None) -> list[_T]:
        """Returns the next items: at most `limit` of them, or all that are left.

        No page beyond them is fetched, and the iteration goes on after them.

        Raises:
            InvalidArgumentError: The limit is not a whole number from 0.
            APIError: A call failed. No item is lost: the next step returns those fetched before it.
        """
        if limit is not None and (type(limit) is not int or limit < 0):
            raise InvalidArgumentError("the limit of a list must be a whole number from 0")
        items: list[_T] = []
        try:
            while limit is None or len(items) < limit:
                items.append(await anext(self))
        except StopAsyncIteration:
            pass
        except BaseException:
            self._ready.extendleft(reversed(items))
            raise
        return items

    async def page(self, number: int) -> AsyncPage[_T]:
        """Returns one page by its number, from 1, with all its items. It may be repeated.

        The iteration keeps its position.

        Raises:
            InvalidArgumentError: The number is not a whole number from 1.
            APIError: The call failed; `kind` and `outcome` say how.
        """
        page: AsyncPage[_T] = _plain(await self._page(number))
        return page

    async def _page(self, number: int) -> Any:
        page, _ = await finish(self._source.page(number))
        # The pages behind it are those of an iteration that begins there.
        walk = _Walk(self._source, number + 1)
        meta = _plain(page).meta
        if meta is not None and (meta.total_pages or number + 1) <= number:
            walk.is_over = True
        return _shown(page, walk, -1)

    def pages(self) -> AsyncPages[_T]:
        """The pages that were not returned yet, each without the items of earlier ones."""
        return AsyncPages(self)

    async def total_count(self) -> int | None:
        """The number of items that match on all pages; None if the server does not send it.

        Fetches the first page if none was fetched yet.

        Raises:
            APIError: The call failed. It may be repeated if the error is `retryable`.
        """
        if self._place == 0:
            page = await self._walk.at(0)
            if page is not _END and page is not _PASSED and self._place == 0:
                self._take(page)
        return self._total

    def __repr__(self) -> str:
        return f"<penbox.AsyncPager of {self._source.model.__name__}>"


class AsyncPagesWithResponse(Generic[_T]):
    """The pages of a list, each with the HTTP side of its answer. An error does not end them."""

    __slots__ = ("_pager",)

    def __init__(self, pager: AsyncPager[_T]) -> None:
        self._pager = pager

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WithResponse[AsyncPage[_T]]:
        page: WithResponse[AsyncPage[_T]] = await self._pager._next_page()
        return page

    async def page(self, number: int) -> WithResponse[AsyncPage[_T]]:
        """Returns one page by its number, from 1, with all its items. It may be repeated.

        Raises:
            InvalidArgumentError: The number is not a whole number from 1.
            APIError: The call failed; `kind` and `outcome` say how.
        """
        page: WithResponse[AsyncPage[_T]] = await self._pager._page(number)
        return page


def paged(method: Callable[_P, AsyncPager[_T]]) -> Callable[_P, AsyncPagesWithResponse[_T]]:
    """A list of a recording client, as pages."""

    def pages(*args: _P.args, **kwargs: _P.kwargs) -> AsyncPagesWithResponse[_T]:
        return AsyncPagesWithResponse(method(*args, **kwargs))

    pages.__doc__ = method.__doc__
    pages.__wrapped__ = method  # type: ignore[attr-defined]
    return pages


def answered(
    method: Callable[_P, Coroutine[Any, Any, _T]],
) -> Callable[_P, Coroutine[Any, Any, WithResponse[_T]]]:
    """A method of a recording client, under its true type."""
    recorded: Any = method
    return recorded  # type: ignore[no-any-return]
