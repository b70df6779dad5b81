"""Every supported layout of TIFF is decoded as by an independent reader."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.processor.pipeline.running import description
from tests.processor.pipeline.tiff.pixels import (
    BLACK_IS_ZERO,
    CIELAB,
    CMYK,
    HEIGHT,
    ICCLAB,
    LZW,
    NONE,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    WIDTH,
    YCBCR,
    as_color,
    near,
    ramps,
    shown,
)
from tests.processor.pipeline.tiff.written_layouts import LAYOUTS, WrittenLayout
from tests.support import profiles, tiffs
from tools.testbed import images

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_layout_is_decoded_as_by_an_independent_reader(layout: WrittenLayout) -> None:
    data = layout.file()
    assert near(shown(data), as_color(layout.read(data)))


@pytest.mark.parametrize("fill_order", [1, 2])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16, 32])
@pytest.mark.parametrize(
    ("photometric", "samples", "extras"),
    [
        (WHITE_IS_ZERO, 1, ()),
        (BLACK_IS_ZERO, 1, ()),
        (BLACK_IS_ZERO, 2, (0,)),
        (BLACK_IS_ZERO, 2, (2,)),
        (WHITE_IS_ZERO, 2, (2,)),
        (WHITE_IS_ZERO, 2, (0,)),
        (BLACK_IS_ZERO, 3, (0, 0)),
        (BLACK_IS_ZERO, 3, (0, 2)),
        (RGB, 3, ()),
        (RGB, 4, ()),
        (RGB, 4, (0,)),
        (RGB, 4, (2,)),
        (RGB, 5, (2, 0)),
        (RGB, 5, (0, 0)),
        (RGB, 5, (0, 2)),
    ],
)
def test_bits_polarity_and_extra_samples_are_decoded(
    bits: int, order: str, fill_order: int, photometric: int, samples: int, extras: tuple[int, ...]
) -> None:
    levels = np.rint(ramps(samples) * (2**bits - 1)) / (2**bits - 1)
    tags: dict[str, Any] = {"t266": fill_order} | ({"t338": extras} if extras else {})
    data = tiffs.one_page(levels, bits, photometric, order=order, **tags)
    pixels = levels.reshape(HEIGHT, WIDTH, samples)
    colors = pixels[..., : 3 if photometric == RGB else 1]
    if photometric == WHITE_IS_ZERO:
        colors = 1 - colors
    alpha = 3 if photometric == RGB and samples == 4 and not extras else None
    if 2 in extras:
        alpha = colors.shape[2] + extras.index(2)
    expected = colors if alpha is None else np.concatenate([colors, pixels[..., alpha : alpha + 1]], axis=2)
    assert near(shown(data), as_color(expected))


@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [BLACK_IS_ZERO, RGB])
def test_colours_are_divided_by_associated_alpha(photometric: int, bits: int, planar: int) -> None:
    samples = 4 if photometric == RGB else 2
    levels = np.full((HEIGHT, WIDTH, samples), 0.4)
    levels[..., -1] = 0.8
    tags: dict[int, tiffs.Tag] = {
        256: WIDTH,
        257: HEIGHT,
        258: [bits] * samples,
        262: photometric,
        277: samples,
        284: planar,
        338: 1,
    }
    numbers = np.rint(levels * (2**bits - 1)).astype(f"<u{bits // 8}")
    strips = [np.ascontiguousarray(numbers[..., part]).tobytes() for part in range(samples)]
    data = tiffs.tiff([(tags, strips if planar == 2 else [numbers.tobytes()])])
    assert near(shown(data)[:1, :1], np.array([[[128] * (samples - 1) + [204]]]))


@pytest.mark.parametrize("scale", [1, 256, 257])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_palette_may_have_8_or_16_bits(bits: int, scale: int) -> None:
    table = np.random.default_rng(bits).integers(0, 256, (3, 2**bits))
    indexes = np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) % 2**bits
    tags: dict[int, tiffs.Tag] = {
        256: WIDTH,
        257: HEIGHT,
        258: bits,
        262: PALETTE,
        320: [int(level) * scale for level in table.ravel()],
    }
    data = tiffs.tiff([(tags, [tiffs.packed(indexes, bits)])])
    assert near(shown(data), np.moveaxis(table[:, indexes], 0, -1), 0)
    assert description(data).mode == "P"


@pytest.mark.parametrize("planar", [1, 2])
def test_a_palette_may_have_alpha(planar: int) -> None:
    indexes = np.tile(np.arange(WIDTH, dtype=np.uint8), (HEIGHT, 1))
    alpha = indexes * 3
    table = [level * 257 for part in range(3) for level in np.roll(np.arange(256), part * 50).tolist()]
    tags: dict[int, tiffs.Tag] = {
        256: WIDTH,
        257: HEIGHT,
        258: [8, 8],
        262: PALETTE,
        277: 2,
        284: planar,
        320: table,
        338: 2,
    }
    strips = [indexes.tobytes(), alpha.tobytes()] if planar == 2 else [np.stack([indexes, alpha], axis=-1).tobytes()]
    expected = [np.roll(np.arange(256), part * 50)[indexes] for part in range(3)]
    assert near(shown(tiffs.tiff([(tags, strips)])), np.stack([*expected, alpha], axis=-1).astype(int), 0)


@pytest.mark.parametrize("extra", [(), (0,)])
@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_inks_in_separate_planes_are_decoded(bits: int, order: str, planar: int, extra: tuple[int, ...]) -> None:
    levels = ramps(4 + len(extra))
    numbers = np.rint(levels * (2**bits - 1)).astype(f"{order}u{bits // 8}")
    tags: dict[int, tiffs.Tag] = {
        256: WIDTH,
        257: HEIGHT,
        258: [bits] * levels.shape[2],
        262: CMYK,
        277: levels.shape[2],
        284: planar,
    }
    tags |= {338: extra} if extra else {}
    strips = [np.ascontiguousarray(numbers[..., part]).tobytes() for part in range(levels.shape[2])]
    data = tiffs.tiff([(tags, strips if planar == 2 else [numbers.tobytes()])], order=order)
    assert near(shown(data), as_color((1 - levels[..., :3]) * (1 - levels[..., 3:4])), 3)


@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("photometric", "bits"), [(CIELAB, 8), (CIELAB, 16), (ICCLAB, 8), (ICCLAB, 16)])
def test_lab_may_be_signed_or_have_an_offset(photometric: int, bits: int, order: str, planar: int) -> None:
    lab = np.stack(
        np.broadcast_arrays(np.linspace(10, 90, WIDTH), np.linspace(-20, 20, HEIGHT)[:, None], 15.0), axis=-1
    )
    lightness = {(CIELAB, 8): 2.55, (CIELAB, 16): 655.35, (ICCLAB, 8): 2.55, (ICCLAB, 16): 652.8}[photometric, bits]
    chroma = lab[..., 1:] * (256 if bits == 16 else 1) + (2 ** (bits - 1) if photometric == ICCLAB else 0)
    numbers = np.rint(np.concatenate([lab[..., :1] * lightness, chroma], axis=-1)).astype(int) % 2**bits
    typed = numbers.astype(f"{order}u{bits // 8}")
    tags: dict[int, tiffs.Tag] = {256: WIDTH, 257: HEIGHT, 258: [bits] * 3, 262: photometric, 277: 3, 284: planar}
    strips = [np.ascontiguousarray(typed[..., part]).tobytes() for part in range(3)]
    data = tiffs.tiff([(tags, strips if planar == 2 else [typed.tobytes()])], order=order)
    expected = np.rint(profiles.lab_to_srgb(lab.reshape(-1, 3))).reshape(HEIGHT, WIDTH, 3).astype(int)
    # One level of 8-bit lightness or chroma is up to seven levels of red, green or blue.
    assert near(shown(data), expected, 7)


@pytest.mark.parametrize("compression", [NONE, LZW])
@pytest.mark.parametrize("subsampling", [(1, 1), (2, 1), (1, 2), (2, 2), (4, 2), (4, 4), None])
def test_chroma_may_be_subsampled(subsampling: tuple[int, int] | None, compression: int) -> None:
    across, down = subsampling or (2, 2)
    ycc = np.asarray(images.photo(64, 48).resize((8, 6)).resize((64, 48), Image.Resampling.NEAREST).convert("YCbCr"))
    units = bytearray()
    for top in range(0, 48, down):
        for left in range(0, 64, across):
            units += ycc[top : top + down, left : left + across, 0].tobytes() + ycc[top, left, 1:].tobytes()
    tags: dict[int, tiffs.Tag] = {256: 64, 257: 48, 258: [8] * 3, 259: compression, 262: YCBCR, 277: 3, 278: 48}
    tags |= {530: subsampling} if subsampling else {}
    data = tiffs.tiff([(tags, [tiffs.lzw(bytes(units)) if compression == LZW else bytes(units)])])
    expected = np.asarray(Image.frombytes("YCbCr", (64, 48), ycc.tobytes()).convert("RGB")).astype(int)
    assert near(shown(data), expected, 3)


@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_bilevel_codecs_keep_polarity(compression: str, photometric: int) -> None:
    picture = images.photo(50, 40).convert("1")
    data = images.encoded(picture, "TIFF", compression=compression, tiffinfo={262: photometric})
    expected = np.asarray(picture.convert("L")).astype(int)[..., None]
    told = tifffile.TiffFile(io.BytesIO(data)).pages[0]
    assert told.photometric == photometric  # type: ignore[union-attr]  # A page, no frame.
    seen = np.asarray(told.asarray()).astype(int)[..., None] * 255
    assert near(shown(data), 255 - seen if photometric == WHITE_IS_ZERO else seen, 0)
    assert near(shown(data), expected, 0) or near(shown(data), 255 - expected, 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_in_tiff_is_decoded(mode: str) -> None:
    picture = images.photo(64, 48).convert(mode)
    data = images.encoded(picture, "TIFF", compression="jpeg", quality=95)
    expected = np.asarray(picture.convert("RGB" if mode == "CMYK" else mode)).astype(int).reshape(48, 64, -1)
    assert np.abs(shown(data) - expected).mean() < 6


@pytest.mark.parametrize("dtype", ["<i1", "<i2", ">i2", "<i4", "<i8", ">i8"])
def test_signed_numbers_are_scaled_between_their_extremes(dtype: str) -> None:
    numbers = np.array([[-100, -50, 0, 100]], dtype=dtype)
    if numbers.dtype.itemsize == 8:
        numbers *= 2**40
    tags: dict[int, tiffs.Tag] = {256: 4, 257: 1, 258: numbers.dtype.itemsize * 8, 262: BLACK_IS_ZERO, 339: 2}
    data = tiffs.tiff([(tags, [numbers.tobytes()])], order="<" if dtype[1] == "1" else dtype[0])
    assert shown(data).ravel().tolist() == [0, 64, 128, 255]


def test_floats_of_all_channels_are_scaled_equally() -> None:
    numbers = np.array([[[0, 1, 2], [4, 2, 0]]], dtype="<f4")
    tags: dict[int, tiffs.Tag] = {256: 2, 257: 1, 258: [32] * 3, 262: RGB, 277: 3, 339: [3] * 3}
    assert shown(tiffs.tiff([(tags, [numbers.tobytes()])])).tolist() == [[[0, 64, 128], [255, 128, 0]]]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(("photometric", "samples"), [(BLACK_IS_ZERO, 1), (RGB, 3)])
def test_an_undefined_sample_format_is_read_as_unsigned(bits: int, photometric: int, samples: int) -> None:
    data = tiffs.one_page(ramps(samples), bits, photometric, t339=4)
    assert near(shown(data), as_color(ramps(samples)))
