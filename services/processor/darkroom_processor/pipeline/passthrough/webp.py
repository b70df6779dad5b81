"""Copies the chunks of a WebP that the pixels need."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers import webp
from darkroom_processor.pipeline.containers.webp import IMAGES, Chunk, chunk
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata

_ICC, _ALPHA, _EXIF, _XMP, _ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
"""Flags of the `VP8X` chunk (RFC 9649, section 2.7)."""
_EXIF_PREFIX: Final = b"Exif\0\0"
_ANIMATION_BYTES: Final = 6
"""Background colour and loop count."""
_REMOVED: Final = 16
"""Bytes that are removed from the end of the coded pixels, to see whether a decoder needs them."""
_FRAME_FLAGS: Final = 0b11
"""Blending and disposal method; the other bits of the byte are reserved."""


@dataclass(frozen=True, kw_only=True)
class _Picture:
    """The coded pixels of one frame."""

    image: Chunk
    alpha: Chunk | None
    """The `ALPH` chunk of a lossy picture with transparency."""

    @property
    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the chunks to write."""
        for one in (self.alpha, self.image):
            if one:
                yield chunk(one.kind, one.body)

    @property
    def has_alpha(self) -> bool:
        """Whether the chunks contain transparency, according to themselves."""
        return self.alpha is not None or (self.image.kind == b"VP8L" and bool(self.image.body[4] & 0x10))


def is_lossless(data: bytes) -> bool:
    """Whether all frames are coded without loss."""
    chunks = list(webp.walk(data))
    chunks += [inner for one in chunks if one.kind == b"ANMF" for inner in webp.walk_frame(one)]
    return {one.kind for one in chunks if one.kind in IMAGES} == {b"VP8L"}


def copy_coded_pixels(data: bytes, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """Return the image, or an animation of `frames` frames, in a new file. None if its parts cannot be separated."""
    chunks = list(webp.walk(data))
    canvas = next((bytes(one.body) for one in chunks if one.kind == b"VP8X" and len(one.body) == 10), None)
    frame_chunks = [one for one in chunks if one.kind == b"ANMF"]
    if frames > 1:
        return (
            _animation(chunks, canvas, frame_chunks[:frames], kept) if canvas and len(frame_chunks) >= frames else None
        )
    if frame_chunks:
        return _first_frame(canvas, frame_chunks[0], kept) if canvas else None
    return _still(_picture(chunks), canvas, kept)


def _picture(chunks: Sequence[Chunk]) -> _Picture | None:
    """Return the first picture of these chunks, with the alpha before it. None if it is truncated, or ends early."""
    number = next((number for number, one in enumerate(chunks) if one.kind in IMAGES), None)
    if number is None or not chunks[number].whole:
        return None
    image = chunks[number]
    if _ends_early(image):
        return None
    alpha = next((one for one in chunks[:number] if one.kind == b"ALPH"), None)
    return _Picture(image=image, alpha=alpha if image.kind == b"VP8 " else None)


def _ends_early(image: Chunk) -> bool:
    """Whether the coded pixels end before their chunk does, so that other bytes could be hidden after them.

    Only a decoder can find out: it fails without the last bytes, unless it does not need them. Encoders add at most
    four bytes that are not needed.
    """
    if len(image.body) <= 2 * _REMOVED:
        return False
    shorter = webp.file_of([chunk(image.kind, image.body[:-_REMOVED])])
    try:
        with Image.open(io.BytesIO(shorter), formats=["WEBP"]) as opened:
            opened.load()
    except (OSError, EOFError, SyntaxError, ValueError, MemoryError):
        return False
    return True


def _still(picture: _Picture | None, canvas: bytes | None, kept: KeptMetadata) -> bytes | None:
    if picture is None or (canvas and webp.size_of(picture.image) != _canvas_size(canvas)):
        return None
    # Readers use the flag of the canvas, not that of the pixels.
    transparent = bool(canvas[0] & _ALPHA) if canvas else picture.has_alpha and picture.image.kind == b"VP8L"
    if picture.alpha and not transparent:
        picture = _Picture(image=picture.image, alpha=None)
    plain = picture.alpha is None and picture.has_alpha == transparent and kept == KeptMetadata()
    size = webp.size_of(picture.image)
    head = [] if plain else [_extended(size, _ALPHA * transparent, kept)]
    return webp.file_of([*head, *_profile(kept), *picture.chunks, *_metadata(kept)])


def _first_frame(canvas: bytes, frame: Chunk, kept: KeptMetadata) -> bytes | None:
    """Return the first frame of an animation as a still image, if it fills the canvas."""
    picture = _picture(list(webp.walk_frame(frame)))
    at = webp.frame_fields(frame)[:6]
    return _still(picture, canvas, kept) if at == bytes(6) else None


def _animation(chunks: Sequence[Chunk], canvas: bytes, frames: Sequence[Chunk], kept: KeptMetadata) -> bytes | None:
    settings = next((one.body for one in chunks if one.kind == b"ANIM" and len(one.body) >= _ANIMATION_BYTES), None)
    pictures = [_picture(list(webp.walk_frame(frame))) for frame in frames]
    if settings is None or not all(frame.whole for frame in frames):
        return None
    written = []
    for frame, picture in zip(frames, pictures, strict=True):
        if picture is None:
            return None
        fields = bytearray(webp.frame_fields(frame))
        fields[-1] &= _FRAME_FLAGS
        written.append(chunk(b"ANMF", b"".join([fields, *picture.chunks])))
    head = _extended(_canvas_size(canvas), canvas[0] & _ALPHA | _ANIMATION, kept)
    animation = chunk(b"ANIM", settings[:_ANIMATION_BYTES])
    return webp.file_of([head, *_profile(kept), animation, *written, *_metadata(kept)])


def _canvas_size(canvas: bytes) -> Size:
    return 1 + int.from_bytes(canvas[4:7], "little"), 1 + int.from_bytes(canvas[7:10], "little")


def _extended(size: Size, flags: int, kept: KeptMetadata) -> bytes:
    """Return the `VP8X` chunk."""
    flags |= _ICC * bool(kept.icc) | _EXIF * bool(kept.exif) | _XMP * bool(kept.xmp)
    sides = ((side - 1).to_bytes(3, "little") for side in size)
    return chunk(b"VP8X", b"".join([bytes([flags, 0, 0, 0]), *sides]))


def _profile(kept: KeptMetadata) -> list[bytes]:
    return [chunk(b"ICCP", kept.icc)] if kept.icc else []


def _metadata(kept: KeptMetadata) -> Iterator[bytes]:
    if kept.exif:
        yield chunk(b"EXIF", kept.exif.removeprefix(_EXIF_PREFIX))
    if kept.xmp:
        yield chunk(b"XMP ", kept.xmp)
