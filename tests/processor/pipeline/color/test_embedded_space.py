"""Variants that keep the embedded profile keep their colours in its space. All others are in sRGB."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import image, picture, variant
from tests.support import profiles
from tests.support.recipes import LOGO
from tools.testbed import images

WIDE = profiles.rgb_profile()
PHOTO = images.photo(60, 45)
SOURCE = images.encoded(PHOTO, "PNG", icc_profile=WIDE)
KEEPING = {"format": "png", "keep_metadata": "icc"}
FORMATS = ["jpeg", "png", "webp", "avif", "tiff"]
BLUE = (0x33, 0x66, 0x99)


def rows(shown: Image.Image) -> Any:
    """Return one row for each pixel, its channels from 0 to 255."""
    return np.asarray(shown, dtype=float).reshape(-1, len(shown.getbands()))


def seen(shown: Image.Image) -> Any:
    """Return the same in sRGB, as a viewer that applies the profile shows it."""
    return profiles.to_srgb(WIDE, rows(shown)[:, :3] / 255)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("keep", ["icc", "all"])
def test_a_variant_with_the_profile_keeps_its_colours(name: str, keep: str) -> None:
    output = {"format": name, "keep_metadata": keep, "quality": 100, "subsampling": "4:4:4", "lossless": True}
    shown = images.opened(picture(SOURCE, [], output).data)
    assert shown.info["icc_profile"] == WIDE
    assert np.abs(rows(shown.convert("RGB")) - rows(PHOTO)).max() <= (0 if name in {"png", "tiff", "webp"} else 6)


@pytest.mark.parametrize("keep", ["none", "copyright"])
def test_a_variant_without_the_profile_is_in_srgb(keep: str) -> None:
    shown = image(SOURCE, [], {"format": "png", "keep_metadata": keep})
    assert "icc_profile" not in shown.info
    assert np.abs(rows(shown) - seen(PHOTO)).max() <= 1


def test_a_gif_has_no_profile_and_is_in_srgb() -> None:
    shown = image(
        images.encoded(Image.new("RGB", (8, 8), BLUE), "PNG", icc_profile=WIDE), [], {**KEEPING, "format": "gif"}
    )
    assert np.abs(rows(shown) - profiles.to_srgb(WIDE, np.array([BLUE]) / 255)).max() <= 1


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "pad", "left": 60, "background": "#336699"},
        {"op": "pad", "left": 60, "background": "#369"},
        {"op": "resize", "width": 120, "height": 45, "fit": "contain", "background": "#336699ff", "position": "right"},
        {"op": "watermark", "image": LOGO.model_dump(), "position": "left", "margin": 0, "scale": 0.5, "opacity": 1},
    ],
)
def test_colours_of_the_recipe_are_converted_to_the_embedded_space(operation: dict[str, Any]) -> None:
    logo = images.encoded(Image.new("RGB", (30, 45), BLUE), "PNG")
    work = Instructions(variants=(variant([operation], KEEPING),), describe=False, overlays={LOGO: logo})
    [made] = process(SOURCE, work).outcomes
    assert isinstance(made, EncodedVariant)
    added = images.opened(made.data).convert("RGB").crop((0, 0, 20, 45))
    assert np.abs(seen(added) - BLUE).max() <= 2


def test_a_transparent_background_has_no_colour_to_convert() -> None:
    shown = image(SOURCE, [{"op": "rotate", "angle": 45, "background": "transparent"}], KEEPING)
    assert shown.getpixel((0, 0)) == (0, 0, 0, 0)
    faint = image(SOURCE, [{"op": "pad", "left": 9, "background": "#33669980"}], KEEPING)
    assert faint.getchannel("A").getpixel((0, 0)) == 0x80


def test_a_grayscale_variant_is_the_same_with_and_without_the_profile() -> None:
    kept, plain = (image(SOURCE, [{"op": "grayscale"}], {**KEEPING, "keep_metadata": keep}) for keep in ("icc", "none"))
    assert kept.mode == "L"
    assert "icc_profile" not in kept.info, "an RGB profile does not fit a grey image"
    assert kept.tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    "source",
    [
        images.encoded(PHOTO.convert("CMYK"), "TIFF"),
        images.encoded(PHOTO, "PNG", icc_profile=b"nonsense"),
        images.encoded(PHOTO, "PNG", icc_profile=profiles.gray_profile(profiles.gamma_curve(2))),
        images.encoded(PHOTO, "PNG"),
    ],
    ids=["cmyk", "broken", "of grey", "none"],
)
def test_a_source_with_a_useless_profile_gets_the_srgb_profile(source: bytes) -> None:
    kept, plain = (image(source, [], {**KEEPING, "keep_metadata": keep}) for keep in ("icc", "none"))
    assert 400 < len(kept.info["icc_profile"]) < 800
    assert kept.tobytes() == plain.tobytes()


def test_a_grey_image_gets_no_profile() -> None:
    profile = profiles.gray_profile(profiles.gamma_curve(1))
    source = images.encoded(PHOTO.convert("L"), "PNG", icc_profile=profile)
    kept = image(source, [], KEEPING)
    assert "icc_profile" not in kept.info
    assert kept.tobytes() == image(source, []).tobytes()


def test_variants_with_and_without_the_profile_can_be_mixed() -> None:
    resize = {"op": "resize", "width": 30}
    variants = (
        variant([resize], KEEPING, "kept"),
        variant([resize], {"format": "png"}, "plain"),
        variant([], KEEPING, "whole"),
    )
    outcomes = process(SOURCE, Instructions(variants=variants, describe=True)).outcomes
    assert [outcome.name for outcome in outcomes] == ["kept", "plain", "whole"]
    alone = [process(SOURCE, Instructions(variants=(one,), describe=True)).outcomes[0] for one in variants]
    assert list(outcomes) == alone


@pytest.mark.parametrize("source", ["PNG", "WEBP"])
@pytest.mark.parametrize("name", ["png", "webp"])
def test_the_frames_of_an_animation_keep_their_colours(source: str, name: str) -> None:
    data = images.animation(40, 20, 3, source, icc_profile=WIDE, lossless=True)
    output = {"format": name, "lossless": True, "frames": "all"}
    kept, plain = (images.opened(picture(data, [], {**output, "keep_metadata": keep}).data) for keep in ("icc", "none"))
    assert kept.info["icc_profile"] == WIDE
    for number in range(3):
        kept.seek(number)
        plain.seek(number)
        assert kept.convert("RGB").getpixel((39, 0)) == (images.BLUE if number == 2 else images.YELLOW)
        assert plain.convert("RGB").getpixel((39, 0)) != kept.convert("RGB").getpixel((39, 0))
