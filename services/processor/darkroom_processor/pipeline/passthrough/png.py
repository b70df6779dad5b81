"""Copies the chunks of a PNG that the pixels need, with the compressed scanlines up to their end."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.png import MAGIC, Chunk, chunk, walk
from darkroom_processor.pipeline.containers.png_scanlines import Header, decompressed_pieces, recompress
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.png_writer import kept_chunks
from darkroom_processor.pipeline.passthrough.palette import used_indexes, without_unused

_INDEXED: Final = 3
_FRAME: Final = struct.Struct(">IIII")
"""Width, height, left and top of an animation's frame, in `fcTL`."""
_CONTROL_BYTES: Final = 26


@dataclass(kw_only=True)
class _Frame:
    """One picture of a file: a frame, or the still picture."""

    parts: list[memoryview]
    """Its compressed scanlines, chunk by chunk."""
    control: bytes | None = None
    """Its `fcTL` chunk without the sequence number; None for a still picture outside the animation."""
    size: Size
    is_default: bool = False
    """Whether it is the still picture, which viewers without animation show."""


def depth(data: bytes) -> int:
    """Return the bits of a sample."""
    return data[24]


def copy_coded_pixels(data: bytes, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """Return the image, or an animation of `frames` frames, in a new file. None if pixels or frames are missing."""
    chunks = list(walk(data))
    if not chunks or chunks[0].kind != b"IHDR" or chunks[0].length != 13:
        return None
    header = Header.read(chunks[0])
    pictures = _shown(_pictures(chunks, header), header, frames)
    streams = [_stream(picture, header) for picture in pictures]
    if not streams or None in streams:
        return None
    packed = [stream for stream in streams if stream is not None]
    colors = _colors(chunks, header, list(zip(pictures, packed, strict=True)))
    if colors is None:
        return None
    animated = [one.body for one in chunks if one.kind == b"acTL"] if frames > 1 else []
    plays = bytes(animated[0][4:8]) if animated else b""
    head = [MAGIC, chunk(b"IHDR", chunks[0].body), *kept_chunks(kept), *colors]
    if animated:
        head.append(chunk(b"acTL", len(pictures).to_bytes(4, "big") + plays))
    return b"".join([*head, *_image_chunks(pictures, packed, animated=bool(animated)), chunk(b"IEND", b"")])


def _pictures(chunks: Sequence[Chunk], header: Header) -> list[_Frame]:
    """Return all pictures in the order of the file."""
    found: list[_Frame] = []
    control: bytes | None = None
    began = False
    for one in chunks:
        if one.kind == b"fcTL" and one.length == _CONTROL_BYTES and one.whole:
            control, began = bytes(one.body[4:]), False
        elif one.kind in {b"IDAT", b"fdAT"}:
            if not began:
                size = (header.width, header.height)
                if control:
                    size = _FRAME.unpack_from(control)[:2]
                found.append(_Frame(parts=[], control=control, size=size, is_default=one.kind == b"IDAT"))
                began = True
            found[-1].parts.append(one.body if one.kind == b"IDAT" else one.body[4:])
    return found


def _shown(pictures: list[_Frame], header: Header, frames: int) -> list[_Frame]:
    """Return the frames of an animation, or the still picture alone if `frames` is 1. Empty if some are missing."""
    if frames == 1:
        return [picture for picture in pictures if picture.is_default][:1]
    framed = [picture for picture in pictures if picture.control][:frames]
    if len(framed) < frames or _FRAME.unpack_from(framed[0].control or b"") != (header.width, header.height, 0, 0):
        # The first frame becomes the still picture in the new file, so it must fill the canvas.
        return []
    return framed


def _stream(picture: _Frame, header: Header) -> bytes | None:
    """Return the compressed scanlines up to the end of their stream. None if scanlines are missing.

    A stream that contains more than the scanlines, or is broken after them, is compressed again.
    """
    expected = header.scanline_bytes(picture.size)
    found, unused, ended = 0, 0, False
    decompressor = zlib.decompressobj()
    try:
        for part in picture.parts:
            for piece in decompressed_pieces(decompressor, part):
                found += len(piece)
            if decompressor.eof:
                unused += len(decompressor.unused_data) if not ended else len(part)
                ended = True
            if found > expected:
                break
    except zlib.error:
        ended = False
    if ended and found == expected:
        return b"".join(picture.parts)[: sum(map(len, picture.parts)) - unused]
    return recompress(picture.parts, expected)


def _colors(chunks: Sequence[Chunk], header: Header, pictures: list[tuple[_Frame, bytes]]) -> list[bytes] | None:
    """Return the chunks `PLTE` and `tRNS`, without unused colours of a palette. None if no index is used."""
    palette = next((bytes(one.body) for one in chunks if one.kind == b"PLTE"), b"")
    alpha = next((bytes(one.body) for one in chunks if one.kind == b"tRNS"), b"")
    if header.color_type != _INDEXED:
        length = {0: 2, 2: 6}.get(header.color_type, 0)
        return [chunk(b"tRNS", alpha)] if length and len(alpha) == length else []
    used: set[int] = set()
    for picture, stream in pictures:
        single = struct.pack(">II", *picture.size) + bytes(header[2:])
        parts = [(b"IHDR", single), (b"PLTE", palette), (b"IDAT", stream), (b"IEND", b"")]
        used |= used_indexes(b"".join([MAGIC, *(chunk(*part) for part in parts)]), "PNG")
    if not used:
        return None
    last = max(index for index in range(max(used) + 1) if index in used)
    shown = [chunk(b"PLTE", without_unused(palette, used))]
    opaque = bytes(alpha[index] if index in used else 255 for index in range(min(len(alpha), last + 1)))
    opaque = opaque.rstrip(b"\xff")
    return [*shown, chunk(b"tRNS", opaque)] if opaque else shown


def _image_chunks(pictures: Sequence[_Frame], streams: Sequence[bytes], *, animated: bool) -> Iterator[bytes]:
    """Yield one chunk of compressed scanlines for each picture. If it is a frame, its `fcTL` chunk precedes it."""
    number = 0
    for place, (picture, stream) in enumerate(zip(pictures, streams, strict=True)):
        if animated and picture.control:
            yield chunk(b"fcTL", number.to_bytes(4, "big") + picture.control)
            number += 1
        if place == 0:
            yield chunk(b"IDAT", stream)
        else:
            yield chunk(b"fdAT", number.to_bytes(4, "big") + stream)
            number += 1
