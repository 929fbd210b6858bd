"""Tracing and metrics by OpenTelemetry, for programs that have it.

    import penbox.otel

    penbox.otel.instrument()

From then on each client that is made traces its attempts and measures them. It needs the package
`opentelemetry-api`, and an SDK of it that the program has set up; penbox depends on neither.

Each attempt is a span of the kind CLIENT, named `GET /forms/{id}`, by the semantic conventions for
HTTP clients: a call that is repeated has a span an attempt. The headers that propagate the trace,
such as `traceparent`, are sent with the attempt. The histogram `http.client.request.duration` has
its time in seconds. Spans and metrics have the path template and never the path, the query, a body
or the token: `url.full`, which the conventions ask for, would hold ids and contact data.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from penbox import _instruments
from penbox._native import VERSION
from penbox._usage import RequestEvent, ResponseEvent, RetryEvent

try:
    from opentelemetry import context, metrics, propagate, trace
except ImportError:
    raise ImportError(
        "penbox.otel needs the package opentelemetry-api: pip install opentelemetry-api"
    ) from sys.exc_info()[1]

__all__ = ["instrument", "uninstrument"]

SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
"""The version of the semantic conventions that names the attributes."""

_SUPPRESSED: str | None = getattr(context, "_SUPPRESS_INSTRUMENTATION_KEY", None)
"""The key by which exporters turn off the tracing of their own requests."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""The bounds in seconds that the conventions ask for."""


def instrument(
    *,
    tracer_provider: trace.TracerProvider | None = None,
    meter_provider: metrics.MeterProvider | None = None,
) -> None:
    """Traces and measures the clients that are made from now on, beside their own hooks.

    A second call replaces the first. Clients that were made before stay as they are.

    Args:
        tracer_provider: The provider of the tracer. Default: the global one.
        meter_provider: The provider of the meter. Default: the global one.
    """
    tracer = trace.get_tracer("penbox", VERSION, tracer_provider, SCHEMA)
    meter = metrics.get_meter("penbox", VERSION, meter_provider, SCHEMA)
    duration = meter.create_histogram(
        "http.client.request.duration",
        unit="s",
        description="Duration of HTTP client requests.",
        explicit_bucket_boundaries_advisory=BUCKETS,
    )
    _instruments.use(lambda: _Attempts(tracer, duration))


def uninstrument() -> None:
    """Leaves the clients that are made from now on alone."""
    _instruments.use(None)


class _Attempt(NamedTuple):
    """An attempt that runs."""

    operation: str
    number: int
    parent: int
    """The id of the span around the call."""
    span: trace.Span

    def is_of(self, event: ResponseEvent) -> bool:
        """Tells whether the event may be the end of this attempt."""
        return (self.operation, self.number) == (event.operation, event.attempt)


_open: ContextVar[tuple[_Attempt, ...]] = ContextVar("penbox_attempts", default=())
"""The attempts that run. All hooks of a call run in one context, and a hook may make calls."""


class _Attempts:
    """The spans of a client's attempts, from `on_request` to `on_response`."""

    def __init__(self, tracer: trace.Tracer, duration: metrics.Histogram) -> None:
        self._tracer = tracer
        self._duration = duration
        self._server: dict[str, Any] = {}
        self._running: dict[int, _Attempt] = {}

    def serve(self, base_url: str) -> None:
        """Takes the address of the client's API."""
        server = urlsplit(base_url)
        port = server.port or (443 if server.scheme == "https" else 80)
        self._server = {"server.address": server.hostname or "", "server.port": port}

    def on_request(self, event: RequestEvent) -> None:
        """Begins the span of an attempt, and adds the headers that propagate it."""
        span: trace.Span
        if _SUPPRESSED and context.get_value(_SUPPRESSED):
            span = trace.INVALID_SPAN
        else:
            attributes = self._attributes(event)
            if event.attempt > 1:
                attributes["http.request.resend_count"] = event.attempt - 1
            name = f"{event.method} {event.path}"
            span = self._tracer.start_span(name, kind=trace.SpanKind.CLIENT, attributes=attributes)
            propagate.inject(event.headers, trace.set_span_in_context(span))
        parent = trace.get_current_span().get_span_context().span_id
        attempt = _Attempt(event.operation, event.attempt, parent, span)
        self._running[id(attempt)] = attempt
        _open.set((*_open.get(), attempt))

    def on_response(self, event: ResponseEvent) -> None:
        """Ends the span of an attempt, and measures it."""
        span = self._taken(event)
        ended = _answer(event)
        if span.is_recording():
            span.set_attributes(ended)
            if event.request_id:
                span.set_attribute("http.response.header.x-request-id", [event.request_id])
            if event.error:
                span.set_attribute("penbox.outcome", event.outcome or "")
                span.set_status(trace.StatusCode.ERROR, event.error)
        span.end()
        attributes = {**self._attributes(event), **ended}
        self._duration.record(event.elapsed, attributes, trace.set_span_in_context(span))

    def on_retry(self, event: RetryEvent) -> None:
        """Says of the span around the call that an attempt is repeated."""
        span = trace.get_current_span()
        if span.is_recording():
            span.add_event("penbox.retry", {**self._attributes(event), "penbox.wait": event.wait})

    def _taken(self, event: ResponseEvent) -> trace.Span:
        """Takes the span of an attempt from those that run."""
        for attempt in reversed(_open.get()):
            if attempt.is_of(event) and id(attempt) in self._running:
                del self._running[id(attempt)]
                _open.set(tuple(each for each in _open.get() if each is not attempt))
                return attempt.span
        # An asynchronous page that was fetched ahead begins in one context and ends in another.
        parent = trace.get_current_span().get_span_context().span_id
        for key, attempt in list(self._running.items()):
            if attempt.is_of(event) and attempt.parent == parent:
                return self._running.pop(key).span
        return trace.INVALID_SPAN

    def _attributes(self, event: RequestEvent | ResponseEvent | RetryEvent) -> dict[str, Any]:
        return {
            "http.request.method": event.method,
            "url.template": event.path,
            "penbox.operation": event.operation,
            **self._server,
        }


def _answer(event: ResponseEvent) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if event.http_status is not None:
        found["http.response.status_code"] = event.http_status
    if event.error:
        # The status names the error where there is one, by the conventions.
        refused = event.http_status is not None and event.http_status >= 400
        found["error.type"] = str(event.http_status) if refused else event.error
    return found
