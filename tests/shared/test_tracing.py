"""Trace context across queues."""

import pytest
from opentelemetry import baggage, context, trace

from darkroom.tracing import incoming, outgoing

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def test_without_a_trace_only_the_job_is_named() -> None:
    assert outgoing("0199") == {"job_id": "0199"}


def test_a_trace_goes_on_through_a_message() -> None:
    with incoming({"traceparent": TRACEPARENT}):
        attributes = outgoing("0199")
    assert attributes == {"job_id": "0199", "traceparent": TRACEPARENT}


def test_a_trace_ends_with_the_work_it_belongs_to() -> None:
    with incoming({"traceparent": TRACEPARENT}):
        assert trace.get_current_span().get_span_context().trace_id == int(TRACE_ID, 16)
    assert outgoing("0199") == {"job_id": "0199"}


def test_a_trace_ends_although_the_work_fails() -> None:
    before = context.get_current()
    with pytest.raises(ZeroDivisionError), incoming({"traceparent": TRACEPARENT}):
        raise ZeroDivisionError
    assert context.get_current() == before


def test_a_broken_trace_is_no_trace() -> None:
    with incoming({"traceparent": "00-not-a-trace"}):
        assert outgoing("0199") == {"job_id": "0199"}


def test_a_clients_baggage_stays_outside() -> None:
    with incoming({"traceparent": TRACEPARENT, "baggage": "secret=hunter2"}):
        assert not baggage.get_all()
        assert "baggage" not in outgoing("0199")
