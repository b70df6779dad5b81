"""Traces through messages, and spans."""

import subprocess
import sys

import pytest
from opentelemetry import baggage, context

from darkroom.errors import NotFound
from darkroom.runtime.tracing import NO_SPAN, headers, incoming, is_on, outgoing, span, trace_id
from tests.support.spans import recorded

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def test_a_message_without_a_trace_names_only_its_job() -> None:
    assert outgoing("0199") == {"job_id": "0199"}


def test_a_message_continues_a_trace() -> None:
    with incoming({"traceparent": TRACEPARENT}):
        attributes = outgoing("0199")
    assert attributes == {"job_id": "0199", "traceparent": TRACEPARENT}


def test_a_trace_ends_with_the_work_it_belongs_to() -> None:
    with incoming({"traceparent": TRACEPARENT}):
        assert trace_id() == TRACE_ID
    assert outgoing("0199") == {"job_id": "0199"}


def test_a_trace_ends_even_if_the_work_fails() -> None:
    before = context.get_current()
    with pytest.raises(ZeroDivisionError), incoming({"traceparent": TRACEPARENT}):
        raise ZeroDivisionError
    assert context.get_current() == before


def test_an_invalid_trace_is_ignored() -> None:
    with incoming({"traceparent": "00-not-a-trace"}):
        assert outgoing("0199") == {"job_id": "0199"}


def test_the_baggage_of_a_client_is_not_passed_on() -> None:
    with incoming({"traceparent": TRACEPARENT, "baggage": "secret=hunter2"}):
        assert not baggage.get_all()
        assert "baggage" not in outgoing("0199")


def test_a_callers_trace_state_is_passed_on_if_it_is_short() -> None:
    for state, kept in (("a=b", True), ("a=" + "b" * 600, False), (",".join(f"k{n}=v" for n in range(200)), False)):
        with incoming({"traceparent": TRACEPARENT, "tracestate": state}):
            told = outgoing("j")
        assert told["traceparent"]
        assert ("tracestate" in told) is kept


def test_no_spans_are_made_and_no_sdk_is_loaded_without_a_collector() -> None:
    code = (
        "import sys; from darkroom.runtime.tracing import *\n"
        "with exported('upload', endpoint=None, sampled=1), span('work') as made: assert made is NO_SPAN\n"
        "assert 'opentelemetry.sdk' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_trace_is_passed_on_even_if_no_spans_are_made() -> None:
    with incoming({"traceparent": TRACEPARENT}), span("work"):
        assert headers() == {"traceparent": TRACEPARENT}


def test_spans_nest_and_messages_continue_the_innermost() -> None:
    with recorded() as spans, incoming({"traceparent": TRACEPARENT}), span("outer"), span("inner"):
        carried = outgoing("0199")["traceparent"]
    inner, outer = spans()
    assert (inner.name, outer.name) == ("inner", "outer")
    assert inner.parent_id == outer.span_id
    assert outer.parent_id == int("b7ad6b7169203331", 16)
    assert carried == f"00-{TRACE_ID}-{inner.span_id:016x}-01"


@pytest.mark.parametrize(("error", "code"), [(NotFound("cat.jpg"), "not_found"), (ValueError("cat.jpg"), "ValueError")])
def test_a_failed_span_has_the_errors_code_and_not_its_text(error: Exception, code: str) -> None:
    with recorded() as spans, pytest.raises(type(error)), span("work"):
        raise error
    (failed,) = spans()
    assert failed.failed
    assert failed.attributes == {"error.type": code}
    assert "cat.jpg" not in failed.json


def test_spans_end_with_the_tracer() -> None:
    with recorded() as spans:
        assert is_on()
    with span("work") as made:
        assert made is NO_SPAN
    assert spans() == []


@pytest.mark.parametrize("part", [0.0, 0.1, 1.0])
def test_a_caller_cannot_force_sampling(part: float) -> None:
    ids = [f"{number:032x}" for number in (1, 2**62, 2**63, 2**64 - 1)]
    with recorded(part) as spans:
        for each in ids:
            with incoming({"traceparent": f"00-{each}-b7ad6b7169203331-01"}), span("work"):
                pass
    kept = [each for each in ids if int(each, 16) < part * 2**64]
    assert [f"{made.trace_id:032x}" for made in spans()] == kept
    assert len(kept) == {0.0: 0, 0.1: 1, 1.0: 4}[part]
