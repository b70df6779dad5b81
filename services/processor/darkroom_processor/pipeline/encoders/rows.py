"""PNG rows without prediction.

A PNG may predict each row from the one above. That shortens photos and lengthens much else, and is half of the time of
writing. Pillow always predicts but for pictures with a palette. So the bytes of the pixels are handed to it as such a
picture, several times as wide, and the header is put right afterwards: the packed rows are the same.
"""

import io
import struct
import zlib
from typing import Final

from PIL import Image

from darkroom_processor.pipeline.keep import Kept

_COLOR_TYPES: Final = {"L": 0, "LA": 4, "RGB": 2, "RGBA": 6}
_MAGIC_BYTES: Final = 8
_BANDS: Final = 4
_BAND_ROWS: Final = 12
_QUICK: Final = 1


def are_shorter_unpredicted(image: Image.Image) -> bool:
    """Judged by some bands of rows, packed quickly in both ways."""
    sample = _sample(image)
    predicted = io.BytesIO()
    sample.save(predicted, "PNG", compress_level=_QUICK)
    return len(unpredicted(sample, _QUICK, Kept())) < len(predicted.getvalue())


def _sample(image: Image.Image) -> Image.Image:
    """Bands of rows from all over the picture; all of a small one."""
    if image.height <= _BANDS * _BAND_ROWS:
        return image
    sample = Image.new(image.mode, (image.width, _BANDS * _BAND_ROWS))
    for band in range(_BANDS):
        top = (image.height - _BAND_ROWS) * band // (_BANDS - 1)
        sample.paste(image.crop((0, top, image.width, top + _BAND_ROWS)), (0, band * _BAND_ROWS))
    return sample


def unpredicted(image: Image.Image, level: int, kept: Kept) -> bytes:
    """A PNG file of an `L`, `LA`, `RGB` or `RGBA` picture."""
    pixels = Image.frombytes("P", (image.width * len(image.getbands()), image.height), image.tobytes())
    # A full palette, or Pillow would pack several pixels into a byte.
    pixels.putpalette(bytes(768))
    out = io.BytesIO()
    pixels.save(out, "PNG", compress_level=level, **kept.options())
    header = struct.pack(">IIBBBBB", *image.size, 8, _COLOR_TYPES[image.mode], 0, 0, 0)
    return _with_header(out.getvalue(), header)


def _with_header(data: bytes, header: bytes) -> bytes:
    """The file with another header and without its palette."""
    parts, at = [data[:_MAGIC_BYTES]], _MAGIC_BYTES
    while at < len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IHDR":
            parts.append(struct.pack(">I", len(header)) + kind + header + struct.pack(">I", zlib.crc32(kind + header)))
        elif kind != b"PLTE":
            parts.append(data[at:end])
        at = end
    return b"".join(parts)
