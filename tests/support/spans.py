"""Records the spans that the code under test makes in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from darkroom.runtime.trace_export import sampler
from darkroom.runtime.tracing import made_by


@dataclass(frozen=True, kw_only=True)
class MadeSpan:
    """A span that has ended."""

    name: str
    kind: str
    trace_id: int
    span_id: int
    parent_id: int | None
    attributes: dict[str, Any]
    failed: bool
    json: str
    """The whole span as JSON."""


@contextmanager
def recorded(part: float = 1.0) -> Iterator[Callable[[], list[MadeSpan]]]:
    """Record spans during a `with` block. Yields a function that returns those that have ended.

    `part` is the share of traces that are sampled.
    """
    memory = InMemorySpanExporter()
    provider = TracerProvider(sampler=sampler(part), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    with made_by(provider.get_tracer("test")):
        yield lambda: [_made(span) for span in memory.get_finished_spans()]


def _made(span: ReadableSpan) -> MadeSpan:
    assert span.context
    return MadeSpan(
        name=span.name,
        kind=span.kind.name,
        trace_id=span.context.trace_id,
        span_id=span.context.span_id,
        parent_id=span.parent.span_id if span.parent else None,
        attributes=dict(span.attributes or {}),
        failed=not span.status.is_ok and not span.status.is_unset,
        json=span.to_json(),
    )
