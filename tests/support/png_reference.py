"""Decodes PNG as its specification says (PNG third edition), slowly and without Pillow."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Passes of Adam7: (first column, first row, columns to the next pixel, rows to the next scanline)."""

Samples = NDArray[np.int64]


def rgba(data: bytes, *, upper_bytes: bool = False) -> Samples:
    """Return red, green, blue and alpha from 0 to 255, in sRGB; shape (height, width, 4).

    With `upper_bytes`, only the upper bytes of 16-bit grey with alpha are read, as Pillow does.
    """
    found = list(chunks(data))
    head = dict(found)
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", head[b"IHDR"])
    packed = zlib.decompress(b"".join(body for kind, body in found if kind == b"IDAT"))
    samples = np.zeros((height, width, CHANNELS[color]), dtype=np.int64)
    at = 0
    for x, y, across, down in ADAM7 if interlaced else ((0, 0, 1, 1),):
        size = (-(-(width - x) // across), -(-(height - y) // down))
        if min(size) > 0:
            part, at = _rows(packed, at, size, depth, CHANNELS[color])
            samples[y::down, x::across] = part
    if upper_bytes and depth == 16 and color == 4:
        samples = (samples >> 8) * 257
    return _colored(samples, depth, color, head)


def chunks(data: bytes) -> Any:
    """Yield (type, contents) of each chunk."""
    at = 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _rows(packed: bytes, at: int, size: tuple[int, int], depth: int, channels: int) -> tuple[Samples, int]:
    stride, step = -(-size[0] * channels * depth // 8), max(1, channels * depth // 8)
    above = bytearray(stride)
    rows = []
    for _ in range(size[1]):
        row = bytearray(packed[at + 1 : at + 1 + stride])
        for index in range(stride):
            left = row[index - step] if index >= step else 0
            corner = above[index - step] if index >= step else 0
            row[index] = (row[index] + _predicted(packed[at], left, above[index], corner)) & 255
        rows.append(_samples(bytes(row), depth)[: size[0] * channels].reshape(size[0], channels))
        above, at = row, at + 1 + stride
    return np.stack(rows), at


def _predicted(method: int, left: int, above: int, corner: int) -> int:
    if method == 4:
        estimate = left + above - corner
        return min((left, above, corner), key=lambda value: abs(estimate - value))
    return (0, left, above, (left + above) // 2)[method]


def _samples(row: bytes, depth: int) -> Samples:
    if depth == 16:
        return np.frombuffer(row, dtype=">u2").astype(np.int64)
    bits = np.unpackbits(np.frombuffer(row, dtype=np.uint8)).reshape(-1, depth).astype(np.int64)
    return bits @ (1 << np.arange(depth - 1, -1, -1))


def _colored(samples: Samples, depth: int, color: int, head: dict[bytes, bytes]) -> Samples:
    named = head.get(b"tRNS", b"")
    if color == 3:
        palette = np.frombuffer(head[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
        alphas = np.array([*named, *[255] * (len(palette) - len(named))], dtype=np.int64)
        index = samples[..., 0]
        return np.concatenate([_levels(palette / 255, head)[index], alphas[index][..., None]], axis=2)
    most = (1 << depth) - 1
    if color in {4, 6}:
        alpha = np.rint(samples[..., -1:] * 255 / most).astype(np.int64)
        colors = samples[..., :-1]
    else:
        colors = samples
        hidden = np.array(struct.unpack(f">{len(named) // 2}H", named)) if named else np.array([-1])
        alpha = np.where((samples == hidden).all(axis=2, keepdims=True), 0, 255)
    shown = _levels(colors / most, head)
    return np.concatenate([np.broadcast_to(shown, (*shown.shape[:2], 3)), alpha], axis=2)


def _levels(colors: Any, head: dict[bytes, bytes]) -> Samples:
    """Convert samples from 0 to 1 to sRGB levels from 0 to 255 (sections 11.3.2.2 and 13.13).

    Of the colour space chunks, only `gAMA` is used. An exponent within 5% of 2.2 means sRGB.
    """
    exponent = 100_000 / int.from_bytes(head[b"gAMA"], "big") if b"gAMA" in head else 2.2
    if b"sRGB" in head or b"iCCP" in head or abs(exponent / 2.2 - 1) <= 0.05:
        unchanged: Samples = np.rint(colors * 255).astype(np.int64)
        return unchanged
    light = colors**exponent
    levels: Samples = np.rint(
        255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    ).astype(np.int64)
    return levels
