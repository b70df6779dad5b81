"""Pixels of every kind become 8-bit sRGB."""

import math
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.processor.pipeline.running import image, picture
from tests.support import bombs, profiles
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed import images

ORANGE = (220, 120, 30)


def near(pixel: Any, expected: tuple[int, ...], tolerance: int) -> bool:
    return len(pixel) == len(expected) and all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True))


def shown(image_: Image.Image, image_format: str, **options: Any) -> Image.Image:
    return image(images.encoded(image_, image_format, **options), [])


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_working_modes_pass_unchanged(mode: str) -> None:
    picture_ = images.photo(40, 30, "RGBA").convert(mode)
    assert shown(picture_, "PNG").tobytes() == picture_.tobytes()


def test_a_palette_keeps_its_colours() -> None:
    picture_ = images.marked(40, 30).quantize(4)
    assert images.corners(shown(picture_, "PNG")) == {name: name for name in images.CORNERS}


def test_a_palette_keeps_its_transparency() -> None:
    picture_ = images.marked(40, 30).quantize(4)
    hidden = picture_.getpixel((0, 0))
    result = shown(picture_, "PNG", transparency=hidden)
    assert result.mode == "RGBA"
    assert result.getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA pixels are tuples.
    assert result.getpixel((39, 29)) == (*images.BLUE, 255)


@pytest.mark.parametrize(("mode", "transparent"), [("L", 40), ("RGB", ORANGE)])
def test_a_transparent_colour_of_a_png_becomes_transparent(mode: str, transparent: Any) -> None:
    picture_ = Image.new(mode, (8, 8), transparent)
    picture_.paste(255 if mode == "L" else (255, 255, 255), (4, 0, 8, 8))
    result = shown(picture_, "PNG", transparency=transparent)
    assert result.getchannel("A").getpixel((0, 0)) == 0
    assert result.getchannel("A").getpixel((7, 0)) == 255


def test_bilevel_becomes_black_and_white() -> None:
    picture_ = Image.new("1", (8, 8), 1)
    picture_.putpixel((0, 0), 0)
    result = shown(picture_, "PNG")
    assert [result.getpixel((0, 0)), result.getpixel((5, 5))] == [0, 255]


@pytest.mark.parametrize(("image_format", "mode"), [("PNG", "I;16"), ("TIFF", "I;16"), ("PPM", "I")])
def test_sixteen_bits_become_eight_without_clipping(image_format: str, mode: str) -> None:
    picture_ = Image.new(mode, (4, 1))
    for x, level in enumerate((0, 257 * 64, 257 * 128, 65535)):
        picture_.putpixel((x, 0), level)
    result = shown(picture_, image_format)
    assert [result.getpixel((x, 0)) for x in range(4)] == [0, 64, 128, 255]


def test_floats_from_zero_to_one_fill_the_range() -> None:
    picture_ = Image.new("F", (3, 1))
    for x, level in enumerate((0.0, 0.5, 1.0)):
        picture_.putpixel((x, 0), level)
    result = shown(picture_, "TIFF")
    assert [result.getpixel((x, 0)) for x in range(3)] == [0, 128, 255]


def test_floats_beyond_that_range_are_stretched() -> None:
    picture_ = Image.new("F", (3, 1))
    for x, level in enumerate((-10.0, 0.0, 10.0)):
        picture_.putpixel((x, 0), level)
    result = shown(picture_, "TIFF")
    assert [result.getpixel((x, 0)) for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([math.nan, 0.0, 0.5, 1.0], [0, 0, 128, 255]),
        ([-10.0, math.nan, 0.0, 10.0, math.inf, -math.inf], [0, 0, 128, 255, 255, 0]),
        ([math.inf, 1.0, 0.5], [255, 255, 128]),
        ([math.nan, math.nan], [0, 0]),
        ([math.inf, -math.inf], [0, 0]),
    ],
)
def test_nan_and_infinity_do_not_affect_other_floats(levels: list[float], expected: list[int]) -> None:
    picture_ = Image.frombytes("F", (len(levels), 1), struct.pack(f"<{len(levels)}f", *levels))
    result = shown(picture_, "TIFF")
    assert [result.getpixel((x, 0)) for x in range(len(levels))] == expected


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_becomes_rgb(image_format: str) -> None:
    result = shown(Image.new("RGB", (16, 16), ORANGE).convert("CMYK"), image_format)
    assert result.mode == "RGB"
    assert near(result.getpixel((8, 8)), ORANGE, 4)


def rows(picture_: Image.Image) -> Any:
    """Return one row for each pixel, with its channels."""
    return np.asarray(picture_, dtype=float).reshape(-1, len(picture_.getbands()))


def test_lab_becomes_srgb() -> None:
    lab = np.stack(np.meshgrid([30, 50, 70, 85], [-20, 0, 25], [-25, 0, 25], indexing="ij"), axis=-1).reshape(-1, 3)
    # One byte for each channel: lightness from 0 to 100; a and b are signed.
    lightness = np.rint(lab[:, 0] * 2.55)
    stored = np.stack([lightness, lab[:, 1] % 256, lab[:, 2] % 256], axis=1).astype(np.uint8)
    result = rows(shown(Image.frombytes("LAB", (9, 4), stored.tobytes()), "TIFF"))
    expected = profiles.lab_to_srgb(np.stack([lightness / 2.55, lab[:, 1], lab[:, 2]], axis=1))
    assert np.abs(result - expected).max() <= 4


