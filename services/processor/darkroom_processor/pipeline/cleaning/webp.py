"""WebP: puts the size in the RIFF header right when it lies (RFC 9649, sections 2.3 to 2.7)."""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_RIFF_HEAD: Final = 8
_FIRST_CHUNK: Final = 12
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


@dataclass
class _Extent:
    """Where the parts of a file end, as offsets. Those of pixels may be beyond the file's end."""

    pixels: int = 0
    pixels_padded: int = 0
    """The same, with the byte that makes their number even."""
    chunks: int = _FIRST_CHUNK
    """The last chunk that the file has all of, among those that begin within the size that its header states."""
    animated: bool = False


def clean(data: bytes) -> Cleaned:
    """Return the file with a size that covers its pixels, and without a chunk behind them that is cut.

    Raises TruncatedImage when a chunk of pixels is cut, and when the file of an animation is shorter than it says:
    nothing else tells whether all frames are there.
    """
    stated = _RIFF_HEAD + int.from_bytes(data[4:8], "little")
    extent = _extent(data, stated)
    if extent.pixels > len(data) or (stated > len(data) and (extent.animated or not extent.pixels)):
        raise TruncatedImage("The file ends before the picture does.")
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
