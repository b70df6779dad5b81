"""Server-Sent Events, decoded (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r(?!$)")
"""A lone CR at the end of a piece may be half of a CR LF: it waits for the next piece."""


@dataclass(frozen=True, kw_only=True)
class ServerEvent:
    """One event."""

    kind: str
    data: str


class EventDecoder:
    """Takes the bytes of a stream as they come. Remembers for the next stream where this one ended."""

    def __init__(self) -> None:
        self.last_id = ""
        """`id` of the last event."""
        self.retry_seconds: float | None = None
        """Pause before the next stream, if the server gave one."""
        self.begin()

    def begin(self) -> None:
        """Forget what a broken stream left unfinished."""
        self._text = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._kind = ""
        self._id = self.last_id
        self._data: list[str] = []

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """Yield the events that this piece completes."""
        *lines, self._rest = _LINE_END.split(self._rest + self._text.decode(piece))
        for line in lines:
            if line:
                self._take(line)
            else:
                yield from self._dispatched()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.retry_seconds = int(value) / 1000

    def _dispatched(self) -> Iterator[ServerEvent]:
        """Yield the event that an empty line ends. Without data it only moves the id on."""
        self.last_id = self._id
        if self._data:
            yield ServerEvent(kind=self._kind or "message", data="\n".join(self._data))
        self._kind, self._data = "", []
