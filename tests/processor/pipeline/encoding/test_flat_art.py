"""`auto`: the format that suits what is in the picture."""

from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.processor.pipeline.running import picture
from tests.support import images
from tests.support.corpus import corpus_params

pytestmark = pytest.mark.slow

SIZE = (600, 450)


def page() -> Image.Image:
    """Lines of text."""
    paper = Image.new("RGB", SIZE, "white")
    font = ImageFont.load_default(16)
    for top in range(8, SIZE[1], 22):
        ImageDraw.Draw(paper).text((8, top), "The quick brown fox jumps over the lazy dog. " * 2, (20, 20, 60), font)
    return paper


def chart() -> Image.Image:
    """Bars, drawn in twice the size, so that their edges are smooth."""
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
    """A photo on much white."""
    paper = Image.new("RGB", SIZE, "white")
    paper.paste(images.photo(300, 220), (150, 120))
    return paper


ROUND = {"op": "round", "radius": 40}


def chosen(shown: Image.Image, *operations: dict[str, Any], **output: Any) -> str:
    """The format that is chosen for a picture."""
    return picture(images.encoded(shown, "PNG"), list(operations), {"format": "auto", **output}).format


@pytest.mark.parametrize("draw", [page, chart, page_with_photo])
def test_flat_art_is_png_transparent_or_not(draw: Any) -> None:
    assert chosen(draw()) == "png"
    assert chosen(draw(), ROUND) == "png"
    assert chosen(draw(), {"op": "resize", "width": 400}) == "png"


@pytest.mark.parametrize("shown", [images.photo(*SIZE), images.photo(*SIZE, "L"), product()])
def test_a_photo_is_jpeg_and_webp_when_it_has_transparency(shown: Image.Image) -> None:
    assert chosen(shown) == "jpeg"
    assert chosen(shown, ROUND) == "webp"


@pytest.mark.parametrize("path", corpus_params("photos/*.jpg"))
def test_photos_of_cameras_are_jpeg(path: Any) -> None:
    assert picture(path.read_bytes(), [{"op": "resize", "width": 400}], {"format": "auto"}).format == "jpeg"


def test_without_loss_even_a_photo_is_png() -> None:
    assert chosen(images.photo(*SIZE), lossless=True) == "png"


def test_flat_art_that_is_too_long_without_loss_is_made_shorter() -> None:
    size = len(picture(images.encoded(page_with_photo(), "PNG"), [], {"format": "auto"}).data)
    assert chosen(page_with_photo(), max_bytes=size) == "png"
    assert chosen(page_with_photo(), max_bytes=size - 1) == "jpeg"


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_the_smallest_pictures_have_a_format_too(size: tuple[int, int]) -> None:
    assert chosen(Image.new("RGB", size)) == "png"
