"""Trace context across queues: W3C `traceparent`, carried as a message attribute beside the job's id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

# Not the global propagator: it would also carry a client's `baggage` header into every message.
_PROPAGATOR: Final = TraceContextTextMapPropagator()


def outgoing(job_id: str) -> dict[str, str]:
    """Attributes for a message about a job: its id, and the trace that the current work belongs to, if any."""
    attributes = {"job_id": job_id}
    _PROPAGATOR.inject(attributes)
    return attributes


@contextmanager
def incoming(carrier: Mapping[str, str]) -> Iterator[None]:
    """Continue the trace that a message or a request names, for as long as it is handled."""
    token = context.attach(_PROPAGATOR.extract(carrier))
    try:
        yield
    finally:
        context.detach(token)
