"""Watermarks, pixel by pixel, against a separate computation in floating point."""

from importlib import resources
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # It has no types.
from PIL import Image, ImageSequence

from darkroom.recipes import WRITABLE, Overlay
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, Outcome, process
from darkroom_processor.pipeline.opening.open_image import OpenedImage, open_image
from darkroom_processor.pipeline.operations import overlay_images
from tests.processor.pipeline.running import image, variant
from tools.testbed import images

LOGO = Overlay(job_id="01a20269-be1a-72d5-936e-7dc20e02262e", variant="logo")
PHOTO = images.photo(120, 80)
STAMP = images.photo(30, 16, "RGBA")
"""An overlay of a quarter of the photo's width: the default scale does not change its pixels."""

Levels = Any


def outcomes(*watermarks: dict[str, Any], source: Image.Image = PHOTO, logo: bytes | None = None) -> list[Outcome]:
    """Return the outcomes of one variant for each watermark. Each draws the overlay unless it has a text."""
    files = {LOGO: logo or images.encoded(STAMP, "PNG")}
    steps = [
        {"op": "watermark", **({} if "text" in one else {"image": LOGO.model_dump()}), **one} for one in watermarks
    ]
    variants = tuple(variant([step], name=f"v{number}") for number, step in enumerate(steps))
    work = Instructions(variants=variants, describe=False, overlays=files)
    return list(process(images.encoded(source, "PNG"), work).outcomes)


def stamped(watermark: dict[str, Any], source: Image.Image = PHOTO, logo: bytes | None = None) -> Levels:
    """Return the levels of the image with the overlay on it."""
    [made] = outcomes(watermark, source=source, logo=logo)
    assert isinstance(made, EncodedVariant), made
    shown = images.opened(made.data)
    return levels(shown.convert("RGB") if shown.mode == "P" else shown)


def levels(picture: Image.Image) -> Levels:
    return np.asarray(picture).astype(float)


def over(base: Levels, stamp: Levels, left: int, top: int, opacity: float) -> Levels:
    """Compute Porter and Duff's `over` of RGBA on RGB or RGBA in floating point. The stamp may overlap the sides."""
    height, width = base.shape[:2]
    layer = np.zeros((height + 400, width + 400, 4))
    layer[top + 200 : top + 200 + stamp.shape[0], left + 200 : left + 200 + stamp.shape[1]] = stamp
    layer = layer[200 : 200 + height, 200 : 200 + width]
    above = layer[..., 3:] / 255 * opacity
    if base.shape[2] == 3:
        return layer[..., :3] * above + base * (1 - above)
    below = base[..., 3:] / 255 * (1 - above)
    alpha = above + below
    colors = (layer[..., :3] * above + base[..., :3] * below) / np.maximum(alpha, 1e-9)
    return np.concatenate([colors, alpha * 255], axis=2)


POSITIONS = {
    "top-left": (2, 2),
    "top": (45, 2),
    "top-right": (88, 2),
    "left": (2, 32),
    "center": (45, 32),
    "right": (88, 32),
    "bottom-left": (2, 62),
    "bottom": (45, 62),
    "bottom-right": (88, 62),
}
"""The top left corner of an overlay of 30 × 16 pixels on an image of 120 × 80, with a margin of 2."""


@pytest.mark.parametrize("position", POSITIONS)
def test_an_overlay_is_at_its_position(position: str) -> None:
    made = stamped({"position": position, "margin": 0.025})
    left, top = POSITIONS[position]
    assert np.abs(made - over(levels(PHOTO), levels(STAMP), left, top, 0.6)).max() <= 1.5


@pytest.mark.parametrize("opacity", [0, 0.25, 1])
def test_opacity_makes_the_overlay_more_transparent(opacity: float) -> None:
    made = stamped({"opacity": opacity, "margin": 0, "position": "top-left"})
    assert np.abs(made - over(levels(PHOTO), levels(STAMP), 0, 0, opacity)).max() <= 1.5


