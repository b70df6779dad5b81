"""A multipart form, turned into events as it arrives. Small fields are collected, the file never is."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from darkroom.errors import MalformedRequest
from darkroom_upload.intake.options import OPTION_FIELDS

FILE: Final = "file"
MAX_FIELD_BYTES: Final = 128 * 1024
"""The largest recipe, 32 variants of 16 operations each, is about half of this."""

_ESCAPED: Final = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""How browsers and curl escape a quote and line ends in a file's name. They escape nothing else (HTML, section
"Multipart form data"): any other `%` is part of the name."""

_EXTENDED_FILENAME: Final = re.compile(r"(?:^|;)\s*filename\*\s*=\s*[^';\s]*'[^']*'([^;\s]*)", re.IGNORECASE)
"""`filename*=charset'language'percent-encoded` (RFC 8187, section 3.2)."""


@dataclass(frozen=True)
class FileStarted:
    """The file's part began."""

    filename: str | None


@dataclass(frozen=True)
class FileData:
    """The next bytes of the file."""

    data: bytes


@dataclass(frozen=True)
class FileEnded:
    """All bytes of the file have arrived."""


@dataclass(frozen=True)
class Field:
    """A complete field."""

    name: str
    value: str


FormEvent = FileStarted | FileData | FileEnded | Field


class FormParser:
    """Reads `multipart/form-data` (RFC 7578) with one file and each field at most once, in any order.

    Raises MalformedRequest for bad syntax, and for an unknown, repeated or oversized part.
    """

    def __init__(self, content_type: str) -> None:
        try:
            self._parser = MultipartParser(
                _boundary(content_type),
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_header_name,
                    "on_header_value": self._add_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._add_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise MalformedRequest(f"The multipart form cannot be read: {error}.") from error
        self._events: list[FormEvent] = []
        self._seen: set[str] = set()
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition: bytes | None = None
        self._part = ""
        self._value = bytearray()
        self._complete = False

    def feed(self, chunk: bytes) -> list[FormEvent]:
        """Return the events in the next bytes of the body."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise MalformedRequest(f"The multipart form cannot be read: {error}.") from error
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """End the form. Raises MalformedRequest if its end is missing."""
        if not self._complete:
            raise MalformedRequest("The multipart form ends before its closing boundary.")

    def _begin_part(self) -> None:
        self._disposition = None

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _end_headers(self) -> None:
        self._part, filename = _name_and_filename(self._disposition)
        if self._part != FILE and self._part not in OPTION_FIELDS:
            known = ", ".join([FILE, *sorted(OPTION_FIELDS)])
            raise MalformedRequest(f"The form has an unknown field {_shown(self._part)}. Known are: {known}.")
        if self._part in self._seen:
            raise MalformedRequest(f'The form has more than one part "{self._part}".')
        self._seen.add(self._part)
        if self._part == FILE:
            self._events.append(FileStarted(filename))

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == FILE:
            self._events.append(FileData(data[start:end]))
            return
        self._value += data[start:end]
        if len(self._value) > MAX_FIELD_BYTES:
            raise MalformedRequest(f'The field "{self._part}" may have at most {MAX_FIELD_BYTES} bytes.')

    def _end_part(self) -> None:
        if self._part == FILE:
            self._events.append(FileEnded())
        else:
            self._events.append(Field(self._part, _text(self._part, bytes(self._value))))
            self._value.clear()

    def _end(self) -> None:
        self._complete = True


async def form_events(content_type: str, body: AsyncIterator[bytes]) -> AsyncIterator[FormEvent]:
    """Yield the events of a form as its body arrives."""
    parser = FormParser(content_type)
    async for chunk in body:
        for event in parser.feed(chunk):
            yield event
    parser.close()


async def raw_events(fields: list[Field], filename: str | None, body: AsyncIterator[bytes]) -> AsyncIterator[FormEvent]:
    """Yield the events of a body that is the file itself. Its fields come first."""
    for field in fields:
        yield field
    yield FileStarted(filename)
    async for chunk in body:
        yield FileData(chunk)
    yield FileEnded()


def _boundary(content_type: str) -> bytes:
    _, parameters = parse_options_header(content_type)
    boundary = parameters.get(b"boundary")
    if not boundary:
        raise MalformedRequest("The Content-Type of a multipart form needs a boundary.")
    return boundary


def _name_and_filename(disposition: bytes | None) -> tuple[str, str | None]:
    """Return the names of the part and its file. Bytes that are not UTF-8 become replacement characters."""
    if disposition is None:
        raise MalformedRequest("A part of the multipart form has no Content-Disposition.")
    kind, parameters = parse_options_header(disposition)
    if kind != b"form-data" or b"name" not in parameters:
        raise MalformedRequest("A part of the multipart form has no name.")
    name = parameters[b"name"].decode("utf-8", "replace")
    if b"filename" in parameters:
        return name, _unescaped(parameters[b"filename"].decode("utf-8", "replace"))
    # RFC 7578 forbids the extended form, but some clients send only this form for names beyond ASCII.
    extended = _EXTENDED_FILENAME.search(disposition.decode("latin-1"))
    return name, unquote_to_bytes(extended[1]).decode("utf-8", "replace") if extended else None


def _unescaped(filename: str) -> str:
    for escaped, character in _ESCAPED.items():
        filename = filename.replace(escaped, character)
    return filename


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequest(f'The field "{name}" is not UTF-8.') from error


def _shown(name: str) -> str:
    return json.dumps(name[:64])
