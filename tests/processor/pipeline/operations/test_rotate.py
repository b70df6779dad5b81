"""Orientation, rotation and mirroring, told by the colours of the corners."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.processor.pipeline.running import description, image, picture
from tests.support import images
from tests.support.bombs import chunk
from tests.support.corpus import CORPUS, needs_corpus

pytestmark = pytest.mark.slow

UPRIGHT = {name: name for name in images.CORNERS}
AROUND = ["top_left", "top_right", "bottom_right", "bottom_left"]


def clockwise(quarters: int) -> dict[str, str]:
    """What stands in each corner after some quarter turns clockwise."""
    return {AROUND[(index + quarters) % 4]: name for index, name in enumerate(AROUND)}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("width", [None, 30, 120])
def test_every_orientation_is_seen_upright(orientation: int, width: int | None) -> None:
    source = images.jpeg(600, 400, orientation)
    shown = image(source, [{"op": "resize", "width": width}] if width else [])
    assert shown.size == ((600, 400) if width is None else (width, round(width * 2 / 3)))
    assert images.corners(shown) == UPRIGHT


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_counts_in_every_format_that_has_one(image_format: str, orientation: int) -> None:
    stored = images.opened(images.jpeg(64, 32, orientation))
    exif = Image.Exif()
    exif[images.ORIENTATION_TAG] = orientation
    source = images.encoded(stored.copy(), image_format, exif=exif)
    shown = image(source, [])
    assert shown.size == (64, 32)
    assert images.corners(shown) == UPRIGHT
    told = description(source)
    assert (told.width, told.height, told.orientation) == (64, 32, orientation)


def test_the_orientation_comes_before_the_operations() -> None:
    # Stored lying, seen as 400 × 600: the upper third of what is seen.
    source = images.jpeg(400, 600, 6)
    shown = image(source, [{"op": "crop", "width": 400, "height": 200}])
    assert shown.size == (400, 200)
    assert images.nearest_corner(shown.getpixel((20, 100))) == "top_left"
    assert images.nearest_corner(shown.getpixel((380, 100))) == "top_right"


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_an_orientation_that_makes_no_sense_counts_as_upright(value: int) -> None:
    exif = Image.Exif()
    exif[images.ORIENTATION_TAG] = value
    source = images.encoded(images.marked(60, 40), "JPEG", exif=exif)
    assert images.corners(image(source, [])) == UPRIGHT
    assert description(source).orientation == 1


@pytest.mark.parametrize("angle", [-360, -270, -180, -90, 0, 90, 180, 270, 360])
def test_right_angles_turn_clockwise_and_exactly(angle: int) -> None:
    shown = image(images.png(60, 40), [{"op": "rotate", "angle": angle}])
    assert shown.size == ((40, 60) if angle % 180 else (60, 40))
    assert images.corners(shown) == clockwise(angle // 90)
    assert len(shown.getcolors() or []) == 4


def test_other_angles_turn_clockwise_too() -> None:
    shown = image(images.png(100, 100), [{"op": "rotate", "angle": 45}])
    assert shown.size == (142, 142)
    top, right = shown.getpixel((71, 20)), shown.getpixel((120, 71))
    assert images.nearest_corner(top) == "top_left"
    assert images.nearest_corner(right) == "top_right"


@pytest.mark.parametrize("angle", [7, 45, 120.5, -33])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_tilted_picture_is_the_picture_seen_through_the_turn(angle: float, mode: str) -> None:
    # Nothing steep: the pipeline reads between sixteen pixels, this between four.
    source = images.photo(121, 90, mode).filter(ImageFilter.GaussianBlur(2))
    result = image(images.encoded(source, "PNG"), [{"op": "rotate", "angle": angle, "background": "transparent"}])
    before, after = (np.asarray(one.convert("RGBA").convert("RGBa")).astype(float) for one in (source, result))
    # Where each pixel of the result comes from: turned back about the middle, then read between four pixels.
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    y, x = np.mgrid[0 : result.height, 0 : result.width] + 0.5
    x, y = x - result.width / 2, y - result.height / 2
    across, down = x * cosine + y * sine + 60, y * cosine - x * sine + 44.5
    inside = (across >= 1) & (across <= 119) & (down >= 1) & (down <= 88)
    left, top = np.floor(across[inside]).astype(int), np.floor(down[inside]).astype(int)
    right_part, lower_part = (across[inside] - left)[:, None], (down[inside] - top)[:, None]
    upper = before[top, left] * (1 - right_part) + before[top, left + 1] * right_part
    lower = before[top + 1, left] * (1 - right_part) + before[top + 1, left + 1] * right_part
    error = np.abs(after[inside] - (upper * (1 - lower_part) + lower * lower_part))
    assert error.mean() < 0.7
    assert error.max() < 9
    assert after[(across < -1.5) | (down < -1.5) | (across > 121.5) | (down > 90.5)].max() == 0


@pytest.mark.parametrize("background", ["#ffffff", "#336699"])
def test_a_tilted_picture_lies_on_the_background(background: str) -> None:
    shown = image(images.png(100, 80), [{"op": "rotate", "angle": 10, "background": background}])
    assert shown.mode == "RGB"
    assert shown.getpixel((1, 1)) == tuple(bytes.fromhex(background[1:]))


def test_a_tilted_picture_on_nothing_becomes_transparent() -> None:
    shown = image(images.png(100, 80), [{"op": "rotate", "angle": 10, "background": "transparent"}])
    assert shown.mode == "RGBA"
    assert shown.getpixel((1, 1)) == (0, 0, 0, 0)
    assert shown.getchannel("A").getpixel((shown.width // 2, shown.height // 2)) == 255


def test_flip_mirrors_top_to_bottom_and_flop_left_to_right() -> None:
    flipped = images.corners(image(images.png(60, 40), [{"op": "flip"}]))
    flopped = images.corners(image(images.png(60, 40), [{"op": "flop"}]))
    assert flipped["top_left"] == "bottom_left"
    assert flipped["top_right"] == "bottom_right"
    assert flopped["top_left"] == "top_right"
    assert flopped["bottom_left"] == "bottom_right"


def test_turning_before_a_resize_is_right_at_reduced_decoding_too() -> None:
    operations: list[dict[str, Any]] = [{"op": "rotate", "angle": 90}, {"op": "flop"}, {"op": "resize", "width": 40}]
    shown = image(images.jpeg(801, 599, 6), operations)
    assert shown.size == (40, round(801 * 40 / 599))
    assert images.corners(shown)["top_right"] == "bottom_left"


@needs_corpus
@pytest.mark.parametrize("name", ["landscape", "portrait"])
@pytest.mark.parametrize("width", [None, 150])
def test_all_orientations_of_one_photo_look_the_same(name: str, width: int | None) -> None:
    operations = [{"op": "resize", "width": width}] if width else []
    files = [CORPUS / "orientation" / f"{name}-{number}.jpg" for number in range(1, 9)]
    shown = [image(file.read_bytes(), operations, {"format": "png", "effort": 1}) for file in files]
    assert {one.size for one in shown} == {shown[0].size}
    for other in shown[1:]:
        # The files were compressed one by one, so equality is up to their own noise: 4 levels of 255 on average.
        assert max(ImageStat.Stat(ImageChops.difference(shown[0], other)).mean) < 4


def test_a_result_has_no_orientation_left() -> None:
    made = picture(images.jpeg(60, 40, 6), [], {"format": "jpeg"})
    assert dict(images.opened(made.data).getexif()) == {}


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def with_xmp(image_format: str) -> bytes:
    """A file of `marked` whose XMP, and nothing else, tells an orientation."""
    marked = images.marked(64, 32)
    options: dict[str, Any] = {"TIFF": {"tiffinfo": {700: XMP}}}.get(image_format, {"xmp": XMP})
    data = images.encoded(marked, image_format, **options)
    if image_format == "PNG":
        return data[:33] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP) + data[33:]
    if image_format == "GIF":
        at = 13 + (3 << (data[10] & 7) + 1)
        block = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0"
        return data[:at] + block + data[at:]
    if image_format == "JPEG2000":
        uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
        return data[:32] + (24 + len(XMP)).to_bytes(4, "big") + b"uuid" + uuid + XMP + data[32:]
    return data


@pytest.mark.parametrize("output", [{"format": "png"}, {"format": "same"}])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "JPEG2000"])
def test_the_orientation_that_xmp_tells_turns_nothing(image_format: str, output: dict[str, str]) -> None:
    data = with_xmp(image_format)
    assert b'tiff:Orientation="6"' in data
    assert description(data).orientation == 1
    shown = image(data, [], output)
    assert shown.size == (64, 32)
    assert images.corners(shown) == UPRIGHT
