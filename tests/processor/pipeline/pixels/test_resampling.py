"""Resized pixels against a separate computation, and each optimization against the plain way."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from darkroom.recipes import Variant
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from darkroom_processor.pipeline.pixels import resampling
from darkroom_processor.pipeline.pixels.raster import Raster
from tests.processor.pipeline.running import failure, image, variant
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed import images

pytestmark = pytest.mark.slow

Levels = NDArray[np.float64]

KERNELS: dict[str, tuple[float, Callable[[float], float]]] = {
    "bilinear": (1.0, lambda x: max(0.0, 1 - abs(x))),
    "bicubic": (2.0, lambda x: _cubic(abs(x))),
    "lanczos": (3.0, lambda x: float(np.sinc(x) * np.sinc(x / 3)) if abs(x) < 3 else 0.0),
}


def _cubic(x: float) -> float:
    """Keys' bicubic kernel with a = -1/2."""
    if x < 1:
        return (1.5 * x - 2.5) * x * x + 1
    return ((-0.5 * x + 2.5) * x - 4) * x + 2 if x < 2 else 0.0


def weights(length: int, result: int, kernel: str) -> Levels:
    """Return the matrix that resamples a line: the kernel, widened by the ratio, at each centre. Rows add up to 1."""
    support, function = KERNELS[kernel]
    ratio = length / result
    widened = max(ratio, 1.0)
    matrix = np.zeros((result, length))
    for row in range(result):
        centre = (row + 0.5) * ratio
        first, last = max(0, int(centre - support * widened)), min(length, math.ceil(centre + support * widened) + 1)
        for column in range(first, last):
            matrix[row, column] = function((column + 0.5 - centre) / widened)
    normalized: Levels = matrix / matrix.sum(axis=1, keepdims=True)
    return normalized


def resampled(picture: Image.Image, size: tuple[int, int], kernel: str, *, down_first: bool = False) -> Levels:
    """Resample in floating point, along one axis and then the other. With alpha, levels are premultiplied."""
    levels = np.asarray(picture, dtype=np.float64)
    if picture.mode == "RGBA":
        levels = np.concatenate([levels[..., :3] * levels[..., 3:] / 255, levels[..., 3:]], axis=2)
    down, across = weights(picture.height, size[1], kernel), weights(picture.width, size[0], kernel)
    levels = levels.reshape(picture.height, picture.width, -1)
    result = levels if down_first else levels.swapaxes(0, 1)
    for matrix in (down, across) if down_first else (across, down):
        # Eight bits hold no values beyond 0 and 255 between the axes.
        result = np.clip(np.tensordot(matrix, result, axes=(1, 0)), 0, 255).swapaxes(0, 1)
    if not down_first:
        result = result.swapaxes(0, 1)
    if picture.mode == "RGBA":
        # A premultiplied colour cannot exceed its alpha.
        result[..., :3] = np.minimum(result[..., :3], result[..., 3:])
    return result


def premultiplied(picture: Image.Image) -> Levels:
    levels = np.asarray(picture.convert("RGBa") if picture.mode == "RGBA" else picture, dtype=np.float64)
    return levels.reshape(picture.height, picture.width, -1)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(90, 70), (41, 29), (150, 131), (1, 1)])
def test_resizing_follows_the_kernel(kernel: str, mode: str, size: tuple[int, int]) -> None:
    source = images.photo(120, 100, mode)
    resize = {"op": "resize", "width": size[0], "height": size[1], "fit": "fill", "filter": kernel, "enlarge": True}
    result = premultiplied(image(images.encoded(source, "PNG"), [resize]))
    # Rounding after each axis, and of straight colours, makes up to three levels of 255. At a ratio of 4 or more,
    # squares are averaged first, which other tests check.
    if min(120 / size[0], 100 / size[1]) < 4:
        ways = [resampled(source, size, kernel, down_first=down_first) for down_first in (False, True)]
        assert min(np.abs(result - way).max() for way in ways) <= 3


def psnr(one: Levels, other: Levels) -> float:
    error = float(np.mean((one - other) ** 2))
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


@pytest.mark.parametrize("width", [200, 100, 50, 25, 12])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_averaging_first_stays_close_to_the_kernel(width: int, mode: str) -> None:
    source = images.photo(800, 600, mode)
    result = premultiplied(image(images.encoded(source, "PNG"), [{"op": "resize", "width": width}]))
    assert psnr(result, resampled(source, (result.shape[1], result.shape[0]), "lanczos")) > 38


