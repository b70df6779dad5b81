"""Writes ISO base media files: boxes, and coded data behind them."""

from collections.abc import Callable


def box(kind: bytes, body: bytes) -> bytes:
    """A box with these contents."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, body: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    """A box with a version and flags before these contents."""
    return box(kind, bytes([version]) + flags.to_bytes(3, "big") + body)


def hdlr(kind: bytes) -> bytes:
    """What items, or the samples of a track, are (ISO/IEC 14496-12, section 8.4.3)."""
    return full_box(b"hdlr", bytes(4) + kind + bytes(12) + b"\0")


class Media:
    """Coded data in the order in which they are written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0

    def add(self, data: bytes) -> int:
        """Where the data begin, counted from the first; what is there already is not written again."""
        if data not in self._places:
            self._places[data] = self._size
            self._parts.append(data)
            self._size += len(data)
        return self._places[data]

    def file_of(self, head: Callable[[int], bytes]) -> bytes:
        """The file; `head` tells the boxes before the data, given where these begin, always in as many bytes."""
        media = box(b"mdat", b"".join(self._parts))
        return head(len(head(0)) + 8) + media
