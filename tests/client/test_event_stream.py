"""The decoder of Server-Sent Events, however a stream is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom_client.event_stream import EventDecoder

STREAM = (
    b"\xef\xbb\xbf: a comment\r\n\r\n"
    b'id: 1-queued-6\r\nevent: status\r\ndata: {"name":"\xc3\x86r\xc3\xb8"}\r\nretry: 1712\r\n\r\n'
    b"data:first\ndata: second\n\n"
    b"id: 2\n\n"
    b"event: deleted\rdata: x\r\r"
    b"unknown: field\ndata: unfinished\n"
)
EVENTS = [("status", '{"name":"Ærø"}'), ("message", "first\nsecond"), ("deleted", "x")]


def decoded(decoder: EventDecoder, pieces: list[bytes]) -> list[tuple[str, str]]:
    return [(event.kind, event.data) for piece in pieces for event in decoder.feed(piece)]


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM))))
def test_events_do_not_depend_on_how_the_stream_is_cut(cuts: list[int]) -> None:
    ends = sorted({0, *cuts, len(STREAM)})
    pieces = [STREAM[start:end] for start, end in pairwise(ends)]
    decoder = EventDecoder()
    assert decoded(decoder, pieces) == EVENTS
    assert (decoder.last_id, decoder.retry_seconds) == ("2", 1.712)


def test_unfinished_event_is_forgotten_and_its_id_too() -> None:
    decoder = EventDecoder()
    assert decoded(decoder, [b"id: 1\ndata: a\n\nid: 2\ndata: b\n"]) == [("message", "a")]
    decoder.begin()
    assert decoder.last_id == "1"
    assert decoded(decoder, [b"data: c\n\n"]) == [("message", "c")]


@pytest.mark.parametrize("line", [b"retry: soon", b"id: a\0b", b"data"])
def test_lines_without_a_meaning_change_nothing(line: bytes) -> None:
    decoder = EventDecoder()
    assert [event.data for event in decoder.feed(line + b"\n\n")] in ([], [""])
    assert (decoder.last_id, decoder.retry_seconds) == ("", None)
