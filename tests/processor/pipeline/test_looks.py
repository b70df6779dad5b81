"""What the operations do to colours, edges and corners."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.processor.pipeline.running import failure, image
from tests.support import images

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
def test_looks_keep_size_and_transparency(operation: dict[str, Any], mode: str) -> None:
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
def test_at_their_neutral_settings_looks_change_nothing(operation: dict[str, Any]) -> None:
    assert made(PHOTO, operation).tobytes() == PHOTO.tobytes()


def test_blur_is_a_gaussian() -> None:
    expected = levels(PHOTO.filter(ImageFilter.GaussianBlur(3)))
    assert np.abs(levels(made(PHOTO, {"op": "blur", "sigma": 3})) - expected).max() <= 1


def test_sharpen_steepens_edges() -> None:
    edge = Image.new("L", (20, 4), 80)
    edge.paste(160, (10, 0, 20, 4))
    soft = edge.filter(ImageFilter.GaussianBlur(1))
    before, after = levels(soft)[1], levels(made(soft, {"op": "sharpen", "amount": 2}))[1]
    assert np.diff(after).max() > np.diff(before).max()


def test_brightness_contrast_and_gamma_follow_their_formula() -> None:
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    result = levels(made(ramp, {"op": "adjust", "brightness": 1.2, "contrast": 1.5, "gamma": 2}))[0]
    values = np.clip((np.arange(256) / 255 * 1.2 - 0.5) * 1.5 + 0.5, 0, 1) ** 0.5 * 255
    assert np.abs(result - values).max() <= 0.51


def test_without_saturation_a_picture_is_grey() -> None:
    red, green, blue = made(PHOTO, {"op": "adjust", "saturation": 0}).split()
    assert red.tobytes() == green.tobytes() == blue.tobytes() == PHOTO.convert("L").tobytes()


def test_tint_keeps_black_and_white_and_colours_the_middle() -> None:
    ramp = Image.frombytes("L", (3, 1), bytes([0, 128, 255]))
    result = made(ramp, {"op": "tint", "color": "#336699"})
    assert [result.getpixel((x, 0)) for x in range(3)] == [(0, 0, 0), (0x33, 0x66, 0x99), (255, 255, 255)]


def test_sepia_is_brown() -> None:
    red, green, blue = levels(made(Image.new("RGB", (4, 4), (120, 120, 120)), {"op": "sepia"}))[1, 1]
    assert red > green > blue


def test_trim_cuts_the_border_away() -> None:
    framed = Image.new("RGB", (60, 50), (250, 250, 250))
    framed.paste(images.marked(20, 10), (15, 25))
    framed.putpixel((0, 49), (245, 250, 250))
    result = made(framed, {"op": "trim"})
    assert result.size == (20, 10)
    assert images.corners(result) == {name: name for name in images.CORNERS}


def test_trim_cuts_a_transparent_border_away() -> None:
    framed = Image.new("RGBA", (60, 50), (200, 0, 0, 0))
    framed.paste(images.marked(20, 10), (15, 25))
    assert made(framed, {"op": "trim"}).size == (20, 10)


def test_a_picture_of_nothing_but_border_stays() -> None:
    assert made(Image.new("RGB", (60, 50), (9, 9, 9)), {"op": "trim"}).size == (60, 50)


@pytest.mark.parametrize("radius", [{"radius": 10}, {"fraction": 0.5}, {"radius": 4000}, {"fraction": 0.2}])
def test_round_clears_the_corners_only(radius: dict[str, Any]) -> None:
    alpha = made(images.marked(60, 40), {"op": "round", **radius}).getchannel("A")
    assert [alpha.getpixel(place) for place in ((0, 0), (59, 0), (59, 39), (0, 39))] == [0, 0, 0, 0]
    assert [alpha.getpixel(place) for place in ((30, 0), (59, 20), (30, 39), (0, 20), (30, 20))] == [255] * 5


def test_half_of_a_square_rounded_is_a_disc() -> None:
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
def test_a_watermark_is_where_it_should_be(position: str, where: tuple[int, int]) -> None:
    grey = Image.new("RGB", (300, 200), (128, 128, 128))
    result = made(grey, {"op": "watermark", "text": "© me", "position": position, "opacity": 1})
    changed = np.argwhere((levels(result) != 128).any(axis=2))
    middle = changed.mean(axis=0) / (200, 300)
    assert (round(middle[1]), round(middle[0])) == where
    width = np.ptp(changed[:, 1]) + 1
    assert width == pytest.approx(300 * 0.25, abs=6)


def test_a_watermark_is_not_taller_than_the_picture() -> None:
    result = made(Image.new("RGB", (300, 12)), {"op": "watermark", "text": "W", "scale": 1, "opacity": 1})
    assert result.size == (300, 12)


def test_a_tiled_watermark_is_everywhere() -> None:
    grey = Image.new("RGB", (400, 400), (128, 128, 128))
    result = levels(made(grey, {"op": "watermark", "text": "Darkroom", "tile": True, "scale": 0.15}))
    changed = (result != 128).any(axis=2)
    for quarter in (changed[:200, :200], changed[:200, 200:], changed[200:, :200], changed[200:, 200:]):
        assert quarter.mean() > 0.02


@pytest.mark.parametrize("operation", [{"op": "watermark", "text": "x"}, {"op": "round", "radius": 3}])
def test_nothing_is_laid_over_a_picture_that_is_too_large(operation: dict[str, Any]) -> None:
    assert failure(images.png(9000, 3), [operation]).code == "output_limit"


@pytest.mark.parametrize(("x", "seen"), [(0.1, "top_left"), (0.9, "top_right")])
def test_a_cover_keeps_what_is_about_its_focus(x: float, seen: str) -> None:
    cover = {"op": "resize", "width": 20, "height": 20, "position": {"x": x, "y": 0.5}}
    assert images.corners(made(images.marked(400, 100), cover))["top_left"] == seen


@pytest.mark.parametrize("centre", [60, 200, 340])
def test_a_smart_cover_keeps_where_there_is_something_to_see(centre: int) -> None:
    plain = Image.new("RGB", (400, 100), (200, 200, 205))
    plain.paste(images.photo(60, 60), (centre - 30, 20))
    smart = made(plain, {"op": "resize", "width": 100, "height": 100, "position": "smart"})
    expected = min(max(centre - 50, 0), 300)
    offsets = [
        np.abs(levels(smart) - levels(plain.crop((left, 0, left + 100, 100)))).mean() for left in range(0, 301, 5)
    ]
    assert abs(int(np.argmin(offsets)) * 5 - expected) <= 25
    assert made(plain, {"op": "resize", "width": 50, "height": 50, "fit": "contain", "position": "smart"}).width == 50
