"""Whatever a file's pixels are, the result is 8-bit sRGB."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from tests.processor.pipeline.running import image, picture
from tests.support import images
from tests.support.corpus import CORPUS, needs_corpus

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
def test_a_colour_that_a_png_names_transparent_becomes_so(mode: str, transparent: Any) -> None:
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


def test_floats_beyond_that_are_stretched() -> None:
    picture_ = Image.new("F", (3, 1))
    for x, level in enumerate((-10.0, 0.0, 10.0)):
        picture_.putpixel((x, 0), level)
    result = shown(picture_, "TIFF")
    assert [result.getpixel((x, 0)) for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_becomes_rgb(image_format: str) -> None:
    result = shown(Image.new("RGB", (16, 16), ORANGE).convert("CMYK"), image_format)
    assert result.mode == "RGB"
    assert near(result.getpixel((8, 8)), ORANGE, 4)


def test_lab_becomes_srgb() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(srgb, lab, "RGB", "LAB")
    picture_ = ImageCms.applyTransform(Image.new("RGB", (8, 8), ORANGE), transform)
    assert picture_ is not None
    assert near(shown(picture_, "TIFF").getpixel((4, 4)), ORANGE, 3)


def swapped_profile() -> bytes:
    """sRGB but for its red and green primaries, which have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_colours_are_converted_through_the_embedded_profile(image_format: str) -> None:
    result = shown(Image.new("RGB", (16, 16), ORANGE), image_format, icc_profile=swapped_profile())
    assert near(result.getpixel((8, 8)), (120, 220, 30), 8)
    assert "icc_profile" not in result.info


def test_a_profile_leaves_transparency_alone() -> None:
    result = shown(Image.new("RGBA", (16, 16), (*ORANGE, 90)), "PNG", icc_profile=swapped_profile())
    assert near(result.getpixel((8, 8)), (120, 220, 30, 90), 3)


def test_the_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture_ = images.photo(40, 30)
    assert shown(picture_, "PNG", icc_profile=srgb).tobytes() == picture_.tobytes()


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 128, swapped_profile()[:200]])
def test_a_broken_profile_is_as_good_as_none(profile: bytes) -> None:
    picture_ = images.photo(40, 30)
    assert shown(picture_, "PNG", icc_profile=profile).tobytes() == picture_.tobytes()


def test_a_profile_of_another_colour_space_is_as_good_as_none() -> None:
    picture_ = images.photo(40, 30, "L")
    assert shown(picture_, "PNG", icc_profile=swapped_profile()).tobytes() == picture_.tobytes()


@needs_corpus
def test_cmyk_with_a_profile_is_as_the_profile_says() -> None:
    data = (CORPUS / "formats/cmyk-with-profile.jpg").read_bytes()
    source = images.opened(data)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(source.info["icc_profile"]))
    expected = ImageCms.profileToProfile(
        source, profile, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB"
    )
    assert expected is not None
    result = image(data, [])
    for place in ((10, 10), (250, 160), (480, 320)):
        assert near(result.getpixel(place), expected.getpixel(place), 24)  # type: ignore[arg-type]  # RGB tuples.


@needs_corpus
def test_wide_gamut_red_is_full_red_in_srgb() -> None:
    result = image((CORPUS / "formats/p3.png").read_bytes(), [])
    assert near(result.convert("RGB").getpixel((4, 4)), (255, 0, 0), 3)


def test_transparency_is_laid_on_white_in_jpeg() -> None:
    source = images.encoded(Image.new("RGBA", (16, 16), (0, 0, 0, 0)), "PNG")
    assert image(source, [], {"format": "jpeg"}).getpixel((8, 8)) == (255, 255, 255)
    flatten = [{"op": "flatten", "background": "#ff0000"}]
    assert near(image(source, flatten, {"format": "jpeg"}).getpixel((8, 8)), (254, 0, 0), 2)


def test_transparent_pixels_lend_no_colour_when_scaled() -> None:
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
