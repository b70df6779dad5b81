"""Operations that change colours, edges and corners, and watermarks and positions in outline."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.processor.pipeline.running import failure, image
from tools.testbed import images

PHOTO = images.photo(96, 64)
FADED = images.photo(96, 64, "RGBA")


def made(picture: Image.Image, *operations: dict[str, Any]) -> Image.Image:
    return image(images.encoded(picture, "PNG"), list(operations))


def levels(picture: Image.Image) -> Any:
    return np.asarray(picture).astype(int)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "blur"},
        {"op": "sharpen"},
        {"op": "adjust", "brightness": 1.4, "contrast": 0.8, "saturation": 0.2, "gamma": 2.2},
        {"op": "tint", "color": "#336699"},
        {"op": "sepia"},
        {"op": "grayscale"},
        {"op": "watermark", "text": "Darkroom"},
    ],
)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_filters_keep_size_and_transparency(operation: dict[str, Any], mode: str) -> None:
    source = FADED.convert(mode)
    result = made(source, operation)
    assert result.size == source.size
    assert result.mode.endswith("A") == mode.endswith("A")
    if mode.endswith("A") and operation["op"] not in {"blur", "watermark"}:
        assert result.getchannel("A").tobytes() == source.getchannel("A").tobytes()


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "adjust"},
        {"op": "tint", "color": "#336699", "strength": 0},
        {"op": "sepia", "strength": 0},
        {"op": "sharpen", "amount": 0},
        {"op": "watermark", "text": "Darkroom", "opacity": 0},
    ],
)
def test_filters_with_neutral_settings_change_nothing(operation: dict[str, Any]) -> None:
    assert made(PHOTO, operation).tobytes() == PHOTO.tobytes()


def gaussian(values: Any, sigma: float) -> Any:
    """Blur rows of pixels in floating point. Beyond the sides the outermost pixels are repeated."""
    reach = int(4 * sigma) + 1
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    for axis in (0, 1):
        sides = [(reach, reach) if other == axis else (0, 0) for other in range(values.ndim)]
        padded = np.pad(values.astype(float), sides, mode="edge")
        length = values.shape[axis]
        values = sum(
            weight * np.take(padded, np.arange(at, at + length), axis) for at, weight in enumerate(weights)
        ) / sum(weights)
    return values


@pytest.mark.parametrize("sigma", [0.8, 3, 12])
def test_blur_is_a_gaussian(sigma: float) -> None:
    # Pillow approximates a Gaussian by three box blurs, each of which repeats the outermost pixels: the rim differs.
    error = np.abs(levels(made(PHOTO, {"op": "blur", "sigma": sigma})) - gaussian(levels(PHOTO), sigma))
    rim = int(2 * sigma)
    assert error[rim:-rim, rim:-rim].max() <= 9
    assert error.mean() <= 2.5


def test_sharpen_adds_the_difference_to_a_blur() -> None:
    soft = PHOTO.filter(ImageFilter.GaussianBlur(1))
    difference = levels(soft) - gaussian(levels(soft), 2)
    expected = np.clip(levels(soft) + 1.5 * difference * (np.abs(difference) > 4), 0, 255)
    error = np.abs(levels(made(soft, {"op": "sharpen", "sigma": 2, "amount": 1.5, "threshold": 4})) - expected)
    # Near the threshold, rounding decides.
    assert np.quantile(error, 0.97) <= 3


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_sharpening_does_not_change_one_colour_on_transparency(mode: str) -> None:
    stroke = Image.new("RGBA", (60, 40))
    stroke.paste((230, 130, 40, 255), (10, 18, 50, 20))
    stroke = stroke.resize((53, 37), Image.Resampling.BILINEAR).convert(mode)
    sharpened = made(stroke, {"op": "sharpen", "amount": 4, "sigma": 2, "threshold": 0})
    before, after = (levels(one.convert("RGBA").convert("RGBa")) for one in (stroke, sharpened))
    # There are four steps, each of which may round by one level.
    assert np.abs(before - after).max() <= 5


def test_brightness_contrast_and_gamma_follow_their_formula() -> None:
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    result = levels(made(ramp, {"op": "adjust", "brightness": 1.2, "contrast": 1.5, "gamma": 2}))[0]
    values = np.clip((np.arange(256) / 255 * 1.2 - 0.5) * 1.5 + 0.5, 0, 1) ** 0.5 * 255
    assert np.abs(result - values).max() <= 0.51


def luma(rgb: Any) -> Any:
    """Compute luma by ITU-R BT.601."""
    return rgb @ np.array([0.299, 0.587, 0.114])


def saturated(rgb: Any) -> Any:
    return luma(rgb)[..., None] + 1.8 * (rgb - luma(rgb)[..., None])


def sepia(rgb: Any) -> Any:
    """Compute sepia by Filter Effects, section 8.9, at 70 %."""
    matrix = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    return 0.3 * rgb + 0.7 * np.clip(rgb @ matrix.T, 0, 255)


def tinted(rgb: Any) -> Any:
    """Compute the tint: from black through the colour, at middle grey, to white."""
    gray = luma(rgb)
    return np.stack([np.interp(gray, [0, 128, 255], [0, middle, 255]) for middle in (0x33, 0x66, 0x99)], axis=-1)


@pytest.mark.parametrize(
    ("operation", "formula"),
    [
        ({"op": "grayscale"}, lambda rgb: np.repeat(luma(rgb)[..., None], 3, axis=-1)),
        ({"op": "adjust", "saturation": 1.8}, saturated),
        ({"op": "adjust", "saturation": 0}, lambda rgb: np.repeat(luma(rgb)[..., None], 3, axis=-1)),
        ({"op": "sepia", "strength": 0.7}, sepia),
        ({"op": "tint", "color": "#336699"}, tinted),
    ],
    ids=["grayscale", "saturation", "no saturation", "sepia", "tint"],
)
def test_colours_follow_their_formula(operation: dict[str, Any], formula: Callable[[Any], Any]) -> None:
    expected = np.clip(formula(levels(PHOTO).astype(float)), 0, 255)
    assert np.abs(levels(made(PHOTO, operation).convert("RGB")) - expected).max() <= 2


def test_trim_cuts_off_the_border() -> None:
    framed = Image.new("RGB", (60, 50), (250, 250, 250))
    framed.paste(images.marked(20, 10), (15, 25))
    framed.putpixel((0, 49), (245, 250, 250))
    result = made(framed, {"op": "trim"})
    assert result.size == (20, 10)
    assert images.corners(result) == {name: name for name in images.CORNERS}


def test_trim_cuts_off_a_transparent_border() -> None:
    framed = Image.new("RGBA", (60, 50), (200, 0, 0, 0))
    framed.paste(images.marked(20, 10), (15, 25))
    assert made(framed, {"op": "trim"}).size == (20, 10)


def test_trim_keeps_an_image_that_is_all_border() -> None:
    assert made(Image.new("RGB", (60, 50), (9, 9, 9)), {"op": "trim"}).size == (60, 50)


@pytest.mark.parametrize("radius", [{"radius": 10}, {"fraction": 0.5}, {"radius": 4000}, {"fraction": 0.2}])
def test_round_clears_the_corners_only(radius: dict[str, Any]) -> None:
    alpha = made(images.marked(60, 40), {"op": "round", **radius}).getchannel("A")
    assert [alpha.getpixel(place) for place in ((0, 0), (59, 0), (59, 39), (0, 39))] == [0, 0, 0, 0]
    assert [alpha.getpixel(place) for place in ((30, 0), (59, 20), (30, 39), (0, 20), (30, 20))] == [255] * 5


def test_a_square_rounded_by_half_is_a_disc() -> None:
    alpha = levels(made(images.marked(100, 100), {"op": "round", "fraction": 0.5}).getchannel("A"))
    assert alpha.sum() / 255 == pytest.approx(np.pi * 50**2, rel=0.005)


def test_rounded_corners_can_have_a_colour() -> None:
    result = made(images.marked(60, 40), {"op": "round", "radius": 10, "background": "#0000ff"})
    assert result.mode == "RGB"
    assert result.getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("position", "where"),
    [
        ("top-left", (0, 0)),
        ("top-right", (1, 0)),
        ("bottom-left", (0, 1)),
        ("bottom-right", (1, 1)),
    ],
)
def test_a_watermark_is_at_its_position(position: str, where: tuple[int, int]) -> None:
    grey = Image.new("RGB", (300, 200), (128, 128, 128))
    result = made(grey, {"op": "watermark", "text": "© me", "position": position, "opacity": 1})
    changed = np.argwhere((levels(result) != 128).any(axis=2))
    middle = changed.mean(axis=0) / (200, 300)
    assert (round(middle[1]), round(middle[0])) == where
    width = np.ptp(changed[:, 1]) + 1
    assert width == pytest.approx(300 * 0.25, abs=6)


def test_a_text_is_not_taller_than_the_image() -> None:
    result = made(Image.new("RGB", (300, 12)), {"op": "watermark", "text": "W", "scale": 1, "opacity": 1})
    assert result.size == (300, 12)


def test_a_tiled_watermark_covers_the_image() -> None:
    grey = Image.new("RGB", (400, 400), (128, 128, 128))
    result = levels(made(grey, {"op": "watermark", "text": "Darkroom", "tile": True, "scale": 0.15}))
    changed = (result != 128).any(axis=2)
    for quarter in (changed[:200, :200], changed[:200, 200:], changed[200:, :200], changed[200:, 200:]):
        assert quarter.mean() > 0.02


@pytest.mark.parametrize("operation", [{"op": "watermark", "text": "x"}, {"op": "round", "radius": 3}])
def test_no_watermark_is_drawn_on_an_image_that_is_too_large(operation: dict[str, Any]) -> None:
    assert failure(images.png(9000, 3), [operation]).code == "output_limit"


@pytest.mark.parametrize(("x", "seen"), [(0.1, "top_left"), (0.9, "top_right")])
def test_a_cover_keeps_the_area_around_its_focus(x: float, seen: str) -> None:
    cover = {"op": "resize", "width": 20, "height": 20, "position": {"x": x, "y": 0.5}}
    assert images.corners(made(images.marked(400, 100), cover))["top_left"] == seen


@pytest.mark.parametrize("centre", [60, 200, 340])
@pytest.mark.parametrize("position", ["smart", "attention", "entropy"])
def test_a_smart_cover_keeps_the_area_with_most_to_see(position: str, centre: int) -> None:
    plain = Image.new("RGB", (400, 100), (200, 200, 205))
    plain.paste(images.photo(60, 60), (centre - 30, 20))
    smart = made(plain, {"op": "resize", "width": 100, "height": 100, "position": position})
    expected = min(max(centre - 50, 0), 300)
    offsets = [
        np.abs(levels(smart) - levels(plain.crop((left, 0, left + 100, 100)))).mean() for left in range(0, 301, 5)
    ]
    assert abs(int(np.argmin(offsets)) * 5 - expected) <= 25
    assert made(plain, {"op": "resize", "width": 50, "height": 50, "fit": "contain", "position": position}).width == 50