@pytest.mark.parametrize("size", [(1600, 30), (30, 1600)])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_averaging_along_one_side_stays_close_to_the_kernel(size: tuple[int, int], mode: str) -> None:
    source = images.photo(*size, "RGBA").convert(mode)
    resize = {"op": "resize", "width": 20, "height": 20, "fit": "fill"}
    result = premultiplied(image(images.encoded(source, "PNG"), [resize]).convert("RGBA"))
    assert psnr(result, resampled(source.convert("RGBA"), (20, 20), "lanczos")) > 38


def nearness(data: bytes, resize: dict[str, Any]) -> float:
    """Return the decibels between the pipeline's result and Lanczos on all pixels of the source."""
    result = image(data, [{"op": "resize", **resize}])
    full = images.opened(data).resize(result.size, Image.Resampling.LANCZOS)
    return psnr(premultiplied(result), premultiplied(full))


@pytest.mark.parametrize("width", [750, 500, 380, 300, 230, 150, 90, 40])
@pytest.mark.parametrize("size", [(1000, 751), (997, 600), (801, 1003)])
def test_reduced_decoding_stays_close_to_full_decoding(width: int, size: tuple[int, int]) -> None:
    data = images.encoded(images.photo(*size), "JPEG", quality=90)
    assert nearness(data, {"width": width, "filter": "lanczos"}) > 36
    assert nearness(data, {"width": width}) > 36


@needs_corpus
@pytest.mark.parametrize("width", [1280, 1000, 720, 600, 500, 400, 300, 200, 128, 64])
def test_reduced_decoding_of_a_photo_stays_close_to_full_decoding(width: int) -> None:
    data = (CORPUS / "photos/sharp-benchmark.jpg").read_bytes()
    assert nearness(data, {"width": width, "filter": "lanczos"}) > 46
    # Sharp reaches 33 to 41 dB.
    assert nearness(data, {"width": width}) > 40


def test_an_image_that_the_decoder_did_not_shrink_is_resampled_by_lanczos() -> None:
    data = images.encoded(images.photo(800, 600), "JPEG", quality=90)
    named = image(data, [{"op": "resize", "width": 700, "filter": "lanczos"}])
    assert image(data, [{"op": "resize", "width": 700}]).tobytes() == named.tobytes()


def width_variant(width: int, **how: Any) -> Variant:
    return variant([{"op": "resize", "width": width, **how}], name=f"w{width}")


def test_variants_made_from_larger_ones_are_close_to_those_made_alone() -> None:
    data = images.encoded(images.photo(900, 700), "PNG")
    variants = tuple(width_variant(width) for width in (50, 600, 300, 580, 850, 120))
    together = process(data, Instructions(variants=variants, describe=False)).outcomes
    for one, made in zip(variants, together, strict=True):
        alone = process(data, Instructions(variants=(one,), describe=False)).outcomes[0]
        assert isinstance(made, EncodedVariant)
        assert isinstance(alone, EncodedVariant)
        assert (made.width, made.height) == (alone.width, alone.height)
        assert psnr(premultiplied(images.opened(made.data)), premultiplied(images.opened(alone.data))) > 40


def test_a_variant_is_made_from_a_larger_one_only_if_that_shows_everything() -> None:
    data = images.encoded(images.marked(400, 200), "PNG")
    variants = (
        variant([{"op": "resize", "width": 200, "height": 200}], name="cut"),
        variant([{"op": "resize", "width": 300, "height": 300, "fit": "contain"}], name="boxed"),
        variant([{"op": "resize", "width": 40}], name="small"),
    )
    outcomes = process(data, Instructions(variants=variants, describe=False)).outcomes
    assert isinstance(outcomes[2], EncodedVariant)
    small = images.opened(outcomes[2].data)
    assert small.size == (40, 20)
    assert images.corners(small) == {name: name for name in images.CORNERS}


