"""Traces: the W3C `traceparent` of requests and messages, and spans if there is a collector.

Requests and messages carry the trace even if no spans are made, so that all log lines of one job share a `trace_id`.
`exported` puts a tracer into the context of the running task. It makes the spans; without it `span` does nothing. Only
this module and `darkroom.runtime.trace_export` import OpenTelemetry.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import context, trace
from opentelemetry.trace import INVALID_SPAN, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from darkroom.errors import DarkroomError

Span = trace.Span
Kind = trace.SpanKind
"""Kind of a span: SERVER, CONSUMER, CLIENT, or INTERNAL work."""
Attributes = Mapping[str, str | int | float]
NO_SPAN: Final = INVALID_SPAN
"""A span that records nothing."""

# The global propagator would also copy a client's `baggage` header into every message.
_PROPAGATOR: Final = TraceContextTextMapPropagator()
_LONGEST_STATE: Final = 512
"""Most characters of a `tracestate` that is passed on, the number that W3C asks for. Every message of a job carries it.
"""
_TRACER: Final = context.create_key("darkroom-tracer")


def outgoing(job_id: str) -> dict[str, str]:
    """Return the attributes of a message about a job: the job's id, and the current trace if there is one."""
    return {"job_id": job_id, **headers()}


def headers() -> dict[str, str]:
    """Return headers for a request to another service, so that it continues the current trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier


def trace_id() -> str | None:
    """Return the id of the current trace, or None."""
    found = get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


@contextmanager
def incoming(carrier: Mapping[str, str]) -> Iterator[None]:
    """Continue the trace of a message or a request in the work inside."""
    found = {name: carrier[name] for name in _PROPAGATOR.fields if name in carrier}
    bounded = {name: value for name, value in found.items() if len(value) <= _LONGEST_STATE}
    token = context.attach(_PROPAGATOR.extract(bounded, context.get_current()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def made_by(tracer: Tracer) -> Iterator[None]:
    """Let this tracer make the spans of the work inside and of the tasks that it starts."""
    token = context.attach(context.set_value(_TRACER, tracer))
    try:
        yield
    finally:
        context.detach(token)


def is_on() -> bool:
    """Return whether spans are made."""
    return context.get_value(_TRACER) is not None


@contextmanager
def span(name: str, kind: Kind = Kind.INTERNAL, attributes: Attributes | None = None) -> Iterator[Span]:
    """Make a span for the work inside. Of an error it has only the code: the text may have data of a user."""
    tracer = context.get_value(_TRACER)
    if not isinstance(tracer, Tracer):
        yield NO_SPAN
        return
    with tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as begun:
        try:
            yield begun
        except Exception as error:
            mark_failed(begun, error)
            raise


def begin(name: str, kind: Kind, attributes: Attributes) -> Span:
    """Begin a span of the current trace; the caller ends it. Return NO_SPAN without a trace, as in polls and probes."""
    tracer = context.get_value(_TRACER)
    if not isinstance(tracer, Tracer) or not get_current_span().get_span_context().is_valid:
        return NO_SPAN
    return tracer.start_span(name, kind=kind, attributes=attributes)


def mark_failed(failed: Span, error: Exception | str) -> None:
    """Mark a span as failed, with the error's code or, without one, the name of its class."""
    if isinstance(error, Exception):
        error = error.code if isinstance(error, DarkroomError) else type(error).__name__
    failed.set_attribute("error.type", error)
    failed.set_status(StatusCode.ERROR)


@contextmanager
def exported(service: str, *, endpoint: str | None, sampled: float) -> Iterator[None]:
    """Make spans of a service in the work inside, and send them to the OTLP/HTTP collector at `endpoint`.

    If `endpoint` is None, no spans are made. `sampled` is the fraction of traces to keep, from 0 to 1. The last spans
    are sent at the end.
    """
    if endpoint is None:
        yield
        return
    from darkroom.runtime import trace_export  # noqa: PLC0415 - the SDK takes 0.2 s to import, which most processes save

    with trace_export.exporting(service, endpoint=endpoint, sampled=sampled) as tracer, made_by(tracer):
        yield
