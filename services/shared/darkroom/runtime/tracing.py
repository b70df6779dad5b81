"""Traces: W3C `traceparent` through requests and messages, and spans while there is a collector to send them to.

The context travels whether or not spans are made, so that log lines of one job share a `trace_id`. Spans are made by
the tracer that stands in the context of the running task, where `exported` puts it: without one, `span` does nothing.
Only this module and `darkroom.runtime.trace_export` know OpenTelemetry.
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
"""What a span is to its neighbours: SERVER, CONSUMER, CLIENT, or INTERNAL work."""
Attributes = Mapping[str, str | int | float]
NO_SPAN: Final = INVALID_SPAN
"""Takes everything a span takes, and forgets it."""

# Not the global propagator: it would also carry a client's `baggage` header into every message.
_PROPAGATOR: Final = TraceContextTextMapPropagator()
_LONGEST_STATE: Final = 512
"""Characters of `tracestate`, as much as W3C asks to pass on: it travels in every message about a job."""
_TRACER: Final = context.create_key("darkroom-tracer")


def outgoing(job_id: str) -> dict[str, str]:
    """Attributes for a message about a job: its id, and the trace that the current work belongs to, if any."""
    return {"job_id": job_id, **headers()}


def headers() -> dict[str, str]:
    """Headers for a request to another service, which then continues the current trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier


def trace_id() -> str | None:
    """The id of the current trace, for log lines; None outside of any."""
    found = get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


@contextmanager
def incoming(carrier: Mapping[str, str]) -> Iterator[None]:
    """Continue the trace that a message or a request names, for as long as it is handled."""
    found = {name: carrier[name] for name in _PROPAGATOR.fields if name in carrier}
    bounded = {name: value for name, value in found.items() if len(value) <= _LONGEST_STATE}
    token = context.attach(_PROPAGATOR.extract(bounded, context.get_current()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def made_by(tracer: Tracer) -> Iterator[None]:
    """Have this tracer make the spans of the work inside and of the tasks that it starts."""
    token = context.attach(context.set_value(_TRACER, tracer))
    try:
        yield
    finally:
        context.detach(token)


def is_on() -> bool:
    """Whether spans are made."""
    return context.get_value(_TRACER) is not None


@contextmanager
def span(name: str, kind: Kind = Kind.INTERNAL, attributes: Attributes | None = None) -> Iterator[Span]:
    """A span for the work inside. Of an error it keeps the code alone: its text may hold a user's words."""
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
    """A part of the current trace that the caller ends; NO_SPAN outside of any, as polls and probes are."""
    tracer = context.get_value(_TRACER)
    if not isinstance(tracer, Tracer) or not get_current_span().get_span_context().is_valid:
        return NO_SPAN
    return tracer.start_span(name, kind=kind, attributes=attributes)


def mark_failed(failed: Span, error: Exception | str) -> None:
    """Show a span as failed, with the error's code or, where it has none, the name of its class."""
    if isinstance(error, Exception):
        error = error.code if isinstance(error, DarkroomError) else type(error).__name__
    failed.set_attribute("error.type", error)
    failed.set_status(StatusCode.ERROR)


@contextmanager
def exported(service: str, *, endpoint: str | None, sampled: float) -> Iterator[None]:
    """Make spans inside, in the name of a service, and send them to the OTLP/HTTP collector at this root.

    None makes none. `sampled` is the part of new traces that is kept. On leaving, what was made is sent.
    """
    if endpoint is None:
        yield
        return
    from darkroom.runtime import trace_export  # noqa: PLC0415 - importing the SDK takes 0.2 s, which most processes save

    with trace_export.exporting(service, endpoint=endpoint, sampled=sampled) as tracer, made_by(tracer):
        yield
