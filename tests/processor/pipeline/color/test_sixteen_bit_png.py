"""16-bit PNGs with a colour space chunk: no dark tone is lost."""

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.processor.pipeline.running import image
from tests.support import bombs, h273
from tests.support.color_chunks import by_codes, cicp, gama, rows, with_chunks
from tools.testbed import images

PHOTO = images.photo(48, 36)


def test_sixteen_bit_grey_loses_no_dark_tones() -> None:
    levels = np.array([0, 20, 100, 300, 1000, 5000, 20_000, 65_535])
    source = Image.frombytes("I;16", (8, 1), levels.astype("<u2").tobytes())
    made = image(with_chunks(images.encoded(source, "PNG", transparency=300), gAMA=gama(1)), [])
    expected = h273.to_srgb(np.repeat(levels[:, None] / 65_535, 3, axis=1), h273.PRIMARIES[1], lambda level: level)
    assert np.abs(rows(made)[:, 0] - expected[:, 0]).max() <= 0.51
    assert list(rows(made)[:, 1]) == [255, 255, 255, 0, 255, 255, 255, 255]


def deep(samples: Any, color_type: int, *, transparent: bytes = b"") -> bytes:
    """Return a 16-bit PNG of these rows of pixels."""
    height, width, _ = samples.shape
    packed = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples))
    head = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    named = bombs.chunk(b"tRNS", transparent) if transparent else b""
    parts = [bombs.chunk(b"IHDR", head), named, bombs.chunk(b"IDAT", packed), bombs.chunk(b"IEND", b"")]
    return bombs.PNG_MAGIC + b"".join(parts)


DARK = np.random.default_rng(5).integers(0, 2000, (16, 16, 4))
BRIGHT = np.random.default_rng(6).integers(0, 65_536, (16, 16, 4))


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("samples", [DARK, BRIGHT], ids=["dark", "bright"])
@pytest.mark.parametrize(("primaries", "transfer"), [(1, 8), (12, 8), (9, 16)])
def test_sixteen_bit_colour_loses_no_dark_tones(samples: Any, channels: int, primaries: int, transfer: int) -> None:
    shown = samples.copy()
    shown[..., 3] |= 0xFF00
    data = with_chunks(deep(shown[..., :channels], 2 if channels == 3 else 6), cICP=cicp(primaries, transfer))
    made = image(data, [])
    assert made.size == (16, 16)
    expected = by_codes(shown[..., :3].reshape(-1, 3) * (255 / 65_535), primaries, transfer)
    error = np.abs(rows(made)[:, :3] - expected)
    # With other primaries, pixels are rounded to 8 bits before the conversion, which shows in dark channels.
    assert error.max() <= 0.51 if primaries == 1 else np.quantile(error, 0.98) <= 2


def test_a_transparent_sixteen_bit_colour_stays_transparent() -> None:
    samples = np.full((4, 4, 3), 300)
    samples[:, 2:] = 20_000
    made = image(with_chunks(deep(samples, 2, transparent=struct.pack(">3H", 300, 300, 300)), gAMA=gama(1)), [])
    assert [made.getpixel((x, 0))[3] for x in (0, 3)] == [0, 255]  # type: ignore[index]  # RGBA pixels are tuples.


def test_sixteen_bit_grey_with_alpha_is_converted() -> None:
    samples = np.full((4, 4, 2), 14_135)
    made = image(with_chunks(deep(samples, 4), gAMA=gama(1)), []).convert("RGBA")
    assert made.getpixel((0, 0)) == (128, 128, 128, 55)
