"""Sends spans to a collector by OTLP over HTTP. Imported only by processes that do so."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Tracer

_EXPORT_SECONDS: Final = 5
"""For one batch. The collector is a neighbour, and an exit must not wait for one that is gone."""


@contextmanager
def exporting(service: str, *, endpoint: str, sampled: float) -> Iterator[Tracer]:
    """A tracer whose spans go to the collector in batches; leaving sends the last of them."""
    provider = TracerProvider(
        sampler=sampler(sampled),
        resource=Resource.create({SERVICE_NAME: f"darkroom-{service}", SERVICE_VERSION: version("darkroom")}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer("darkroom")
    finally:
        provider.shutdown()


def sampler(part: float) -> Sampler:
    """Keeps this part of all traces, whole ones: every service decides alike, by the trace's id.

    A caller may ask not to be sampled. That it asks to be counts for nothing: anyone could fill the collector.
    """
    by_id = TraceIdRatioBased(part)
    return ParentBased(by_id, remote_parent_sampled=by_id)
