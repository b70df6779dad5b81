"""Tests of cursors: own ones are read, all other texts are refused."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.errors import MalformedRequest
from darkroom_upload.jobs.cursor import Position, read_cursor, write_cursor

POSITION = Position(created_at="2026-11-22T05:54:01.123Z", job_id="01a201fd-fe9f-7097-966d-363ae86722f9")


def cursor(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert read_cursor(write_cursor(POSITION, "f"), "f") == POSITION


def test_a_cursor_is_safe_in_a_url() -> None:
    text = write_cursor(POSITION, "f")
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "ä",
        "\x00",
        "====",
        "A" * 5,
        write_cursor(POSITION, "f")[:-3],
        write_cursor(POSITION, "f") + "!",
        cursor(None),
        cursor([]),
        cursor({"created_at": POSITION.created_at, "job_id": POSITION.job_id}),
        cursor([POSITION.created_at, POSITION.job_id]),
        cursor([POSITION.created_at, POSITION.job_id, "other filter"]),
        cursor([POSITION.created_at, POSITION.job_id, ["f"]]),
        cursor([POSITION.created_at, POSITION.job_id, "f", "someone"]),
        cursor([POSITION.created_at, "no id", "f"]),
        cursor([POSITION.created_at, POSITION.job_id.upper(), "f"]),
        cursor(["yesterday", POSITION.job_id, "f"]),
        cursor(["2026-11-22", POSITION.job_id, "f"]),
        cursor([1, 2]),
        cursor(["\x00", "\x00", "f"]),
        cursor([[], {}]),
        base64.urlsafe_b64encode(b"[" * 400).decode(),
        base64.urlsafe_b64encode(b"9" * 5000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_text_that_is_not_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest, match="cursor"):
        read_cursor(text, "f")


@given(text=st.text(max_size=80))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        read_cursor(text, "f")
