from asyncio import Future
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from os import PathLike
from typing import Any, Final, Generic, Never, NoReturn, Self, TypeVar, final, overload

from typing_extensions import disjoint_base

from penbox._file import File
from penbox._streams import AsyncFileSource, AsyncFileTarget, FileSource, FileTarget, Progress
from penbox.models import PageMeta

__all__ = [
    "NOT_GIVEN",
    "VERSION",
    "AsyncClient",
    "Call",
    "CancelToken",
    "Client",
    "Event",
    "Field",
    "Handle",
    "List",
    "Model",
    "NotGiven",
    "Page",
    "Pager",
    "Pages",
    "Recording",
    "TokenQuestion",
    "Verifier",
    "Walk",
    "check_workspaces",
    "doctor",
    "process_stats",
    "record",
    "unknown_workspace",
]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_M = TypeVar("_M", bound=Model)

VERSION: Final[str]
NOT_GIVEN: Final[NotGiven]

def doctor(program: str, arguments: list[str]) -> tuple[int, str, str]:
    """Runs the command `doctor`.

    The exit code, and the texts for standard output and standard error.
    """

@final
class Recording:
    """A recording that was read, and the answers of it that are left."""

    def __new__(cls, path: str | PathLike[str]) -> Self: ...
    def client(self, settings: dict[str, object], given: dict[str, object]) -> Client:
        """A client that gets the answers."""

    def left(self) -> list[tuple[str, int]]:
        """The answers that were not given yet: what they answer, and their number."""

def record(
    path: str | PathLike[str], settings: dict[str, object], given: dict[str, object]
) -> Client:
    """A client that writes what it is answered to a file."""

@final
class NotGiven:
    """The type of `NOT_GIVEN`, the default of optional arguments.

    The member is left out, while `None` is sent as null.
    """

    def __bool__(self) -> bool: ...
    def __reduce__(self) -> str: ...

@final
class CancelToken:
    """A token that ends calls from another thread. Any number of calls may have the same one.

    A call that it ends raises `CancelledError`, whose `outcome` says what is known by then. Other
    calls of the client go on. A token stays cancelled: take a new one for the next calls.

    Example:
        token = penbox.CancelToken()
        threading.Timer(5, token.cancel).start()
        forms = client.forms.list(cancel=token).collect()
    """

    def __new__(cls) -> Self: ...
    def cancel(self) -> None:
        """Ends every call that has this token, and every later one that is given it.

        It never raises, and may be called from any thread and again.
        """

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""

@final
class Handle:
    """An answer of the server's, shared by all results that are views of it."""

@disjoint_base
class Model(Mapping[str, Any]):
    """Base of every result: a read-only view of what the server sent.

    Fields are attributes; one that is absent or null reads as None. A result is a mapping, too:
    `result["name"]`, `"name" in result`, `result.get("name")`, `dict(result)` and `**result` take
    the names on the wire, and also reach members that this version does not know. A method wins
    over a field of its name, which is then read by its item or with a `_` at its end
    (`signature.items_`).

    A result is always true, and equal to results of its own class with the same contents. It has no
    hash: use its id as a key. `repr` masks contact data; `to_dict()` shows everything.
    """

    def __new__(cls, handle: Handle, /) -> Self: ...
    @classmethod
    def from_json(cls, text: str) -> Self:
        """Makes a result of JSON text such as `to_json()` returns: for tests and storage.

        Raises:
            InvalidArgumentError: The text is not a JSON object.
        """

    def to_dict(self) -> dict[str, Any]:
        """Makes a new dict of plain Python objects.

        It has all that the server sent, under the names on the wire.
        """

    def to_json(self) -> str:
        """The server's own JSON text of the object."""

    def get(self, name: str, default: Any = None, /) -> Any:
        """The member of a name on the wire, or `default` where the server sent none.

        A null that was sent is None.
        """

    def keys(self) -> KeysView[str]:
        """A view of the names on the wire."""

    def values(self) -> ValuesView[Any]:
        """A view of the values, objects among them as results."""

    def items(self) -> ItemsView[str, Any]:
        """A view of the pairs of names on the wire and values."""

    def __getitem__(self, name: str, /) -> Any: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]: ...
    def __sentry_repr__(self) -> str: ...
    def __rich_repr__(self) -> Iterator[tuple[str, Any]]: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any, /) -> Any: ...
    @property
    def __pydantic_serializer__(self) -> Any: ...
    __hash__ = None  # type: ignore[assignment]

