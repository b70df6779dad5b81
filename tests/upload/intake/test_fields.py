"""Tests of the fields besides the file."""

import json

import pytest

from darkroom.errors import MalformedRequest
from darkroom_upload.intake.fields import fingerprint, read_metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"a": ""},
        {"k" * 64: "v" * 256},
        {str(number): "ä" for number in range(16)},
        {"\x00": "\n"},
        {"😀" * 64: "😀" * 256},
    ],
)
def test_metadata_is_kept_unchanged(metadata: dict[str, str]) -> None:
    assert read_metadata(json.dumps(metadata)) == metadata
    assert read_metadata(json.dumps(metadata, ensure_ascii=False)) == metadata


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "1",
        '"a"',
        "{",
        '{"a": 1}',
        '{"a": null}',
        '{"a": {}}',
        '{"": "empty key"}',
        '{"a": "\\ud800"}',
        '{"\\udfff": "a"}',
        "[" * 100_000,
        "9" * 100_000,
        json.dumps({str(number): "" for number in range(17)}),
        json.dumps({"k" * 65: ""}),
        json.dumps({"a": "v" * 257}),
    ],
)
def test_other_metadata_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        read_metadata(text)
    assert caught.value.fields["errors"][0]["pointer"].startswith("/metadata")


def test_a_wrong_entry_has_a_pointer() -> None:
    with pytest.raises(MalformedRequest) as caught:
        read_metadata('{"fine": "text", "a/b": 1, "": "x"}')
    assert [fault["pointer"] for fault in caught.value.fields["errors"]] == ["/metadata/a~1b", "/metadata/"]


def test_an_empty_text_is_no_metadata() -> None:
    assert read_metadata("") == {}


def test_a_fingerprint_tells_requests_apart() -> None:
    prints = [
        fingerprint("upload", "ab", "c"),
        fingerprint("upload", "a", "bc"),
        fingerprint("upload", "ab", "c", None),
        fingerprint("presigned", "ab", "c"),
    ]
    assert len(set(prints)) == len(prints)