def test_an_overlay_is_composited_on_a_transparent_image() -> None:
    source = images.photo(120, 80, "RGBA")
    made = stamped({"margin": 0}, source)
    expected = over(levels(source), levels(STAMP), 90, 64, 0.6)
    seen = expected[..., 3] > 16
    assert np.abs(made[..., 3] - expected[..., 3]).max() <= 1.5
    assert np.abs(made - expected)[seen].max() <= 6


def test_every_second_row_of_tiles_is_shifted() -> None:
    made = stamped({"tile": True, "spacing": 0.5, "opacity": 1})
    # The overlay has 30 × 16 pixels and a gap of 8: columns every 38 pixels, rows every 24.
    expected = levels(PHOTO)
    for row, top in enumerate(range(0, 80, 24)):
        for left in range(-19 if row % 2 else 0, 120, 38):
            expected = over(expected, levels(STAMP), left, top, 1)
    assert np.abs(made - expected).max() <= 1.5


def test_tiles_without_spacing_touch() -> None:
    solid = images.encoded(Image.new("RGB", (30, 16), (255, 0, 0)), "PNG")
    assert (stamped({"tile": True, "spacing": 0, "opacity": 1}, logo=solid) == (255, 0, 0)).all()


@pytest.mark.parametrize("scale", [0.1, 0.25, 0.5, 1])
def test_the_scale_is_relative_to_the_width_of_the_image(scale: float) -> None:
    solid = images.encoded(Image.new("RGB", (300, 100), (255, 0, 0)), "PNG")
    made = stamped({"scale": scale, "opacity": 1, "margin": 0}, Image.new("RGB", (120, 80)), solid)
    seen = np.argwhere(made[..., 0] > 0)
    assert tuple(np.ptp(seen, axis=0) + 1) == (round(40 * scale), round(120 * scale))


def test_an_overlay_is_never_taller_than_the_image() -> None:
    tall = images.encoded(Image.new("RGB", (10, 100), (255, 0, 0)), "PNG")
    made = stamped({"scale": 1, "opacity": 1, "position": "left", "margin": 0}, Image.new("RGB", (120, 80)), tall)
    assert tuple(np.ptp(np.argwhere(made[..., 0] > 0), axis=0) + 1) == (80, 8)


def test_transparent_pixels_of_an_overlay_do_not_bleed_when_scaled() -> None:
    # White where it is visible, and red where it is transparent.
    logo = Image.new("RGBA", (240, 160), (255, 0, 0, 0))
    logo.paste((255, 255, 255, 255), (60, 40, 180, 120))
    made = stamped({"scale": 0.5, "opacity": 1}, Image.new("RGB", (120, 80)), images.encoded(logo, "PNG"))
    assert made.max() == 255
    assert np.ptp(made, axis=2).max() <= 1, "only greys"


def test_a_watermark_is_rotated_by_90_degrees_exactly() -> None:
    made = stamped({"angle": 90, "opacity": 1, "position": "top-left", "margin": 0})
    turned = levels(STAMP.transpose(Image.Transpose.ROTATE_270))
    assert np.abs(made - over(levels(PHOTO), turned, 0, 0, 1)).max() <= 1.5


@pytest.mark.parametrize("what", [{"text": "Darkroom"}, {}])
def test_a_watermark_can_be_rotated_by_any_angle(what: dict[str, Any]) -> None:
    grey = Image.new("RGB", (200, 200), (128, 128, 128))
    solid = images.encoded(Image.new("RGB", (300, 60), (255, 0, 0)), "PNG")
    made = stamped({"angle": 45, "scale": 0.6, "opacity": 1, "position": "center", **what}, grey, solid)
    rows, columns = np.argwhere((made != 128).any(axis=2)).T
    assert np.corrcoef(rows, columns)[0, 1] > 0.8, "from the top left to the bottom right"
    assert (rows.mean(), columns.mean()) == pytest.approx((99.5, 99.5), abs=6)


