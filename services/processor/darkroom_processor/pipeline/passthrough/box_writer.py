"""Writes ISO base media files: boxes, then coded data."""

from collections.abc import Callable


def box(kind: bytes, body: bytes) -> bytes:
    """Return a box with these contents."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, body: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with version and flags before these contents (`FullBox`)."""
    return box(kind, bytes([version]) + flags.to_bytes(3, "big") + body)


def hdlr(kind: bytes) -> bytes:
    """Return the handler box, which names the kind of items or of samples (ISO/IEC 14496-12, section 8.4.3)."""
    return full_box(b"hdlr", bytes(4) + kind + bytes(12) + b"\0")


class Media:
    """The coded data of a file: the contents of its `mdat` box."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0

    def add(self, data: bytes) -> int:
        """Add the data, unless it is there already. Return its offset from the first byte of the media."""
        if data not in self._places:
            self._places[data] = self._size
            self._parts.append(data)
            self._size += len(data)
        return self._places[data]

    def file_of(self, head: Callable[[int], bytes]) -> bytes:
        """Return the file. `head` makes the boxes before the media from the offset where the media begin.

        The size of these boxes must not depend on the offset.
        """
        media = box(b"mdat", b"".join(self._parts))
        return head(len(head(0)) + 8) + media
