"""`penbox.otel`, with OpenTelemetry's own SDK."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import penbox
import penbox.otel
from raw import Request, Server, answer, page

TOKEN = "pnbx_" + "Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe"


class Traced:
    """A server whose first answers are given, and what was traced of its requests."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.requests: list[Request] = []
        self.server = Server(self._respond)
        self.spans = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.metrics = InMemoryMetricReader()
        self.meters = MeterProvider([self.metrics])

    def _respond(self, request: Request) -> bytes:
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else answer({"id": "f-1"})

    def ended(self) -> tuple[ReadableSpan, ...]:
        return self.spans.get_finished_spans()

    def measured(self) -> list[Any]:
        data: Any = self.metrics.get_metrics_data()
        (scope,) = data.resource_metrics[0].scope_metrics
        (metric,) = scope.metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return list(metric.data.data_points)

    def client(self, **settings: Any) -> penbox.Client:
        return penbox.Client(TOKEN, base_url=self.server.url, **settings)


@pytest.fixture
def traced() -> Iterator[Traced]:
    traced = Traced()
    penbox.otel.instrument(tracer_provider=traced.tracers, meter_provider=traced.meters)
    yield traced
    penbox.otel.uninstrument()
    traced.server.close()


def unavailable() -> bytes:
    return answer({"message": "away"}, status=503, headers={"x-request-id": "r-9"})


def test_each_attempt_is_a_span_below_the_programs_own(traced: Traced) -> None:
    traced.answers = [unavailable()]
    tracer = traced.tracers.get_tracer("program")
    with traced.client() as client, tracer.start_as_current_span("export") as export:
        client.forms.get("f-1", extra_query={"secret": "x"})
    failed, succeeded, program = traced.ended()
    assert program.name == "export"
    assert [event.name for event in program.events] == ["penbox.retry"]
    for span in (failed, succeeded):
        assert span.name == "GET /forms/{id}"
        assert span.kind == SpanKind.CLIENT
        assert span.parent is not None
        assert span.parent == export.get_span_context()
    port = int(traced.server.url.rsplit(":", 1)[1].split("/")[0])
    shared = {
        "http.request.method": "GET",
        "url.template": "/forms/{id}",
        "penbox.operation": "forms.get",
        "server.address": "127.0.0.1",
        "server.port": port,
    }
    assert dict(failed.attributes or {}) == {
        **shared,
        "http.response.status_code": 503,
        "http.response.header.x-request-id": ("r-9",),
        "error.type": "503",
        "penbox.outcome": "unknown",
    }
    assert failed.status.status_code is StatusCode.ERROR
    assert dict(succeeded.attributes or {}) == {
        **shared,
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
    }
    assert succeeded.status.status_code is StatusCode.UNSET
    # Each attempt's own span is what the server sees.
    for request, span in zip(traced.requests, (failed, succeeded), strict=True):
        parent = request.headers["traceparent"].split("-")
        assert span.context is not None
        assert parent[1] == trace.format_trace_id(span.context.trace_id)
        assert parent[2] == trace.format_span_id(span.context.span_id)
    for text in ("f-1", "secret", TOKEN):
        assert text not in "".join(span.to_json() for span in traced.ended())


def test_each_attempt_is_measured(traced: Traced) -> None:
    traced.answers = [unavailable()]
    with traced.client() as client:
        client.forms.get("f-1")
        client.forms.get("f-2")
    points = {point.attributes["http.response.status_code"]: point for point in traced.measured()}
    assert {status: point.count for status, point in points.items()} == {503: 1, 200: 2}
    assert points[503].attributes["error.type"] == "503"
    assert points[200].explicit_bounds[0] == 0.005
    assert "f-1" not in str(points)


def test_a_server_that_is_away_is_an_error_by_its_kind(traced: Traced) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/v1"
    with penbox.Client(TOKEN, base_url=url, max_attempts=1) as client:
        with pytest.raises(penbox.APIConnectionError):
            client.forms.get("f-1")
    (span,) = traced.ended()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "connection"
    assert span.attributes["penbox.outcome"] == "not_sent"
    assert "http.response.status_code" not in span.attributes


def test_the_programs_own_hooks_run_beside(traced: Traced) -> None:
    seen: list[str] = []

    def add(event: penbox.RequestEvent) -> None:
        event.headers["x-own"] = "1"
        seen.append("request")

    with traced.client(on_request=add, on_response=lambda event: seen.append("response")) as client:
        client.forms.get("f-1")
    assert seen == ["request", "response"]
    assert traced.requests[0].headers["x-own"] == "1"
    assert "traceparent" in traced.requests[0].headers
    assert len(traced.ended()) == 1