def test_an_overlay_is_turned_upright() -> None:
    made = stamped({"scale": 1, "opacity": 1, "margin": 0}, Image.new("RGB", (80, 48)), images.jpeg(80, 48, 6))
    assert images.corners(Image.fromarray(made.astype(np.uint8))) == {name: name for name in images.CORNERS}


def test_every_frame_of_an_animation_gets_the_watermark() -> None:
    source = images.animation(120, 80, 4)
    step = {"op": "watermark", "image": LOGO.model_dump(), "opacity": 1, "margin": 0, "position": "top-left"}
    solid = images.encoded(Image.new("RGB", (30, 16), (255, 0, 0)), "PNG")
    moving = variant([step], {"format": "webp", "lossless": True, "frames": "all"})
    [made] = process(source, Instructions(variants=(moving,), describe=False, overlays={LOGO: solid})).outcomes
    assert isinstance(made, EncodedVariant)
    frames = [frame.convert("RGB").getpixel((10, 10)) for frame in ImageSequence.Iterator(images.opened(made.data))]
    assert frames == [(255, 0, 0)] * 4


def test_the_first_frame_of_an_animated_overlay_is_used() -> None:
    moving = images.animation(120, 80, 4, "PNG")
    made = stamped({"scale": 1, "opacity": 1, "margin": 0}, Image.new("RGB", (120, 80)), moving)
    assert (made[40, 5] == images.BLUE).all()
    assert (made[40, 100] == images.YELLOW).all()


def test_an_overlay_is_decoded_once_for_all_variants(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def counting(data: bytes) -> OpenedImage:
        opened.append(data)
        return open_image(data)

    monkeypatch.setattr(overlay_images, "open_image", counting)
    assert all(isinstance(one, EncodedVariant) for one in outcomes({}, {"tile": True}, {"angle": 5}, {"text": "a"}))
    assert len(opened) == 1


def test_only_variants_with_a_missing_overlay_fail() -> None:
    gone = LOGO.model_copy(update={"variant": "gone"}).model_dump()
    missing, made = outcomes({"image": gone}, {"text": "a"})
    assert isinstance(missing, FailedVariant)
    assert missing.code == "overlay_missing"
    assert isinstance(made, EncodedVariant)


@pytest.mark.parametrize(
    ("logo", "code"),
    [(b"no image", "undecodable_image"), (images.png(300, 300)[:-400], "truncated_image")],
)
def test_a_broken_overlay_is_refused_like_a_broken_source(logo: bytes, code: str) -> None:
    failed, made = outcomes({}, {"text": "a"}, logo=logo)
    assert isinstance(failed, FailedVariant)
    assert (failed.code, failed.message.partition(":")[0]) == (code, "The image of the watermark")
    assert isinstance(made, EncodedVariant)


def test_the_font_has_every_character_that_a_text_may_have() -> None:
    file = resources.files("fontpkg_noto_sans").joinpath("files", "NotoSans[wdth,wght].ttf")
    with file.open("rb") as opened:
        characters = {chr(point) for point in TTFont(opened).getBestCmap()}
    assert characters >= WRITABLE


@pytest.mark.parametrize("text", ["Ærø", "Ωμέγα", "Ёлка", "Đà Nẵng"])
def test_letters_of_every_script_are_drawn(text: str) -> None:
    grey = images.encoded(Image.new("RGB", (400, 200), (128, 128, 128)), "PNG")
    step = {"op": "watermark", "scale": 0.8, "opacity": 1, "position": "center"}
    drawn = {one: levels(image(grey, [{**step, "text": one}])) for one in (text, "M" * len(text))}
    changed = [(made != 128).any(axis=2) for made in drawn.values()]
    assert all(0.01 < each.mean() < 0.5 for each in changed)
    assert (changed[0] != changed[1]).any()
