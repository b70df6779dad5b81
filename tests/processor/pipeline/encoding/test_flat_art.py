"""Format `auto`, which depends on what the pixels show."""

from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.processor.pipeline.running import picture
from tests.support.corpus import corpus_params
from tools.testbed import images

pytestmark = pytest.mark.slow

SIZE = (600, 450)


def page() -> Image.Image:
    """Draw lines of text."""
    paper = Image.new("RGB", SIZE, "white")
    font = ImageFont.load_default(16)
    for top in range(8, SIZE[1], 22):
        ImageDraw.Draw(paper).text((8, top), "The quick brown fox jumps over the lazy dog. " * 2, (20, 20, 60), font)
    return paper


def chart() -> Image.Image:
    """Draw a bar chart at twice the size and reduce it, for smooth edges."""
    paper = Image.new("RGB", (2 * SIZE[0], 2 * SIZE[1]), "white")
    for number in range(6):
        left, top = 200 * number + 30, 100 + number * 37 % 9 * 80
        ImageDraw.Draw(paper).rectangle((left, top, left + 130, 2 * SIZE[1]), images.CORNERS["bottom_right"])
    return paper.resize(SIZE)


def page_with_photo() -> Image.Image:
    paper = page()
    paper.paste(images.photo(140, 110), (230, 170))
    return paper


def product() -> Image.Image:
    """Draw a photo with much white around it."""
    paper = Image.new("RGB", SIZE, "white")
    paper.paste(images.photo(300, 220), (150, 120))
    return paper


ROUND = {"op": "round", "radius": 40}


def chosen(shown: Image.Image, *operations: dict[str, Any], **output: Any) -> str:
    """Return the format that is chosen for an image."""
    return picture(images.encoded(shown, "PNG"), list(operations), {"format": "auto", **output}).format


@pytest.mark.parametrize("draw", [page, chart, page_with_photo])
def test_flat_art_becomes_png_with_or_without_transparency(draw: Any) -> None:
    assert chosen(draw()) == "png"
    assert chosen(draw(), ROUND) == "png"
    assert chosen(draw(), {"op": "resize", "width": 400}) == "png"


@pytest.mark.parametrize("shown", [images.photo(*SIZE), images.photo(*SIZE, "L"), product()])
def test_a_photo_becomes_jpeg_or_webp_if_it_has_transparency(shown: Image.Image) -> None:
    assert chosen(shown) == "jpeg"
    assert chosen(shown, ROUND) == "webp"


@pytest.mark.parametrize("path", corpus_params("photos/*.jpg"))
def test_camera_photos_become_jpeg(path: Any) -> None:
    assert picture(path.read_bytes(), [{"op": "resize", "width": 400}], {"format": "auto"}).format == "jpeg"


def test_a_lossless_photo_becomes_png() -> None:
    assert chosen(images.photo(*SIZE), lossless=True) == "png"


def test_flat_art_over_max_bytes_as_png_becomes_lossy() -> None:
    size = len(picture(images.encoded(page_with_photo(), "PNG"), [], {"format": "auto"}).data)
    assert chosen(page_with_photo(), max_bytes=size) == "png"
    assert chosen(page_with_photo(), max_bytes=size - 1) == "jpeg"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_the_smallest_images_get_a_format(size: tuple[int, int]) -> None:
    assert chosen(Image.new("RGB", size)) == "png"