@final
class Field(Generic[_T_co]):
    """A read-only field of a result class. Absent and null both read as None."""

    key: Final[str]
    """The member's name on the wire."""
    model: Final[type[Model] | None]
    """The class of the object, or of each item of the list; None for plain Python."""
    hidden: Final[bool]
    """True if `repr` hides it: it identifies a person, opens their form, or may hold anything."""
    def __new__(
        cls, key: str, model: type[Model] | None = None, *, hidden: bool = False
    ) -> Field[_T_co]: ...
    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]
    @overload
    def __get__(self, instance: None, owner: Any = None, /) -> Self: ...
    @overload
    def __get__(self, instance: Model, owner: Any = None, /) -> _T_co: ...
    def __set__(self, instance: Model, value: Never, /) -> NoReturn: ...
    def __delete__(self, instance: Model, /) -> NoReturn: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Page(Generic[_T]):
    """One page of a list. It is iterable and has a length."""

    @property
    def data(self) -> list[_T]:
        """The items."""

    @property
    def meta(self) -> PageMeta | None:
        """The page's position in its list, if the server sent it."""

    @property
    def total_count(self) -> int | None:
        """The number of items that match on all pages, if the server sent it."""

    def __iter__(self) -> Iterator[_T]: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, place: int, /) -> _T: ...
    @overload
    def __getitem__(self, place: slice, /) -> list[_T]: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Pages(Generic[_T]):
    """The pages of a list, fetched while they are iterated. An error does not end them."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> Page[_T]: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Pager(Generic[_T]):
    """A list that is fetched page by page while it is iterated, without duplicates.

    It is an iterator: it goes through the list once, and yields each item once that matches from
    the first page on until the item's own page is read, whatever this client writes meanwhile. A
    loop that updates each form so that it leaves the list meets every form. Pages are read again
    where that is needed. Changes by other programs that leave the number of items the same cannot
    be noticed, nor can an item that an update moves to a page that was read already, as with
    `sort="-updated_at"`.

    After an error it keeps its position: the next step fetches the same page again if the error is
    `retryable`, and raises the same error if it is not.
    """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _T: ...
    def prefetch(self) -> Self:
        """Fetches a page while the one before it is read, in a thread of its own.

        It saves time if reading a page takes long, and costs an unneeded request if the iteration
        ends early. Returns this pager.
        """

    def collect(self, limit: int | None = None) -> list[_T]:
        """Returns the next items: at most `limit` of them, or all that are left.

        No page beyond them is fetched, and the iteration goes on after them.

        Raises:
            InvalidArgumentError: The limit is not a whole number from 0.
            APIError: A call failed. No item is lost: the next step returns those fetched before it.
        """

    def page(self, number: int) -> Page[_T]:
        """Returns one page by its number, from 1, with all its items. It may be repeated.

        The iteration keeps its position.

        Raises:
            InvalidArgumentError: The number is not a whole number from 1.
            APIError: The call failed; `kind` and `outcome` say how.
        """

    def pages(self) -> Pages[_T]:
        """The pages that were not returned yet, each without the items of earlier ones."""

    @property
    def total_count(self) -> int | None:
        """The number of items that match on all pages; None if the server does not send it.

        Fetches the first page if none was fetched yet.

        Raises:
            APIError: The call failed. It may be repeated if the error is `retryable`.
        """

    @classmethod
    def __class_getitem__(cls, key: Any) -> Any: ...

@disjoint_base
class Client:
    """The native client. It holds the token, so that no object of Python's does."""

    def __new__(cls, settings: dict[str, object], given: dict[str, object]) -> Self: ...
    def stats(self) -> dict[str, Any]: ...
    def with_options(
        self,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        max_attempts: int | None = None,
        retry_unsafe: bool | None = None,
        fresh: bool | None = None,
    ) -> Self: ...
    def with_response(self) -> Self: ...
    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Any: ...
    def clear_cache(self) -> None: ...
    def notify_form(self, form_id: str) -> int: ...
    def cache_stats(self) -> tuple[int, int, int, int]: ...
    def call(
        self,
        operation: str,
        model: type[Model] | None,
        params: dict[str, object],
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any: ...
    def pager(
        self,
        operation: str,
        model: type[_M],
        params: dict[str, object],
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Pager[_M]: ...
    def upload(
        self,
        operation: str,
        model: type[_M],
        source: FileSource,
        params: dict[str, object],
        on_progress: Progress | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> _M: ...
    def download(
        self,
        operation: str,
        params: dict[str, object],
        to: FileTarget | None,
        overwrite: bool,
        on_progress: Progress | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> File: ...
    def check(self, workspace: str | None = None) -> dict[str, Any]:
        """The members of the report of a check, and its `text`."""

    def close(self) -> None: ...
    @property
    def base_url(self) -> str: ...
    def set_token(self, token: str) -> None: ...
    @property
    def fingerprint(self) -> str | None: ...
    @property
    def source(self) -> str: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Verifier:
    """A verifier of the deliveries to one address."""

    def __new__(cls, url: str, settings: dict[str, object]) -> Self: ...
    def verify(self, headers: Any, body: bytes | bytearray | memoryview) -> None:
        """Verifies a delivery."""

    def unwrap(self, model: type[_M], headers: Any, body: bytes | bytearray | memoryview) -> _M:
        """Verifies a delivery, and reads its body as a result of a class."""

    def forget(self, headers: Any) -> None:
        """Forgets that a delivery was accepted."""

    def fetch_keys(self) -> None:
        """Fetches the issuer's keys, if they are not known."""

    def __reduce__(self) -> NoReturn: ...

def check_workspaces(workspaces: list[tuple[str, str | None]]) -> None: ...
def process_stats() -> list[dict[str, Any]]: ...
def unknown_workspace(slug: str, known: list[str]) -> Exception: ...

@final
class Event:
    """What the task of a call has to do, or the error that ended it."""

    @property
    def kind(self) -> str:
        """`failed`, `hook`, `progress`, `read`, `write` or `flush`."""

    @property
    def content(self) -> Any:
        """What the kind says: the error, the hook and its event, arguments, bytes."""

    def answer(self, value: Any = None) -> None:
        """Answers: with bytes, with headers, or with False to end the call."""

    def fail(self, error: BaseException) -> None:
        """Answers with what the caller's own code raised."""

@final
class Call:
    """A call in flight. It ends where this is dropped before."""

    operation: Final[str]
    """The id of the operation."""
    def wait(self) -> Future[Any]:
        """A future with the next event, or with the result."""

    def cancel(self) -> None:
        """Ends the call, unless it is over."""

    def forget(self) -> None:
        """Drops the result, which the task has."""

    @property
    def end(self) -> Any:
        """The result, or the event of the error; None while there is neither."""

    @property
    def cancelled(self) -> bool:
        """True if `cancel` ended the call."""

    @property
    def is_here(self) -> bool:
        """True if the call's loop is the one that runs here."""

@final
class TokenQuestion:
    """A client's question for the token. Its drop says that there is none."""

    def give(self, token: object) -> None:
        """Answers with what the callable gave."""

    def fail(self, error: BaseException) -> None:
        """Answers with what the callable raised."""

@final
class List:
    """A list of an asynchronous client, whose parameters were validated."""

    def walk(self, first: int | None = None) -> Walk:
        """A new iteration over the pages, from the first or from this one on."""

    def page(self, number: int) -> Call:
        """Begins to fetch one page by its number, from 1, with all its items."""

    @property
    def model(self) -> type[Model]:
        """The class of the items."""

@final
class Walk:
    """An iteration over the pages of a list. It fetches one page at a time."""

    def next(self) -> Call:
        """Begins to fetch the next page.

        The result is the page, and True if it is the last; None at the end of the list.
        """

    def prefetch(self) -> None:
        """Has each page fetched while the one before it is read."""

@final
class AsyncClient(Client):
    """The native client for asyncio. Its calls begin at once and end on the event loop."""

    def __new__(cls, settings: dict[str, object], given: dict[str, object]) -> Self: ...
    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Call: ...
    def call(
        self,
        operation: str,
        model: type[Model] | None,
        params: dict[str, object],
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Call: ...
    def list(
        self,
        operation: str,
        model: type[Model],
        params: dict[str, object],
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> List: ...
    def upload(  # type: ignore[override]
        self,
        operation: str,
        model: type[Model],
        source: AsyncFileSource,
        params: dict[str, object],
        streamed: bool,
        watched: bool,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Call: ...
    def download(  # type: ignore[override]
        self,
        operation: str,
        params: dict[str, object],
        to: AsyncFileTarget | None,
        overwrite: bool,
        streamed: bool,
        watched: bool,
        timeout: float | None = None,
        cancel: CancelToken | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Call: ...
    def check(self, workspace: str | None = None) -> Call: ...  # type: ignore[override]
