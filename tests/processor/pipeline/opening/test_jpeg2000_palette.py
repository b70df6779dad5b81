"""JPEG 2000 palettes: equal entries, columns in any order, opacity. The error names unsupported ones."""

import struct
from collections.abc import Sequence

import pytest
from PIL import Image

from darkroom.errors import UnsupportedLayout
from tests.processor.pipeline.running import image
from tools.testbed import images

INDEXES = bytes(x // 8 for x in range(32)) * 32
"""Indexes of four vertical stripes: the entries 0 to 3."""
TABLE = [(200, 0, 0), (200, 0, 0), (0, 0, 200), (0, 200, 0)]
OPACITY = [(200, 0, 0, 255), (200, 0, 0, 128), (0, 0, 200, 0), (0, 200, 0, 255)]


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def file(
    table: Sequence[tuple[int, ...]],
    *,
    cmap: list[int] | None = None,
    cdef: bytes = b"",
    space: int = 16,
    depth: int = 7,
) -> bytes:
    """Return a file of 32 × 32 indexes with this palette."""
    code = images.encoded(Image.frombytes("L", (32, 32), INDEXES), "JPEG2000", no_jp2=True, irreversible=False)
    count = len(table[0])
    entries = b"".join(map(bytes, table))
    columns = b"".join(struct.pack(">HBB", 0, 1, column) for column in cmap or range(count))
    header = box(b"ihdr", struct.pack(">IIHBBBB", 32, 32, 1, 7, 7, 0, 0)) + box(
        b"colr", struct.pack(">BBBI", 1, 0, 0, space)
    )
    header += box(b"pclr", struct.pack(">HB", len(table), count) + bytes([depth]) * count + entries) + box(
        b"cmap", columns
    )
    header += box(b"cdef", cdef) if cdef else b""
    start = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + box(b"jp2h", header) + box(b"jp2c", code)


def shown(data: bytes) -> list[object]:
    made = image(data, [])
    return [made.getpixel((x, 16)) for x in (4, 12, 20, 28)]


def test_equal_entries_stay_apart() -> None:
    assert shown(file(TABLE)) == TABLE


def test_columns_are_used_in_the_order_of_the_component_mapping() -> None:
    assert shown(file([color[::-1] for color in TABLE], cmap=[2, 1, 0])) == TABLE


def test_channels_have_the_meaning_of_their_definition() -> None:
    cdef = struct.pack(">H9H", 3, 0, 0, 3, 1, 0, 2, 2, 0, 1)
    assert shown(file([color[::-1] for color in TABLE], cdef=cdef)) == TABLE


def test_a_palette_may_have_opacity() -> None:
    cdef = struct.pack(">H12H", 4, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, 1, 0)
    assert shown(file(OPACITY, cdef=cdef)) == OPACITY


@pytest.mark.parametrize(
    "data",
    [
        file(TABLE, space=18),
        file(TABLE, depth=8),
        file(OPACITY, cdef=struct.pack(">H12H", 4, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, 2, 0)),
        file([(level,) for level in (0, 0, 100, 200)], space=17),
    ],
    ids=["sYCC", "nine bits", "premultiplied opacity", "grey"],
)
def test_the_error_names_an_unsupported_palette(data: bytes) -> None:
    with pytest.raises(UnsupportedLayout, match="Unsupported JPEG 2000 palette"):
        shown(data)
