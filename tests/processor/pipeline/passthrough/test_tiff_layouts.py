"""Copies of TIFFs open in common readers, for which Pillow stands, with all bits that these support."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from darkroom.recipes import Variant
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.tiff.pixels import BLACK_IS_ZERO, PALETTE, RGB, WHITE_IS_ZERO, Numbers, near, ramps, shown
from tests.processor.pipeline.tiff.written_layouts import LAYOUTS, WrittenLayout
from tests.support import tiffs
from tools.testbed import images

pytestmark = pytest.mark.slow

REWRITTEN = Variant.model_validate({"name": "rewritten", "output": {"format": "same"}})
FULL: dict[str, float] = {"1": 1, "I;16": 65535, "I;16B": 65535}
"""The number of white, by mode, if it is not 255."""


def again(data: bytes) -> bytes:
    [made] = process(data, Instructions(variants=(REWRITTEN,), describe=False)).outcomes
    assert isinstance(made, EncodedVariant), made
    return made.data


def levels(data: bytes) -> Numbers:
    """Decode a file by Pillow. Return 8-bit levels."""
    image = images.opened(data)
    if image.mode == "P":
        image = image.convert("RGB")
    pixels = np.asarray(image).astype(float) * (255 / FULL.get(image.mode, 255))
    return np.rint(pixels).astype(int).reshape(*pixels.shape[:2], -1)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_rewritten_layout_opens_with_its_meaning(layout: WrittenLayout) -> None:
    data = layout.file()
    made = again(data)
    image = Image.open(io.BytesIO(made))
    if image.mode in {"F", "I"}:
        numbers = np.asarray(tifffile.TiffFile(io.BytesIO(data)).pages[0].asarray(), dtype=float)
        assert np.allclose(np.asarray(image), numbers, rtol=1e-6)
    else:
        assert near(levels(made), shown(data))


@pytest.mark.parametrize("fill_order", [1, 2])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16, 24, 32])
@pytest.mark.parametrize(
    ("photometric", "samples", "extras"),
    [
        (WHITE_IS_ZERO, 1, ()),
        (BLACK_IS_ZERO, 1, ()),
        (BLACK_IS_ZERO, 2, (0,)),
        (BLACK_IS_ZERO, 2, (2,)),
        (WHITE_IS_ZERO, 2, (2,)),
        (BLACK_IS_ZERO, 3, (0, 2)),
        (RGB, 3, ()),
        (RGB, 4, ()),
        (RGB, 4, (0,)),
        (RGB, 4, (2,)),
        (RGB, 4, (999,)),
        (RGB, 5, (0, 2)),
        (PALETTE, 1, ()),
    ],
)
def test_rewritten_bits_polarity_and_extra_samples_open_with_their_meaning(
    bits: int, order: str, fill_order: int, photometric: int, samples: int, extras: tuple[int, ...]
) -> None:
    if photometric == PALETTE and bits > 8:
        pytest.skip("palettes have 8 bits at most")
    numbers = np.rint(ramps(samples) * (2**bits - 1))
    tags: dict[str, Any] = {"t266": fill_order} | ({"t338": extras} if extras else {})
    if photometric == PALETTE:
        tags["t320"] = [number * 7919 % 65536 for number in range(3 << bits)]
    data = tiffs.one_page(numbers / (2**bits - 1), bits, photometric, order=order, **tags)
    made, expected = levels(again(data)), shown(data)
    if made.shape[2] == expected.shape[2] + 2:
        # 16-bit grey with alpha becomes RGB with alpha.
        expected = np.concatenate([expected[..., :1]] * 2 + [expected], axis=2)
    assert near(made[..., : expected.shape[2]], expected)


@pytest.mark.parametrize(
    ("bits", "photometric", "samples", "planar"),
    [(12, BLACK_IS_ZERO, 1, 1), (12, RGB, 3, 1), (16, WHITE_IS_ZERO, 1, 1), (16, RGB, 3, 2), (16, RGB, 4, 2)],
)
def test_layouts_that_common_readers_do_not_open_are_rewritten_with_16_bits(
    bits: int, photometric: int, samples: int, planar: int
) -> None:
    deep = ramps(samples)
    data = tiffs.in_planes(deep, bits, photometric) if planar == 2 else tiffs.one_page(deep, bits, photometric)
    page = tifffile.TiffFile(io.BytesIO(again(data))).pages.first
    assert (page.bitspersample, page.planarconfig) == (16, 1)
    exact = np.rint(deep * (2**bits - 1)) / (2**bits - 1) * 65535
    expected = 65535 - exact if photometric == WHITE_IS_ZERO else exact
    assert np.abs(page.asarray().astype(int) - expected).max() < 1


def test_associated_alpha_stays_associated() -> None:
    pixels = np.stack([np.full((6, 7), 0.2), np.full((6, 7), 0.4)], axis=-1)
    data = tiffs.one_page(pixels, 16, BLACK_IS_ZERO, t338=1)
    image = Image.open(io.BytesIO(again(data)))
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0)) == (127, 127, 127, 102)


@pytest.mark.parametrize("tag", [{284: 0}, {284: 7}, {339: 4}, {530: (2, 2)}])
def test_odd_values_of_tags_are_not_copied(tag: dict[int, tiffs.Tag]) -> None:
    tags: dict[int, tiffs.Tag] = {256: 70, 257: 50, 258: [8] * 3, 262: RGB, 277: 3}
    body = np.rint(ramps(3) * 255).astype(np.uint8)
    made = again(tiffs.tiff([(tags | tag, [body.tobytes()])]))
    assert near(levels(made), body.astype(int), 0)
    [(number, odd)] = tag.items()
    assert Image.open(io.BytesIO(made)).tag_v2.get(number) != odd  # type: ignore[attr-defined]
