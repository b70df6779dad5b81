"""PNG: the chunks of the picture, with its packed pixels as they are, or without what lies behind their end."""

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
from darkroom_processor.pipeline.passthrough.palette import levels_seen, trimmed

_INDEXED: Final = 3
_FRAME: Final = struct.Struct(">IIII")
"""Width, height, left and top of an animation's frame."""
_CONTROL_BYTES: Final = 26


@dataclass(kw_only=True)
class _Frame:
    """One picture of a file."""

    parts: list[memoryview]
    """Its packed rows, chunk by chunk."""
    control: bytes | None = None
    """The fields of its `fcTL` chunk but the number; None for a picture that is in no animation."""
    size: Size
    is_default: bool = False
    """Whether it is what viewers without animation show."""


def depth(data: bytes) -> int:
    """Bits of a sample."""
    return data[24]


def own_file(data: bytes, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """The picture, or the animation of so many frames, in a new file; None when it cannot be told from the rest."""
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
    moves = [one.body for one in chunks if one.kind == b"acTL"] if frames > 1 else []
    plays = bytes(moves[0][4:8]) if moves else b""
    head = [MAGIC, chunk(b"IHDR", chunks[0].body), *kept_chunks(kept), *colors]
    if moves:
        head.append(chunk(b"acTL", len(pictures).to_bytes(4, "big") + plays))
    return b"".join([*head, *_image_chunks(pictures, packed, moves=bool(moves)), chunk(b"IEND", b"")])


def _pictures(chunks: Sequence[Chunk], header: Header) -> list[_Frame]:
    """All pictures of a file in their order."""
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
    """Those that are shown: of an animation its frames, else the one that all viewers know. None if it cannot be."""
    if frames == 1:
        return [picture for picture in pictures if picture.is_default][:1]
    moving = [picture for picture in pictures if picture.control][:frames]
    if len(moving) < frames or _FRAME.unpack_from(moving[0].control or b"") != (header.width, header.height, 0, 0):
        # The first one has to stand where viewers without animation look, which needs all of the canvas.
        return []
    return moving


def _stream(picture: _Frame, header: Header) -> bytes | None:
    """Return the packed rows up to their end. Rows that hide more behind them, or have no end, are packed again."""
    expected = header.scanline_bytes(picture.size)
    unpacked, left, sound = 0, 0, False
    unpacker = zlib.decompressobj()
    try:
        for part in picture.parts:
            for piece in decompressed_pieces(unpacker, part):
                unpacked += len(piece)
            if unpacker.eof:
                left += len(unpacker.unused_data) if not sound else len(part)
                sound = True
            if unpacked > expected:
                break
    except zlib.error:
        sound = False
    if sound and unpacked == expected:
        return b"".join(picture.parts)[: sum(map(len, picture.parts)) - left]
    return recompress(picture.parts, expected)


def _colors(chunks: Sequence[Chunk], header: Header, pictures: list[tuple[_Frame, bytes]]) -> list[bytes] | None:
    """Palette and transparency. Of a palette only the colours that are used, for a text can stand in the others."""
    palette = next((bytes(one.body) for one in chunks if one.kind == b"PLTE"), b"")
    alpha = next((bytes(one.body) for one in chunks if one.kind == b"tRNS"), b"")
    if header.color_type != _INDEXED:
        length = {0: 2, 2: 6}.get(header.color_type, 0)
        return [chunk(b"tRNS", alpha)] if length and len(alpha) == length else []
    used: set[int] = set()
    for picture, stream in pictures:
        single = struct.pack(">II", *picture.size) + bytes(header[2:])
        parts = [(b"IHDR", single), (b"PLTE", palette), (b"IDAT", stream), (b"IEND", b"")]
        used |= levels_seen(b"".join([MAGIC, *(chunk(*part) for part in parts)]), "PNG")
    if not used:
        return None
    last = max(index for index in range(max(used) + 1) if index in used)
    shown = [chunk(b"PLTE", trimmed(palette, used))]
    opaque = bytes(alpha[index] if index in used else 255 for index in range(min(len(alpha), last + 1)))
    opaque = opaque.rstrip(b"\xff")
    return [*shown, chunk(b"tRNS", opaque)] if opaque else shown


def _image_chunks(pictures: Sequence[_Frame], streams: Sequence[bytes], *, moves: bool) -> Iterator[bytes]:
    """One chunk of packed rows for each picture, before it its control if it is a frame."""
    number = 0
    for place, (picture, stream) in enumerate(zip(pictures, streams, strict=True)):
        if moves and picture.control:
            yield chunk(b"fcTL", number.to_bytes(4, "big") + picture.control)
            number += 1
        if place == 0:
            yield chunk(b"IDAT", stream)
        else:
            yield chunk(b"fdAT", number.to_bytes(4, "big") + stream)
            number += 1
