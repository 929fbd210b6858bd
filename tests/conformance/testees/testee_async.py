"""The calls of `testee.py`, made by `penbox.AsyncClient` on an event loop of another thread."""

import asyncio
import functools
import threading
from types import SimpleNamespace

import penbox
import testee

LOOP = asyncio.new_event_loop()


def awaited(awaitable):
    """The result of something to await, for the testee's thread."""

    async def wait():
        return await awaitable

    return asyncio.run_coroutine_threadsafe(wait(), LOOP).result()


class Pager:
    """A list, whose steps are awaited one by one."""

    def __init__(self, pager):
        self.pager = pager

    def __iter__(self):
        while True:
            try:
                yield awaited(anext(self.pager))
            except StopAsyncIteration:
                return


def moved(arguments):
    """The arguments with a source, a target and a callback to await, in the place of those that are not."""
    source, to, hear = (arguments.get(name) for name in ("source", "to", "on_progress"))

    async def read(size):
        return source.read(size)

    async def write(chunk):
        return to.write(chunk)

    async def hear_later(moved, total):
        return hear(moved, total)

    changed = {"source": SimpleNamespace(read=read)} if hasattr(source, "read") else {}
    changed |= {"to": write} if hasattr(to, "write") else {}
    changed |= {"on_progress": hear_later} if hear else {}
    return arguments | changed


def called(method):
    """A method, called on the loop's thread."""

    @functools.wraps(method)
    def call(*positional, **named):
        async def begin():
            result = method(*positional, **moved(named))
            return await result if asyncio.iscoroutine(result) else result

        result = awaited(begin())
        return Pager(result) if isinstance(result, penbox.AsyncPager) else result

    return call


class Resource:
    """A resource, or the methods of a client."""

    def __init__(self, of):
        self.of = of

    def __getattr__(self, name):
        return called(getattr(self.of, name))


class Client:
    """A client whose methods return."""

    def __init__(self, client=None, **settings):
        provider = settings.get("token_provider")

        async def give():
            return provider()

        if provider is not None:
            settings["token_provider"] = give
        self.client = client or penbox.AsyncClient(**settings)

    def __getattr__(self, name):
        found = getattr(self.client, name)
        if name in ("stats", "close", "set_token", "clear_cache"):
            return found
        return called(found) if callable(found) else Resource(found)

    def with_options(self, **options):
        return Client(self.client.with_options(**options))

    @property
    def with_response(self):
        return Client(self.client.with_response)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        awaited(self.client.aclose())


if __name__ == "__main__":
    names = {name: getattr(penbox, name) for name in penbox.__all__}
    testee.penbox = SimpleNamespace(**names | {"Client": Client, "Pager": Pager, "webhooks": penbox.webhooks})
    thread = threading.Thread(target=LOOP.run_forever)
    thread.start()
    try:
        testee.main()
    finally:
        LOOP.call_soon_threadsafe(LOOP.stop)
        thread.join()
        LOOP.close()