def test_a_request_that_the_programs_hook_refuses_has_no_span(traced: Traced) -> None:
    def refuse(event: penbox.RequestEvent) -> None:
        raise ValueError("not today")

    with traced.client(on_request=refuse) as client:
        with pytest.raises(penbox.CancelledError):
            client.forms.get("f-1")
        with traced.client() as other:
            other.forms.get("f-2")
    (span,) = traced.ended()
    assert (span.attributes or {})["http.response.status_code"] == 200

    async def later(event: penbox.RequestEvent) -> None:
        raise AssertionError

    with traced.client(on_request=later) as client, pytest.raises(penbox.CancelledError) as ended:
        client.forms.get("f-1")
    assert "plain function" in str(ended.value.__cause__)
    assert len(traced.ended()) == 1


def test_a_call_of_another_clients_hook_leaves_the_spans_in_order(traced: Traced) -> None:
    penbox.otel.uninstrument()
    with traced.client() as plain:
        penbox.otel.instrument(tracer_provider=traced.tracers)

        def ask(event: penbox.RequestEvent) -> None:
            plain.forms.get("inner")

        with traced.client(on_request=ask) as client:
            client.forms.get("f-1")
            client.cases.get("c-1")
    assert [span.name for span in traced.ended()] == ["GET /forms/{id}", "GET /cases/{id}"]


def test_what_is_suppressed_is_not_traced(traced: Traced) -> None:
    key = context._SUPPRESS_INSTRUMENTATION_KEY
    token = context.attach(context.set_value(key, True))
    try:
        with traced.client() as client:
            client.forms.get("f-1")
    finally:
        context.detach(token)
    assert traced.ended() == ()
    assert "traceparent" not in traced.requests[0].headers


def test_asynchronous_calls_have_their_spans_below_their_own_tasks(traced: Traced) -> None:
    tracer = traced.tracers.get_tracer("program")
    traced.answers = [unavailable()]

    async def one(client: penbox.AsyncClient, number: int) -> None:
        with tracer.start_as_current_span(f"task {number}"):
            await client.forms.get(f"f-{number}")

    async def add(event: penbox.RequestEvent) -> None:
        await asyncio.sleep(0)
        event.headers["x-own"] = "1"

    async def run() -> None:
        settings: dict[str, Any] = {"base_url": traced.server.url, "on_request": add}
        async with penbox.AsyncClient(TOKEN, **settings) as client:
            async with asyncio.TaskGroup() as tasks:
                for number in range(16):
                    tasks.create_task(one(client, number))

    asyncio.run(run())
    ended = traced.ended()
    parents = {span.context.span_id for span in ended if span.context and not span.parent}
    attempts = [span for span in ended if span.name == "GET /forms/{id}"]
    assert len(ended) == len(parents) + len(attempts) == 16 + 17
    assert {span.parent.span_id for span in attempts if span.parent} == parents
    statuses = [(span.attributes or {})["http.response.status_code"] for span in attempts]
    assert sorted(map(str, statuses)) == ["200"] * 16 + ["503"]
    sent = {request.headers["traceparent"].split("-")[2] for request in traced.requests}
    assert sent == {trace.format_span_id(span.context.span_id) for span in attempts if span.context}
    assert {request.headers["x-own"] for request in traced.requests} == {"1"}


@pytest.mark.parametrize("ahead", [False, True])
def test_each_page_of_an_asynchronous_list_is_a_span(traced: Traced, ahead: bool) -> None:
    traced.answers = [page([f"f-{at}"], number=at, pages=4, total=4) for at in (1, 2, 3, 4)]

    async def run() -> None:
        async with penbox.AsyncClient(TOKEN, base_url=traced.server.url) as client:
            pager = client.forms.list(page={"size": 1})
            forms = pager.prefetch() if ahead else pager
            assert len([form.id async for form in forms]) == 4

    asyncio.run(run())
    assert [span.name for span in traced.ended()] == ["GET /forms"] * 4


def test_only_clients_that_are_made_between_are_traced(traced: Traced) -> None:
    with traced.client() as before:
        penbox.otel.uninstrument()
        with traced.client() as after:
            after.forms.get("f-1")
        before.forms.get("f-2")
    assert len(traced.ended()) == 1


def test_without_opentelemetry_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "import penbox\n"
        "try: import penbox.otel\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install opentelemetry-api" in done.stdout
