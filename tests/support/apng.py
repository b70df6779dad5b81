"""Writes APNGs chunk by chunk, and reads them without Pillow (PNG third edition, section 11.3.6)."""

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from tests.support import png_reference
from tests.support.bombs import PNG_MAGIC, chunk
from tests.support.compositor import Part

KINDS = {"gray": 0, "rgb": 2, "palette": 3, "gray with alpha": 4, "rgba": 6}
_PALETTE = bytes((17 * entry * step) % 256 for entry in range(16) for step in (1, 3, 7))
_DISPOSALS = ("keep", "clear", "restore")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame to write: the fields of its control chunk, and its samples."""

    rows: bytes
    """Scanlines, filter types included."""
    size: tuple[int, int]
    place: tuple[int, int] = (0, 0)
    disposal: int = 0
    over: int = 0
    delay: tuple[int, int] = (4, 100)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How all frames of a file store their samples."""

    kind: str
    depth: int = 8
    named: bytes = b""
    """The contents of `tRNS`; empty for none."""

    def row_bytes(self, width: int) -> int:
        """Return the bytes of a scanline, without its filter type."""
        return -(-width * png_reference.CHANNELS[KINDS[self.kind]] * self.depth // 8)


@dataclass
class Writer:
    """Writes the chunks of frames with their sequence numbers."""

    sequence: int = 0
    chunks: list[bytes] = field(default_factory=list)

    def control(self, frame: Frame) -> None:
        """Write the `fcTL` chunk of a frame."""
        numbers = (*frame.size, *frame.place, *frame.delay, frame.disposal, frame.over)
        self.chunks.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", self._next(), *numbers)))

    def data(self, frame: Frame) -> None:
        """Write the pixels of a frame in two `fdAT` chunks."""
        packed = zlib.compress(frame.rows)
        for part in (packed[:7], packed[7:]):
            self.chunks.append(chunk(b"fdAT", struct.pack(">I", self._next()) + part))

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence - 1


def written(
    size: tuple[int, int], layout: Layout, frames: list[Frame], *, hidden: Frame | None = None, announced: int = 0
) -> bytes:
    """Return the file. `hidden` is a still picture that is not part of the animation."""
    writer = Writer()
    writer.chunks.append(chunk(b"IHDR", struct.pack(">IIBBBBB", *size, layout.depth, KINDS[layout.kind], 0, 0, 0)))
    writer.chunks.append(chunk(b"acTL", struct.pack(">II", announced or len(frames), 0)))
    if layout.kind == "palette":
        writer.chunks.append(chunk(b"PLTE", _PALETTE[: 3 << layout.depth]))
    if layout.named:
        writer.chunks.append(chunk(b"tRNS", layout.named))
    if not hidden:
        writer.control(frames[0])
    writer.chunks.append(chunk(b"IDAT", zlib.compress((hidden or frames[0]).rows)))
    for frame in frames if hidden else frames[1:]:
        writer.control(frame)
        writer.data(frame)
    return PNG_MAGIC + b"".join([*writer.chunks, chunk(b"IEND", b"")])


def parts(data: bytes) -> tuple[tuple[int, int], list[Part]]:
    """Return the size of the canvas of a file, and its frames, each decoded separately."""
    chunks = list(png_reference.chunks(data))
    header = dict(chunks)[b"IHDR"]
    shared = [(kind, body) for kind, body in chunks if kind in {b"PLTE", b"tRNS"}]
    found: list[tuple[bytes, list[bytes]]] = []
    for kind, body in chunks:
        if kind == b"fcTL":
            found.append((body, []))
        elif kind in {b"IDAT", b"fdAT"} and found:
            found[-1][1].append(body if kind == b"IDAT" else body[4:])
    made = []
    for control, pieces in found:
        _, width, height, left, top, numerator, denominator, disposal, over = struct.unpack(">IIIIIHHBB", control)
        single = [(b"IHDR", struct.pack(">II", width, height) + header[8:]), *shared, (b"IDAT", b"".join(pieces))]
        alone = PNG_MAGIC + b"".join(chunk(*each) for each in single) + chunk(b"IEND", b"")
        made.append(
            Part(
                pixels=png_reference.rgba(alone),
                left=left,
                top=top,
                over=bool(over),
                disposal=_DISPOSALS[disposal],  # type: ignore[arg-type]  # One of three.
                milliseconds=1000 * numerator / (denominator or 100),
            )
        )
    return (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")), made


_LAYOUTS = st.sampled_from(
    [
        Layout(kind="rgba"),
        Layout(kind="rgba", depth=16),
        Layout(kind="rgb"),
        Layout(kind="rgb", named=struct.pack(">HHH", 0, 255, 128)),
        Layout(kind="rgb", depth=16),
        Layout(kind="gray"),
        Layout(kind="gray", named=struct.pack(">H", 128)),
        Layout(kind="gray", depth=1),
        Layout(kind="gray", depth=2, named=struct.pack(">H", 2)),
        Layout(kind="gray", depth=4, named=struct.pack(">H", 9)),
        Layout(kind="gray", depth=16),
        Layout(kind="gray", depth=16, named=struct.pack(">H", 128 * 257)),
        Layout(kind="gray with alpha"),
        Layout(kind="gray with alpha", depth=16),
        Layout(kind="palette", depth=4),
        Layout(kind="palette", depth=2, named=bytes([0, 100, 255])),
        Layout(kind="palette", depth=4, named=bytes([255, 0])),
        Layout(kind="palette", depth=1, named=bytes([0])),
    ]
)
_LEVELS = np.array([0, 0, 1, 60, 127, 128, 200, 254, 255, 255], dtype=np.uint8)


@st.composite
def drawn(draw: st.DrawFn, *, plain: bool = False) -> bytes:
    """Draw a file of one to six frames, anywhere on the canvas, with any disposal and blending.

    A plain file has 32-bit pixels and no hidden picture.
    """
    size = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    layout = Layout(kind="rgba") if plain else draw(_LAYOUTS)
    hidden = not plain and draw(st.booleans())
    frames = [_frame(draw, size, layout, whole=not number and not hidden) for number in range(draw(st.integers(1, 6)))]
    still = _frame(draw, size, layout, whole=True) if hidden else None
    return written(size, layout, frames, hidden=still)


def _frame(draw: st.DrawFn, canvas: tuple[int, int], layout: Layout, *, whole: bool) -> Frame:
    size = canvas if whole else (draw(st.integers(1, canvas[0])), draw(st.integers(1, canvas[1])))
    return Frame(
        rows=rows(size, layout, draw(st.integers(0, 2**32))),
        size=size,
        place=(draw(st.integers(0, canvas[0] - size[0])), draw(st.integers(0, canvas[1] - size[1]))),
        disposal=draw(st.integers(0, 2)),
        over=draw(st.integers(0, 1)),
        delay=(draw(st.integers(0, 300)), draw(st.sampled_from([0, 7, 100, 1000]))),
    )


def rows(size: tuple[int, int], layout: Layout, number: int) -> bytes:
    """Return random samples, many of them extremes. 16-bit samples repeat the byte of an 8-bit level."""
    chance = np.random.default_rng(number)
    row = layout.row_bytes(size[0])
    if layout.depth == 16:
        samples = np.repeat(chance.choice(_LEVELS, (size[1], row // 2)), 2, axis=1)
    elif layout.depth == 8:
        samples = chance.choice(_LEVELS, (size[1], row))
    else:
        samples = chance.integers(0, 256, (size[1], row), dtype=np.uint8)
    return b"".join(b"\0" + line.tobytes() for line in samples)