WIDE = profiles.rgb_profile()
ADOBE = profiles.rgb_profile(
    np.array([[0.6097559, 0.2052401, 0.149224], [0.3111242, 0.625656, 0.0632197], [0.0194811, 0.0608902, 0.7448387]]),
    profiles.gamma_curve(2.19921875),
)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("profile", [WIDE, ADOBE], ids=["Display P3", "Adobe RGB"])
def test_colours_are_converted_through_the_embedded_profile(image_format: str, profile: bytes) -> None:
    data = images.encoded(images.photo(60, 45), image_format, icc_profile=profile)
    result = image(data, [])
    assert np.abs(rows(result) - profiles.to_srgb(profile, rows(images.opened(data)) / 255)).max() <= 1
    assert "icc_profile" not in result.info


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_images_are_converted_through_their_profile(mode: str) -> None:
    picture_, linear = images.photo(60, 45, "RGBA").convert(mode), profiles.gray_profile(profiles.gamma_curve(1))
    result = shown(picture_, "PNG", icc_profile=linear)
    assert result.mode == mode
    assert np.abs(rows(result)[:, :1] - profiles.to_srgb(linear, rows(picture_) / 255)[:, :1]).max() <= 1


def test_sixteen_bit_grey_with_transparency_is_converted_by_its_profile() -> None:
    # Pillow reads these as RGBA, which a grey profile does not fit.
    levels = np.linspace(0, 65535, 12).astype(int)
    body = b"\0" + np.stack([levels, levels[::-1]], axis=1).astype(">u2").tobytes()
    profile = profiles.gray_profile(profiles.gamma_curve(1))
    data = bombs.PNG_MAGIC + b"".join(
        [
            bombs.chunk(b"IHDR", struct.pack(">IIBBBBB", 12, 1, 16, 4, 0, 0, 0)),
            bombs.chunk(b"iCCP", b"grey\0\0" + zlib.compress(profile)),
            bombs.chunk(b"IDAT", zlib.compress(body)),
            bombs.chunk(b"IEND", b""),
        ]
    )
    result = image(data, [])
    assert result.mode == "LA"
    expected = profiles.to_srgb(profile, levels[:, None] / 65535)[:, 0]
    # The lower byte is dropped before dark tones are spread.
    assert np.abs(rows(result)[:, 0] - expected).max() <= 12
    assert np.abs(rows(result)[:, 1] - levels[::-1] / 257).max() <= 1


def test_a_profile_leaves_transparency_alone() -> None:
    picture_ = images.photo(60, 45, "RGBA")
    result = rows(shown(picture_, "PNG", icc_profile=WIDE))
    assert (result[:, 3] == rows(picture_)[:, 3]).all()
    seen = result[:, 3] > 0
    assert np.abs(result[:, :3] - profiles.to_srgb(WIDE, rows(picture_)[:, :3] / 255))[seen].max() <= 1


def test_the_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture_ = images.photo(40, 30)
    assert shown(picture_, "PNG", icc_profile=srgb).tobytes() == picture_.tobytes()


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 128, WIDE[:200]])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    picture_ = images.photo(40, 30)
    assert shown(picture_, "PNG", icc_profile=profile).tobytes() == picture_.tobytes()


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    picture_ = images.photo(40, 30, "L")
    assert shown(picture_, "PNG", icc_profile=WIDE).tobytes() == picture_.tobytes()


@needs_corpus
def test_cmyk_is_converted_through_its_profile() -> None:
    data = (CORPUS / "formats/cmyk-with-profile.jpg").read_bytes()
    source = images.opened(data)
    inks = np.asarray(source)[::9, ::9].reshape(-1, 4) / 255
    error = np.abs(
        np.asarray(image(data, []))[::9, ::9].reshape(-1, 3) - profiles.to_srgb(source.info["icc_profile"], inks)
    )
    # LittleCMS interpolates its colour table in tetrahedra, the reference in cubes.
    assert error.max() <= 8
    assert np.quantile(error, 0.98) <= 2


@needs_corpus
def test_wide_gamut_red_becomes_full_red_in_srgb() -> None:
    result = image((CORPUS / "formats/p3.png").read_bytes(), [])
    assert near(result.convert("RGB").getpixel((4, 4)), (255, 0, 0), 3)


def test_a_jpeg_shows_white_where_the_source_is_transparent() -> None:
    source = images.encoded(Image.new("RGBA", (16, 16), (0, 0, 0, 0)), "PNG")
    assert image(source, [], {"format": "jpeg"}).getpixel((8, 8)) == (255, 255, 255)
    flatten = [{"op": "flatten", "background": "#ff0000"}]
    assert near(image(source, flatten, {"format": "jpeg"}).getpixel((8, 8)), (254, 0, 0), 2)


def test_transparent_pixels_do_not_bleed_when_scaled() -> None:
    picture_ = Image.new("RGBA", (64, 64), (0, 255, 0, 0))
    picture_.paste((255, 0, 0, 255), (0, 0, 33, 64))
    result = image(images.encoded(picture_, "PNG"), [{"op": "resize", "width": 10}])
    seen = [pixel for pixel in result.get_flattened_data() if pixel[3] > 8]  # type: ignore[index]  # RGBA tuples.
    assert all(pixel[0] >= 250 and pixel[1] <= 5 for pixel in seen)  # type: ignore[index]  # RGBA tuples.


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_grayscale_is_luma_and_keeps_transparency(mode: str) -> None:
    picture_ = images.photo(40, 30, mode)
    result = image(images.encoded(picture_, "PNG"), [{"op": "grayscale"}])
    assert result.mode == ("LA" if mode == "RGBA" else "L")
    assert result.getchannel("L").tobytes() == picture_.convert("RGB").convert("L").tobytes()


def test_a_grey_jpeg_has_one_channel() -> None:
    made = picture(images.jpeg(60, 40), [{"op": "grayscale"}], {"format": "same"})
    assert images.opened(made.data).mode == "L"
