"""Traces a program's calls by OpenTelemetry. Needs PENBOX_API_TOKEN, and opentelemetry-sdk."""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

import penbox
import penbox.otel

# The program's own setup: an exporter of OTLP in place of the console's.
provider = TracerProvider()
provider.add_span_processor(
    SimpleSpanProcessor(ConsoleSpanExporter(formatter=lambda span: f"{span.name}\n"))
)
trace.set_tracer_provider(provider)

penbox.otel.instrument()

with penbox.Client() as client:
    with trace.get_tracer("billing").start_as_current_span("open forms"):
        print("open:", sum(1 for form in client.forms.list(completed=False)))
