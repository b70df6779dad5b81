"""Encoding with limits of bytes, palettes and chroma subsampling."""

from typing import Any

import pytest
from PIL import Image, JpegImagePlugin

from tests.processor.pipeline.running import failure, image, picture
from tools.testbed import images

PHOTO = images.encoded(images.photo(200, 150), "PNG")


@pytest.mark.parametrize(("name", "limit"), [("jpeg", 3500), ("webp", 2500), ("avif", 3000)])
def test_the_best_quality_within_max_bytes_is_found(name: str, limit: int) -> None:
    free = picture(PHOTO, [], {"format": name, "quality": 95})
    bound = picture(PHOTO, [], {"format": name, "quality": 95, "max_bytes": limit})
    assert len(bound.data) <= limit < len(free.data)
    assert len(bound.data) > limit * 0.85
    assert (
        picture(PHOTO, [], {"format": name, "max_bytes": 1_000_000}).data == picture(PHOTO, [], {"format": name}).data
    )


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "gif", "tiff"])
def test_a_variant_that_cannot_be_small_enough_fails(name: str) -> None:
    failed = failure(PHOTO, [], {"format": name, "max_bytes": 100})
    assert failed.code == "output_limit"
    assert "100" in failed.message


def test_a_lossless_variant_is_not_made_lossy_to_fit() -> None:
    assert failure(PHOTO, [], {"format": "webp", "lossless": True, "max_bytes": 2000}).code == "output_limit"


@pytest.mark.parametrize(("subsampling", "expected"), [(None, 2), ("4:2:0", 2), ("4:2:2", 1), ("4:4:4", 0)])
def test_a_jpeg_has_the_requested_chroma_subsampling(subsampling: str | None, expected: int) -> None:
    made = picture(PHOTO, [], {"format": "jpeg", "subsampling": subsampling})
    opened = images.opened(made.data)
    assert isinstance(opened, JpegImagePlugin.JpegImageFile)
    assert JpegImagePlugin.get_sampling(opened) == expected


def test_an_avif_with_full_chroma_has_more_bytes() -> None:
    small, large = (picture(PHOTO, [], {"format": "avif", "subsampling": how}) for how in ("4:2:0", "4:4:4"))
    assert len(small.data) < len(large.data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("colors", [2, 16, 256])
@pytest.mark.parametrize("name", ["png", "gif"])
def test_a_palette_has_at_most_the_requested_colours(name: str, colors: int, mode: str) -> None:
    source = images.encoded(images.photo(80, 60, mode), "PNG")
    opened = images.opened(picture(source, [], {"format": name, "colors": colors}).data)
    assert opened.mode == "P"
    assert len(opened.getcolors(256) or []) <= colors


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_image_of_few_colours_gets_a_palette_without_loss(mode: str) -> None:
    source = images.marked(64, 48).convert(mode)
    if mode == "RGBA":
        source.paste((1, 2, 3, 90), (0, 0, 5, 5))
        source.paste((4, 5, 6, 0), (9, 9, 15, 15))
    data = images.encoded(source, "PNG")
    made = picture(data, [], {"format": "png"})
    assert images.opened(made.data).mode == "P"
    assert image(data, []).convert(mode).tobytes() == source.tobytes()
    assert len(made.data) < len(data)


def test_gif_keeps_transparency() -> None:
    source = Image.new("RGBA", (20, 20))
    source.paste((10, 200, 30, 255), (5, 5, 15, 15))
    shown = image(images.encoded(source, "PNG"), [], {"format": "gif"})
    assert shown.mode == "RGBA"
    assert shown.getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA pixels are tuples.
    assert shown.getpixel((10, 10)) == (10, 200, 30, 255)


def test_only_an_uncompressed_png_above_a_megapixel_fails() -> None:
    def scaled(width: int, **output: Any) -> tuple[bytes, list[dict[str, Any]], dict[str, Any]]:
        resize = {"op": "resize", "width": width, "height": 1000, "fit": "fill", "enlarge": True}
        return images.jpeg(64, 48), [resize], {"format": "png", **output}

    refused = failure(*scaled(1001, effort=0))
    assert (refused.code, "`effort` of 1 or more" in refused.message) == ("output_limit", True)
    assert len(picture(*scaled(1000, effort=0)).data) > 2_900_000
    assert len(picture(*scaled(1001, effort=1)).data) < 1_000_000
