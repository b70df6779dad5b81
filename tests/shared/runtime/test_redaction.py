"""Redaction of texts for the log."""

import pytest
from botocore.exceptions import EndpointConnectionError
from pydantic import BaseModel, TypeAdapter, ValidationError

from darkroom.runtime.redaction import redacted
from tests.support.cpu_limit import within_cpu_limit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://hooks.example/token?token=1#token is over", "GET https://hooks.example/… is over"),
        ("https://user:password@hooks.example:8443/token", "https://hooks.example:8443/…"),
        ("https://hooks.example?token=1", "https://hooks.example/…"),
        ("s3://bucket/uploads/cat.jpg", "s3://bucket/…"),
        ("http://[::1]:4566/bucket/cat.jpg", "http://[::1]:4566/…"),
        ("'https://one.example/a' and (https://two.example/b)", "'https://one.example/…' and (https://two.example/…"),
        ("https://hooks.example", "https://hooks.example"),
        ("the path /uploads", "the path /uploads"),
    ],
)
def test_only_the_host_of_a_url_is_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_the_key_of_an_unreachable_object_is_not_shown() -> None:
    error = EndpointConnectionError(endpoint_url="http://127.0.0.1:9/originals/uploads/0199/secret-name.jpg?uploads")
    assert "127.0.0.1:9" in redacted(repr(error))
    assert "secret-name" not in redacted(repr(error))


class Message(BaseModel):
    """A request whose URL has the name of a file."""

    key: str
    size: int


@pytest.mark.parametrize("body", ['{"key": "secret-name.jpg"}', '"secret-name.jpg, input_type=str"', "secret-name"])
def test_an_invalid_input_is_not_quoted(body: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Message).validate_json(body)
    assert "secret-name" in str(raised.value)
    assert "secret-name" not in redacted(str(raised.value))
    assert "1 validation error for Message" in redacted(str(raised.value))


@pytest.mark.parametrize("text", ["a." * 50_000, "a://" * 25_000, "http://" + "@" * 100_000, "input_value=" * 10_000])
def test_redaction_of_hostile_texts_ends(text: str) -> None:
    with within_cpu_limit():
        redacted(text)
