"""Tests of the form parser: bodies cut in any place, and faulty bodies."""

from contextlib import suppress
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.errors import MalformedRequest
from darkroom_upload.intake.form import MAX_FIELD_BYTES, Field, FileData, FileEnded, FileStarted, FormEvent, FormParser
from tests.upload.multipart import BOUNDARY, CONTENT_TYPE, form, part, part_with_headers

# Bytes that look like a boundary, but are not one.
TRICKY = f"\r\n--{BOUNDARY[:-1]}\r\n\r\n--{BOUNDARY}x\r\n-\r\r\n".encode() + b"\x00\xff\r"
FILE = part("file", TRICKY, "cat.jpg")
RECIPE = part("recipe", b"thumbnails")
METADATA = part("metadata", '{"ä": "b"}'.encode())


def events_of(chunks: list[bytes], content_type: str = CONTENT_TYPE) -> list[FormEvent]:
    """Return all events of a body in these chunks, with the file's bytes joined."""
    parser = FormParser(content_type)
    events: list[FormEvent] = []
    for chunk in chunks:
        for event in parser.feed(chunk):
            if isinstance(event, FileData) and events and isinstance(events[-1], FileData):
                events[-1] = FileData(events[-1].data + event.data)
            else:
                events.append(event)
    parser.close()
    return events


def refusal(body: bytes, content_type: str = CONTENT_TYPE) -> str:
    with pytest.raises(MalformedRequest) as caught:
        events_of([body], content_type)
    return caught.value.message


def test_a_form_becomes_its_events_in_order() -> None:
    assert events_of([form([RECIPE, FILE, METADATA])]) == [
        Field("recipe", "thumbnails"),
        FileStarted("cat.jpg"),
        FileData(TRICKY),
        FileEnded(),
        Field("metadata", '{"ä": "b"}'),
    ]


def test_the_parts_may_come_in_any_order() -> None:
    for parts in permutations([FILE, RECIPE, METADATA]):
        events = events_of([form(parts)])
        assert {Field("recipe", "thumbnails"), Field("metadata", '{"ä": "b"}'), FileData(TRICKY)} <= set(events)


def test_a_body_cut_anywhere_gives_the_same_events() -> None:
    body = form([RECIPE, FILE, METADATA])
    whole = events_of([body])
    for cut in range(len(body) + 1):
        assert events_of([body[:cut], body[cut:]]) == whole


def test_a_body_that_arrives_byte_by_byte_gives_the_same_events() -> None:
    body = form([FILE, RECIPE])
    assert events_of([body[at : at + 1] for at in range(len(body))]) == events_of([body])


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 500), max_size=6))
def test_all_bytes_of_a_file_come_out_unchanged(data: bytes, cuts: list[int]) -> None:
    body = form([RECIPE, part("file", data, "x")])
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    events = events_of([body[start:end] for start, end in pairwise(edges)])
    assert b"".join(event.data for event in events if isinstance(event, FileData)) == data


@given(body=st.binary(max_size=200))
def test_any_body_is_either_read_or_refused(body: bytes) -> None:
    for candidate in (body, form([body]), form([part_with_headers(body, body)])):
        with suppress(MalformedRequest):
            events_of([candidate])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("größe.jpg".encode(), "größe.jpg"),
        (b"gr\xfc\xdfe.jpg", "gr��e.jpg"),
        (b"=?utf-8?Q?gr=C3=BC=C3=9Fe?=.jpg", "=?utf-8?Q?gr=C3=BC=C3=9Fe?=.jpg"),
        (rb"a \"quoted\" name.jpg", 'a "quoted" name.jpg'),
        (b"%22quoted%22 name.jpg", '"quoted" name.jpg'),
        (b"two%0D%0Alines.jpg", "two\r\nlines.jpg"),
        (b"100%25 %2e%0.jpg", "100%25 %2e%0.jpg"),
        (b"a;b=c.jpg", "a;b=c.jpg"),
        (b"", ""),
        (b"\x00\x1b.jpg", "\x00\x1b.jpg"),
    ],
)
def test_file_names_are_read_from_any_bytes(raw: bytes, name: str) -> None:
    assert FileStarted(name) in events_of([form([part("file", b"x", raw)])])


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (b"filename*=utf-8''gr%C3%B6%C3%9Fe.jpg", "größe.jpg"),
        (b"FILENAME* = UTF-8'de'a%20b.jpg", "a b.jpg"),
        (b"filename*=utf-8''%ff%00.jpg", "�\x00.jpg"),
        (b"filename*=\x00''x.jpg", "x.jpg"),
        (b"filename*=nonsense", None),
        (b"filename=plain.jpg; filename*=utf-8''extended.jpg", "plain.jpg"),
    ],
)
def test_the_extended_file_name_counts_if_there_is_no_other(parameter: bytes, name: str | None) -> None:
    body = form([part_with_headers(b'Content-Disposition: form-data; name="file"; ' + parameter, b"x")])
    assert FileStarted(name) in events_of([body])


