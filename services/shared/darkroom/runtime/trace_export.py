"""Sends spans to a collector by OTLP over HTTP. Only processes with a collector import this module."""

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
"""Timeout of one batch. The collector is near, and an exit must not wait for one that is gone."""


@contextmanager
def exporting(service: str, *, endpoint: str, sampled: float) -> Iterator[Tracer]:
    """Yield a tracer that sends its spans to the collector in batches. The last batch is sent at the end."""
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
    """Return a sampler that keeps this fraction of all traces. All services keep the same ones, by the trace's id.

    A caller may ask that its trace is not sampled. It cannot ask for more: anyone could fill the collector.
    """
    by_id = TraceIdRatioBased(part)
    return ParentBased(by_id, remote_parent_sampled=by_id)
