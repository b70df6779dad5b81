"""Copies of 16-bit PPM and PGM as 16-bit PNG, with the same samples."""

import struct
import zlib

import pytest

from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import ppm
from tests.processor.pipeline.running import picture
from tests.support.file_parts import has_only_pixels, parts


def file_of(kind: bytes, width: int, height: int, samples: int, *, comment: bytes = b"") -> tuple[bytes, bytes]:
    """Return a file, and the bytes of its samples."""
    body = b"".join(struct.pack(">H", at * at * 977 % 65536) for at in range(width * height * samples))
    return b"%s\n%s%d %d\n65535\n" % (kind, comment, width, height) + body, body


def samples_of(png: bytes, row_bytes: int, step: int) -> bytes:
    """Decode the samples of a PNG whose scanlines all have the filter Sub."""
    [stream] = [body for name, body in parts(png) if name == "png IDAT"]
    rows, made = zlib.decompress(stream), b""
    for start in range(0, len(rows), row_bytes + 1):
        assert rows[start] == 1
        row = bytearray(rows[start + 1 : start + 1 + row_bytes])
        for at in range(step, row_bytes):
            row[at] = (row[at] + row[at - step]) % 256
        made += row
    return made


@pytest.mark.parametrize(("kind", "samples"), [(b"P5", 1), (b"P6", 3)])
@pytest.mark.parametrize("comment", [b"", b"# SECRET\n"])
def test_samples_of_16_bits_are_kept(kind: bytes, samples: int, comment: bytes) -> None:
    data, body = file_of(kind, 31, 17, samples, comment=comment)
    made = picture(data + b"SECRET", [], {"format": "same"})
    assert made.format == "png"
    assert b"SECRET" not in made.data
    assert has_only_pixels(made.data)
    assert made.data[24] == 16
    assert samples_of(made.data, 62 * samples, 2 * samples) == body


def test_files_with_fewer_levels_or_missing_samples_are_not_copied() -> None:
    data, _ = file_of(b"P5", 5, 4, 1)
    assert ppm.to_png(data.replace(b"65535", b"65534"), KeptMetadata()) is None
    assert ppm.to_png(data[:-1], KeptMetadata()) is None
    assert not ppm.is_deep(b"P5 5 4 255 ")
