"""Converts decoded images to a working mode, in 8-bit sRGB: `L`, `LA`, `RGB` or `RGBA`."""

import io
from typing import Final

from PIL import Image, ImageChops, ImageCms

from darkroom_processor.pipeline.color.icc import (
    BROKEN_PROFILE,
    apply_transform,
    build_transform,
    changes_nothing,
    srgb_profile,
)
from darkroom_processor.pipeline.color.levels import floats_to_levels, has_sixteen_bits, integers_to_levels
from darkroom_processor.pipeline.color.transparency import with_transparent_color, with_transparent_level

_WORKING_MODES: Final = frozenset({"L", "LA", "RGB", "RGBA"})
_EIGHT_BIT: Final = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
# The colour space signature that a profile must have to apply to a mode (ICC.1:2022, table 19).
_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}
_OTHER_SPACES: Final = frozenset({"CMYK", "LAB", "HSV"})
_GRAY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "F"})


def to_working_mode(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in a working mode. Its colours are converted from `profile`, if there is one, to sRGB."""
    unpacked = _unpack(image)
    if unpacked.mode == "LAB":
        return _from_lab(unpacked)
    if profile:
        unpacked = _from_profile(unpacked, profile)
    return unpacked if unpacked.mode in _WORKING_MODES else unpacked.convert("RGB")


def changes_colors(mode: str, profile: bytes | None) -> bool:
    """Return whether `to_working_mode` changes the decoded levels of an image of this mode."""
    if mode in _OTHER_SPACES:
        return True
    if not profile:
        return False
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = embedded.profile.xcolor_space.strip()
        channels = "L" if mode in _GRAY_MODES or mode.startswith("I;16") else "RGB"
        if space != _SPACES[channels]:
            # A grey profile also applies to an RGB image whose pixels are all grey.
            return space == "GRAY"
        return not changes_nothing(build_transform(embedded, srgb_profile(), channels), channels)
    except BROKEN_PROFILE:
        return False


def has_rgb_channels(image: Image.Image) -> bool:
    """Return whether an RGB profile can apply to a loaded image."""
    return image.mode in {"RGB", "RGBA", "RGBX", "P", "PA"}


def _unpack(image: Image.Image) -> Image.Image:
    """Bring indexed, bilevel, deep and premultiplied modes to 8 bits a channel, in the same colour space."""
    mode = image.mode
    if mode in {"P", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if has_sixteen_bits(image):
        return with_transparent_level(integers_to_levels(image.convert("I")), image)
    if mode == "F":
        return floats_to_levels([image], bounded=True)[0]
    return with_transparent_color(image.convert(_EIGHT_BIT[mode]) if mode in _EIGHT_BIT else image)


def _from_lab(image: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), srgb_profile(), "LAB", "RGB")
    return apply_transform(transform, image)


def _from_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert to sRGB. A profile that is broken, or of another colour space than the image, is ignored."""
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = embedded.profile.xcolor_space.strip()
        if space == "GRAY":
            image = _as_gray(image)
        if space != _SPACES.get(image.mode.removesuffix("A")):
            return image
        return _convert(image, embedded)
    except BROKEN_PROFILE:
        return image


def _as_gray(image: Image.Image) -> Image.Image:
    """Return an RGB image whose pixels are all grey as `L` or `LA`; any other image unchanged.

    Pillow decodes a grey PNG with 16 bits and transparency to three channels.
    """
    if image.mode not in {"RGB", "RGBA"}:
        return image
    red, green, blue, *_ = image.split()
    if ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox():
        return image
    return image.convert("LA" if image.mode == "RGBA" else "L")


def _convert(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    channels = image.mode.removesuffix("A")
    to_srgb = build_transform(profile, srgb_profile(), channels)
    if channels in {"RGB", "L"} and changes_nothing(to_srgb, channels):
        return image
    colors = apply_transform(to_srgb, image.convert(channels) if image.mode != channels else image)
    if channels == "L":
        colors = colors.getchannel("R")
    if image.mode != channels:
        colors.putalpha(image.getchannel("A"))
    return colors
