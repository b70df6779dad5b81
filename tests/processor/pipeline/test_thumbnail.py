"""The thumbnail of a source, as the pipeline makes it."""

import pytest
from PIL import Image

from darkroom.recipes import load_presets
from darkroom_processor.pipeline import EncodedThumbnail, Instructions, process
from darkroom_processor.pipeline.decoding.decode import decode
from darkroom_processor.pipeline.decoding.needs import needs_of
from darkroom_processor.pipeline.opening.open_image import open_image
from tests.support.profiles import rgb_profile
from tools.testbed import images

ONLY = Instructions(variants=(), describe=True, thumbnail=True)


def thumbnail(data: bytes) -> EncodedThumbnail:
    made = process(data, ONLY).thumbnail
    assert made is not None
    return made


def shown(data: bytes) -> Image.Image:
    """Return the decoded thumbnail of a source."""
    made = thumbnail(data)
    image = images.opened(made.data)
    assert image.format == "WEBP"
    assert image.size == (made.width, made.height)
    return image


@pytest.mark.parametrize(
    ("source", "size"),
    [
        (images.jpeg(900, 600), (320, 213)),
        (images.jpeg(600, 900), (213, 320)),
        (images.png(4000, 10), (320, 1)),
        (images.png(321, 320), (320, 319)),
        (images.webp(320, 320), (320, 320)),
        (images.png(7, 5), (7, 5)),
    ],
    ids=["landscape", "portrait", "line", "nearly", "exact", "tiny"],
)
def test_a_thumbnail_fits_into_320_pixels_and_is_never_enlarged(source: bytes, size: tuple[int, int]) -> None:
    assert shown(source).size == size


def test_a_thumbnail_is_upright() -> None:
    upright = shown(images.jpeg(900, 600, orientation=6))
    assert upright.size == (320, 213)
    assert images.corners(upright) == {name: name for name in images.CORNERS}


def test_a_thumbnail_is_in_srgb_and_has_no_metadata() -> None:
    wide = images.encoded(Image.new("RGB", (400, 400), (255, 0, 0)), "PNG", icc_profile=rgb_profile())
    image = shown(wide)
    assert image.info.get("icc_profile") is None
    assert not image.getexif()
    grey = shown(images.encoded(Image.new("L", (400, 400), 90), "PNG"))
    assert grey.convert("RGB").getpixel((9, 9)) == pytest.approx((90, 90, 90), abs=2)


def test_a_thumbnail_keeps_transparency() -> None:
    source = Image.new("RGBA", (640, 640), (255, 0, 0, 0))
    source.paste((0, 0, 255, 255), (0, 0, 320, 640))
    image = shown(images.encoded(source, "PNG"))
    assert image.mode == "RGBA"
    assert image.getchannel("A").getpixel((300, 100)) == 0
    assert image.getpixel((20, 100)) == pytest.approx((0, 0, 255, 255), abs=3)


def test_a_thumbnail_of_an_animation_is_its_first_frame() -> None:
    source = images.animation(400, 300, 3)
    image = shown(source)
    assert getattr(image, "n_frames", 1) == 1
    first = images.opened(source).convert("RGB").getpixel((200, 150))
    assert image.convert("RGB").getpixel((160, 120)) == pytest.approx(first, abs=6)


@pytest.mark.parametrize("source", [images.png(900, 600), images.jpeg(2000, 1500)], ids=["png", "jpeg"])
def test_results_do_not_depend_on_the_thumbnail(source: bytes) -> None:
    variants = load_presets()["web"].variants[-2:]
    without = process(source, Instructions(variants=variants, describe=True))
    with_thumbnail = process(source, Instructions(variants=variants, describe=True, thumbnail=True))
    assert with_thumbnail.outcomes == without.outcomes
    assert without.thumbnail is None


def test_the_thumbnail_does_not_depend_on_the_recipe() -> None:
    source = images.png(900, 600)
    variants = load_presets()["thumbnails"].variants
    together = process(source, Instructions(variants=variants, describe=True, thumbnail=True)).thumbnail
    assert together == thumbnail(source)


def test_a_large_jpeg_is_decoded_at_an_eighth_for_its_thumbnail() -> None:
    image = open_image(images.jpeg(3200, 2400))
    assert decode(image, needs_of(ONLY, image)).raster.image.size == (400, 300)