def test_a_field_may_be_sent_as_a_file() -> None:
    assert events_of([form([part("recipe", b"web", "recipe.json")])]) == [Field("recipe", "web")]


def test_a_field_of_the_greatest_length_is_accepted() -> None:
    assert events_of([form([part("recipe", b"x" * MAX_FIELD_BYTES)])]) == [Field("recipe", "x" * MAX_FIELD_BYTES)]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; charset=utf-8"],
)
def test_a_missing_boundary_is_refused(content_type: str) -> None:
    assert "needs a boundary" in refusal(form([FILE]), content_type)


BROKEN = {
    "empty": (b"", "before its closing boundary"),
    "not closed": (form([FILE], closed=False), "before its closing boundary"),
    "cut short": (form([FILE])[:-40], "before its closing boundary"),
    "another boundary": (form([FILE], boundary="another"), "cannot be read"),
    "no form": (b"GIF89a", "cannot be read"),
    "two files": (form([FILE, FILE]), 'more than one part "file"'),
    "two recipes": (form([RECIPE, RECIPE]), 'more than one part "recipe"'),
    "misspelt": (form([FILE, part("recipes", b"web")]), 'an unknown field "recipes"'),
    "junk name": (form([part_with_headers(b'Content-Disposition: form-data; name="\x00\xff"', b"")]), "unknown"),
    "no UTF-8": (form([part("recipe", b"\xff")]), "is not UTF-8"),
    "long field": (form([part("metadata", b"x" * (MAX_FIELD_BYTES + 1))]), "may have at most"),
    "no headers": (form([b"\r\nx"]), "no Content-Disposition"),
    "no disposition": (form([part_with_headers(b"Content-Type: image/png", b"x")]), "no Content-Disposition"),
    "no name": (form([part_with_headers(b"Content-Disposition: form-data", b"x")]), "has no name"),
    "no form-data": (form([part_with_headers(b'Content-Disposition: inline; name="file"', b"x")]), "has no name"),
    "long header": (form([part_with_headers(b"X: " + b"y" * 5000, b"x")]), "Maximum header size"),
    "long header name": (form([part_with_headers(b"y" * 5000 + b": x", b"x")]), "Maximum header size"),
    "many headers": (form([part_with_headers(b"\r\n".join([b"X: y"] * 20), b"x")]), "Maximum header count"),
    "no header": (form([part_with_headers(b"no header", b"x")]), "cannot be read"),
    "many parts": (form([part(f"f{number}", b"") for number in range(10_000)]), "unknown"),
}


@pytest.mark.parametrize(("body", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_form_is_refused_with_what_is_wrong(body: bytes, words: str) -> None:
    assert words in refusal(body)


def test_an_invalid_boundary_is_refused() -> None:
    assert "Boundary length" in refusal(b"", f"multipart/form-data; boundary={'b' * 300}")


def test_bytes_after_the_closing_boundary_are_ignored() -> None:
    assert events_of([form([FILE]) + b"epilogue" + form([FILE])]) == events_of([form([FILE])])
