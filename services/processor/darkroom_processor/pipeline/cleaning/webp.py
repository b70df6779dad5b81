"""Cleans WebP: corrects a wrong size in the RIFF header (RFC 9649, sections 2.3 to 2.7)."""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_RIFF_HEAD: Final = 8
_FIRST_CHUNK: Final = 12
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


@dataclass
class _Extent:
    """Offsets where the parts of a file end. The ends of pixels may be beyond the end of the file."""

    pixels: int = 0
    """End of the last chunk of pixels; 0 without one."""
    pixels_padded: int = 0
    """The same, including the padding byte that makes the length even."""
    chunks: int = _FIRST_CHUNK
    """End of the last complete chunk, among those that begin within the size in the RIFF header."""
    animated: bool = False


def clean(data: bytes) -> Cleaned:
    """Return the file with a size that covers its pixels, and without a truncated chunk after them.

    Raises TruncatedImage if a chunk of pixels is truncated, or if the file of an animation is shorter than its header
    says: only that size shows whether all frames are there.
    """
    stated = _RIFF_HEAD + int.from_bytes(data[4:8], "little")
    extent = _extent(data, stated)
    if extent.pixels > len(data) or (stated > len(data) and (extent.animated or not extent.pixels)):
        raise TruncatedImage("The file is truncated: it ends before the last pixel.")
    end = max(extent.pixels_padded, extent.chunks)
    if end == stated:
        return Cleaned(data)
    return Cleaned(data[:4] + (end - _RIFF_HEAD).to_bytes(4, "little") + data[8:end].ljust(end - _RIFF_HEAD, b"\0"))


def _extent(data: bytes, stated: int) -> _Extent:
    extent, at = _Extent(), _FIRST_CHUNK
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        within, at = at < stated, at + 8 + size
        if kind in _PIXELS:
            extent.pixels, extent.pixels_padded = at, at + (size & 1)
            extent.animated |= kind == b"ANMF"
        elif not within and extent.pixels:
            break
        at += size & 1
        if within and at <= len(data):
            extent.chunks = at
    return extent
