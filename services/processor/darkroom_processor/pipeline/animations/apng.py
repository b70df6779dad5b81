"""Reads the frames of an animated PNG (PNG third edition, section 11.3.6).

Each frame is written as a separate PNG and decoded. If the animation chunks are invalid there is no animation, and the
still picture is shown, as the specification of APNG advises under "Error Handling". Frames beyond the announced number
are ignored, as in browsers.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PIL import Image

from darkroom.errors import UndecodableImage
from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom_processor.pipeline.animations.animation import Animation, Disposal, StoredFrame
from darkroom_processor.pipeline.color import conversion, transparency
from darkroom_processor.pipeline.containers import png
from darkroom_processor.pipeline.containers.png import Chunk

_ANIMATION: Final = b"acTL"
_CONTROL: Final = b"fcTL"
_FRAME_DATA: Final = b"fdAT"
_STILL_DATA: Final = b"IDAT"
CHUNKS: Final = frozenset({_ANIMATION, _CONTROL, _FRAME_DATA})
"""Types of the chunks that only the animation needs."""
_HEADER: Final = b"IHDR"
_HEADER_BYTES: Final = 13
_CONTROL_BYTES: Final = 26
_COLORS: Final = (b"PLTE", b"tRNS")
_MOST_COLOR_BYTES: Final = 768
_GRAY_TYPES: Final = frozenset({0, 4})
_DISPOSALS: Final = (Disposal.KEEP, Disposal.CLEAR, Disposal.RESTORE)
_SEQUENCE_BYTES: Final = 4
_HUNDREDTHS: Final = 100


def read(data: bytes) -> Animation | None:
    """Read the animation of a file that `cleaning` has checked. None if the file has no valid animation."""
    reader = _Reader(data)
    for chunk in png.walk(data):
        if not reader.take(chunk):
            break
    return reader.animation()


@dataclass
class _Reader:
    """Collects the frames from the chunks of a file."""

    data: bytes
    header: bytes = b""
    colors: dict[bytes, bytes] = field(default_factory=dict)
    """The chunks `PLTE` and `tRNS`, whole, by their type."""
    announced: int = 0
    """Number of frames that `acTL` announces; 0 before `acTL`."""
    plays: int = 0
    frames: list[StoredFrame] = field(default_factory=list)
    control: Chunk | None = None
    """The `fcTL` chunk whose frame data has not come yet."""
    sequence: int = 0
    """The next expected sequence number."""
    still_passed: bool = False
    """Whether the still picture has been read."""
    begins_with_still: bool = False
    valid: bool = True

    def take(self, chunk: Chunk) -> bool:
        """Read the next chunk. False if no later chunk matters."""
        match chunk.kind:
            case b"IHDR":
                self.header = bytes(chunk.body)
            case b"PLTE" | b"tRNS" if chunk.length <= _MOST_COLOR_BYTES:
                self.colors[chunk.kind] = self.data[chunk.start : chunk.end]
            case b"acTL":
                self.announced, self.plays = _number(chunk, 0), _number(chunk, 4)
            case b"fcTL":
                return self._begin(chunk)
            case b"IDAT":
                return self._take_still(chunk)
            case b"fdAT":
                return self._take_data(chunk)
        return True

    def animation(self) -> Animation | None:
        """Return the animation that was read; None if there is no valid one."""
        if not self.valid or not self.frames or len(self.header) != _HEADER_BYTES:
            return None
        return Animation(
            size=_size(self.header),
            is_gray=self.header[9] in _GRAY_TYPES,
            frames=tuple(self.frames),
            plays=self.plays,
            begins_with_still=self.begins_with_still,
            complete=self._has_enough(),
        )

    def _has_enough(self) -> bool:
        return len(self.frames) >= min(self.announced, MOST_FRAMES_COUNTED)

    def _begin(self, chunk: Chunk) -> bool:
        """Read the `fcTL` chunk that begins a frame."""
        # In a truncated file, the last chunk may be shorter than it was.
        if self._has_enough() or chunk.length != _CONTROL_BYTES:
            return False
        width, height, left, top = (_number(chunk, at) for at in (4, 8, 12, 16))
        across, down = _size(self.header)
        # A frame that is also the still picture must fill the canvas.
        whole = self.still_passed or (left, top, width, height) == (0, 0, across, down)
        fits = whole and 0 < width <= across - left and 0 < height <= down - top
        known = chunk.body[24] < len(_DISPOSALS) and chunk.body[25] <= 1
        self.valid = self.control is None and self._is_next(chunk) and fits and known
        self.control = chunk
        return self.valid

    def _take_still(self, chunk: Chunk) -> bool:
        if self.control and not self.still_passed:
            self.begins_with_still = True
            self._add(chunk, self.control)
        self.still_passed = True
        return bool(self.announced)

    def _take_data(self, chunk: Chunk) -> bool:
        if chunk.length < _SEQUENCE_BYTES:
            return False
        if self.control and self.still_passed:
            self._add(chunk, self.control)
        self.valid = bool(self.frames) and self._is_next(chunk)
        return self.valid

    def _is_next(self, chunk: Chunk) -> bool:
        self.sequence += 1
        return _number(chunk, 0) == self.sequence - 1

    def _add(self, chunk: Chunk, control: Chunk) -> None:
        """Add the frame whose data begins with this chunk."""
        width, height, left, top = (_number(control, at) for at in (4, 8, 12, 16))
        numerator, denominator = (int.from_bytes(control.body[at : at + 2], "big") for at in (20, 22))
        header = bytes(control.body[4:12]) + self.header[8:]
        self.frames.append(
            StoredFrame(
                place=(left, top),
                size=(width, height),
                over=control.body[25] == 1,
                disposal=_DISPOSALS[control.body[24]],
                milliseconds=1000 * numerator / (denominator or _HUNDREDTHS),
                decode=partial(_decode, self.data, chunk.start, header, self.colors),
            )
        )
        self.control = None


def _decode(data: bytes, at: int, header: bytes, colors: Mapping[bytes, bytes]) -> Image.Image:
    """Decode the frame whose data begins at this offset, as a separate PNG, into a working mode."""
    chunks = [png.chunk(_HEADER, header), *(colors[kind] for kind in _COLORS if kind in colors)]
    chunks += [png.chunk(_STILL_DATA, _pixels(data, at)), png.chunk(png.END, b"")]
    image = Image.open(io.BytesIO(png.MAGIC + b"".join(chunks)), formats=["PNG"])
    transparency.scale_transparent_level(image)
    image.load()
    return conversion.to_working_mode(image, None)


def _pixels(data: bytes, at: int) -> bytes:
    """Return the compressed pixels of the frame. Raises UndecodableImage if a checksum is wrong."""
    parts = []
    kind = data[at + 4 : at + 8]
    for chunk in png.walk(data, at):
        if chunk.kind == _CONTROL:
            break
        if chunk.kind == kind:
            if chunk.whole and not chunk.intact:
                raise UndecodableImage("The file is damaged: the checksum of a chunk of an animation frame is wrong.")
            parts.append(chunk.body if kind == _STILL_DATA else chunk.body[_SEQUENCE_BYTES:])
    return b"".join(parts)


def _size(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")


def _number(chunk: Chunk, at: int) -> int:
    return int.from_bytes(chunk.body[at : at + 4], "big")
