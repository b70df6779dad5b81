"""Reads the palette of a JPEG 2000 file correctly. Pillow merges equal entries, which shifts all entries after them.

ISO/IEC 15444-1, annex I.5.3: `pclr` (the palette), `cmap` (the palette column of a channel), `cdef` (the meaning of a
channel).
"""

import struct
from collections.abc import Iterator
from typing import Final

from PIL import ImageFile, ImagePalette

from darkroom.errors import UnsupportedLayout

_MOST_BOXES: Final = 1000
_OPACITY: Final = 1
_SRGB, _GREY = 16, 17


def correct_palette(image: ImageFile.ImageFile, data: bytes) -> None:
    """Replace the image's palette with that of the file, if the file has one.

    Raises UnsupportedLayout for a palette that Pillow cannot represent, struct.error or ValueError for a broken one.
    """
    boxes = dict(_boxes(next((body for kind, body in _boxes(data) if kind == b"jp2h"), b"")))
    if b"pclr" not in boxes:
        return
    columns = _columns(boxes[b"pclr"])
    channels = _mapped(columns, boxes.get(b"cmap", b""), direct_alpha=image.mode == "PA")
    order = _order(boxes.get(b"cdef", b""), len(channels) + (image.mode == "PA"))
    method, _, _, space = struct.unpack(">BBBI", boxes.get(b"colr", b"").ljust(7, b"\0")[:7])
    colors = 1 if method == 1 and space == _GREY else 3
    if image.mode not in ("P", "PA") or (method == 1 and space not in (_SRGB, _GREY)) or len(order) < colors:
        raise _refusal("its colours are neither grey nor RGB, or its pixels have other channels beside the index")
    if max(order[:colors]) >= len(channels) or len(channels) > colors + (len(order) > colors):
        raise _refusal("its channel definitions do not match its channels")
    chosen = [channels[number] for number in order[:colors]] * (3 // colors)
    if image.mode == "P" and len(order) > colors:
        chosen.append(channels[order[colors]])
    mode = "RGBA" if len(chosen) == 4 else "RGB"
    levels = bytes(level for entry in zip(*chosen, strict=True) for level in entry)
    image.palette = ImagePalette.ImagePalette(mode, levels)
    image.palette.dirty = 1


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 16 if length == 1 else 8
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        end = at + length if length else len(data)
        if end < at + head:
            return
        yield kind, data[at + head : end] if kind != b"jp2c" else b""
        at = end


def _columns(body: bytes) -> list[bytes]:
    """Return the columns of the palette. Each has one byte for each entry."""
    entries, count = struct.unpack_from(">HB", body)
    depths, levels = body[3 : 3 + count], body[3 + count : 3 + count + entries * count]
    if not 0 < entries <= 256 or any(depth != 7 for depth in depths):
        raise _refusal("its palette has more than 256 entries, or entries that are not unsigned 8-bit numbers")
    if len(levels) < entries * count:
        raise ValueError("the palette is too short")
    return [levels[number::count] for number in range(count)]


def _mapped(columns: list[bytes], body: bytes, *, direct_alpha: bool) -> list[bytes]:
    """Return the palette columns of the channels, in the order of the channels."""
    entries = list(struct.iter_unpack(">HBB", body[: len(body) // 4 * 4])) or [
        (0, 1, number) for number in range(len(columns))
    ]
    if direct_alpha and entries[-1][:2] == (1, 0):
        entries.pop()
    if any(component or kind != 1 or column >= len(columns) for component, kind, column in entries):
        raise _refusal("its channels are mapped to several components")
    return [columns[column] for _, _, column in entries]


def _order(body: bytes, channels: int) -> list[int]:
    """Return the numbers of the channels: red, green and blue, or grey; then opacity, if there is any."""
    entries = list(struct.iter_unpack(">HHH", body[2:][: (len(body) - 2) // 6 * 6])) if len(body) > 2 else []
    if not entries:
        return list(range(channels))
    colors = sorted((place, number) for number, kind, place in entries if kind == 0)
    opacity = [number for number, kind, _ in entries if kind == _OPACITY]
    if len(colors) + len(opacity) != channels or len(opacity) > 1:
        raise _refusal("it has channels that are neither colour nor opacity")
    return [*(number for _, number in colors), *opacity]


def _refusal(reason: str) -> UnsupportedLayout:
    return UnsupportedLayout(f"Unsupported JPEG 2000 palette: {reason}. Save the image without a palette.")