@pytest.mark.parametrize("instructions", ["vector", "scalar"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kernel", [Image.Resampling.LANCZOS])
@pytest.mark.parametrize("size", [(250, 199), (31, 47), (600, 400)])
@pytest.mark.parametrize("place", [(100, 90), (250, 260)])
def test_resampling_in_strips_only_changes_rounding(
    instructions: str,
    mode: str,
    kernel: Image.Resampling,
    size: tuple[int, int],
    place: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if instructions == "scalar":
        monkeypatch.setattr(resampling, "VECTORS", False)
    monkeypatch.setattr(resampling, "_STRIP_BYTES", 64 * 360 * 4)
    source = Image.new("RGBA", (400, 360))
    source.paste(images.photo(120, 100, "RGBA"), place)
    source = source.convert(mode)
    box = (3.25, 1.5, 396.5, 357.0)
    result = resampling.resample(source, size, kernel, box)
    direct = Raster(source).premultiplied.resize(size, kernel, box)
    # Each axis is rounded, but in a different order.
    assert psnr(np.asarray(result, dtype=np.float64), np.asarray(direct, dtype=np.float64)) > 50


@pytest.mark.skipif(not resampling.VECTORS, reason="no vector instructions on this machine")
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBa"])
@pytest.mark.parametrize("kernel", [Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR])
@pytest.mark.parametrize("size", [(100, 80), (31, 147), (600, 400), (1, 1)])
def test_resampling_is_the_same_with_and_without_vector_instructions(
    mode: str, kernel: Image.Resampling, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = images.photo(400, 360, "RGBA").convert(mode) if mode == "RGBa" else images.photo(400, 360, mode)
    box = (3.25, 1.5, 396.5, 357.0)
    result = np.asarray(resampling.resample(source, size, kernel, box), dtype=np.float64)
    monkeypatch.setattr(resampling, "VECTORS", False)
    assert psnr(result, np.asarray(resampling.resample(source, size, kernel, box), dtype=np.float64)) > 50


@pytest.mark.parametrize("size", [(100, 80), (600, 401)])
def test_resampling_in_chunks_of_rows_changes_almost_nothing(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, box = images.photo(400, 360), (3.25, 1.5, 396.5, 360.0)
    at_once = np.asarray(resampling.resample(source, size, Image.Resampling.LANCZOS, box), dtype=int)
    monkeypatch.setattr(resampling, "_BETWEEN_BYTES", 4 * 400 * 30)
    in_parts = np.asarray(resampling.resample(source, size, Image.Resampling.LANCZOS, box), dtype=int)
    assert np.abs(in_parts - at_once).max() <= 2


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("factors", [(2, 2), (7, 3), (1, 5), (301, 207)])
def test_averaging_in_strips_changes_nothing(
    mode: str, factors: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = images.photo(301, 207, "RGBA").convert(mode)
    whole = Raster(source).premultiplied.reduce(factors)
    monkeypatch.setattr(resampling, "_STRIP_BYTES", 40 * 207 * 4)
    assert resampling.averaged(source, factors).tobytes() == whole.tobytes()


def test_a_transparent_image_stays_transparent() -> None:
    source = images.encoded(Image.new("RGBA", (90, 60)), "PNG")
    assert image(source, [{"op": "resize", "width": 30}]).getextrema() == ((0, 0),) * 4


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
@pytest.mark.parametrize("angle", [45, 7, -120.5])
def test_rotation_after_shrinking_stays_close_to_rotation_of_all_pixels(image_format: str, angle: float) -> None:
    data = images.encoded(images.photo(803, 601), image_format)
    turn, resize = {"op": "rotate", "angle": angle, "background": "#808080"}, {"op": "resize", "width": 100}
    at_once = image(data, [turn, resize])
    turned = images.encoded(image(data, [turn]), "PNG")
    one_after_the_other = image(turned, [resize])
    assert at_once.size == one_after_the_other.size
    assert psnr(premultiplied(at_once), premultiplied(one_after_the_other)) > 34


def test_an_image_too_large_for_a_canvas_can_be_rotated_before_a_resize() -> None:
    data = images.encoded(Image.new("RGB", (6000, 6000)), "JPEG")
    turn = {"op": "rotate", "angle": 45}
    assert image(data, [turn, {"op": "flip"}, {"op": "resize", "width": 90}]).size == (90, 90)
    assert failure(data, [turn]).code == "output_limit"
    assert failure(data, [turn, {"op": "crop", "width": 90, "height": 90}]).code == "output_limit"
