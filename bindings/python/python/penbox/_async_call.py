"""Calls in flight on an event loop: their results, what ends them, and the caller's functions."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from inspect import isawaitable

from penbox._native import Event
from penbox._usage import RequestEvent
from penbox.errors import CancelledError, PenboxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeAlias

    from penbox._native import Call, TokenQuestion

    _Serve: TypeAlias = Callable[[Event], Coroutine[Any, Any, None]]

INSIDE: ContextVar[bool] = ContextVar("penbox_inside", default=False)
"""True in a hook: the calls that it makes run no hooks, or they would make calls without an end."""

_GRACE = 0.1
"""The seconds that a cancelled task waits for the end of its call, whose outcome it then knows.

A call that waits for the network ends within milliseconds. One that reads a file object of the
caller's own may not, and must not hold the task.
"""

_tasks: set[asyncio.Task[None]] = set()
"""The tasks of the SDK's own. An event loop has weak references to tasks only."""


async def serve(event: Event) -> None:
    """Calls a hook, and answers the call that waits for it."""
    hook, given = event.content
    token = INSIDE.set(True)
    try:
        answer = hook(given)
        if isawaitable(answer):
            await answer
        added = given.headers.items() if type(given) is RequestEvent else ()
        event.answer(list(added))
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        event.fail(error)
        if not isinstance(error, Exception):
            raise
    finally:
        INSIDE.reset(token)


async def finish(call: Call, serve: _Serve = serve) -> Any:
    """The result of a call. What it has to ask meanwhile is asked on its loop, in its context."""
    waiting = call.wait()
    # One for all of the caller's functions: what a hook sets, the next one of the call finds.
    context: Context | None = None
    try:
        while True:
            got = await waiting
            if type(got) is not Event:
                call.forget()
                return got
            if got.kind == "failed":
                call.forget()
                break
            waiting = call.wait()
            context = context or copy_context()
            await _meanwhile(call, waiting, serve(got), context, got.kind == "hook")
    except BaseException as error:
        # Of a task that was cancelled, or that nobody awaits any more.
        call.cancel()
        got = None
        if isinstance(error, asyncio.CancelledError):
            await _explain(call, error)
        raise
    failed: BaseException = got.content
    try:
        raise failed
    finally:
        # The traceback would hold them, and they the error.
        del failed, got, call, serve, waiting


async def _meanwhile(
    call: Call,
    waiting: asyncio.Future[Any],
    work: Coroutine[Any, Any, None],
    context: Context,
    is_hook: bool,
) -> None:
    """Runs the caller's code for a call, which may be over before it."""
    task = asyncio.get_running_loop().create_task(work, context=context)
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() and not task.done():
            if is_hook:
                # It goes on: it may be that of a page which is fetched ahead.
                _keep(task)
                return
            # The call's time has passed, or its client was closed.
            task.cancel()
            await asyncio.wait([task])
            return
    except BaseException:
        # First the call: its thread must not wait for code that is told to end.
        call.cancel()
        task.cancel()
        await asyncio.wait([task])
        raise
    task.result()


async def _explain(call: Call, cancelled: asyncio.CancelledError) -> None:
    """Gives a cancelled task's error a cause, whose `outcome` says what became of the call."""
    if call.end is None:
        # Where it is asked for a second time, the first error is raised with what is known.
        with suppress(asyncio.CancelledError):
            await asyncio.wait([call.wait()], timeout=_GRACE)
    end = call.end
    if isinstance(end, Event):
        cancelled.__cause__ = end.content
        if not isinstance(end.content, PenboxError):
            return
    elif end is None:
        cancelled.__cause__ = _ended(call, "the task was cancelled amid the call", "unknown")
    else:
        cancelled.__cause__ = _ended(call, "the call had succeeded already", "done")


def _ended(call: Call, message: str, outcome: str) -> CancelledError:
    return CancelledError(message, operation=call.operation, outcome=outcome)


async def give_token(provider: Callable[[], Any], question: TokenQuestion) -> None:
    """Asks the callable for the token, and answers the client."""
    token = None
    try:
        token = provider()
        if isawaitable(token):
            token = await token
        question.give(token)
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        question.fail(error)
        if not isinstance(error, Exception):
            raise
    finally:
        # A tool that shows a traceback's variables must not find the token in them.
        token = None


def adopt(coroutine: Coroutine[Any, Any, None], context: Context) -> None:
    """Runs a coroutine as a task of its own, in the context of the call that needs it."""
    _keep(asyncio.get_running_loop().create_task(coroutine, context=context))


def _keep(task: asyncio.Task[None]) -> None:
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
