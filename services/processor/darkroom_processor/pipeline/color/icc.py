"""ICC transforms between colour profiles, carried out by LittleCMS."""

from functools import cache
from typing import Final

from PIL import Image, ImageChops, ImageCms, ImageStat

BROKEN_PROFILE: Final = (ImageCms.PyCMSError, OSError, ValueError)
"""Exceptions that LittleCMS and Pillow raise for a profile that cannot be used."""
_SAME_COLOR: Final = 2
"""Difference in levels of 255 that counts as rounding: a profile within it counts as sRGB."""


@cache
def srgb_profile() -> ImageCms.ImageCmsProfile:
    """Return the profile of sRGB, about 600 bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def build_transform(
    source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile, mode: str
) -> ImageCms.ImageCmsTransform:
    """Return the transform from images of `mode` to `RGB`: relative colorimetric, with black point compensation.

    Raises one of BROKEN_PROFILE.
    """
    return ImageCms.buildTransform(
        source,
        target,
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def apply_transform(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    """Return the transformed image, without the profile that Pillow attaches to it."""
    converted = ImageCms.applyTransform(image, transform)
    if converted is None:
        raise ImageCms.PyCMSError("the transform returned no image")
    converted.info = {}
    return converted


def changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Return whether the transform leaves colours alone: all 256 levels of `L`, or 9 levels of each channel mixed."""
    if mode == "L":
        probe = Image.linear_gradient("L")
        mapped = apply_transform(transform, probe).getchannel("R")
    else:
        levels = [round(step * 255 / 8) for step in range(9)]
        colors = bytes(level for r in levels for g in levels for b in levels for level in (r, g, b))
        probe = Image.frombytes("RGB", (81, 9), colors)
        mapped = apply_transform(transform, probe)
    furthest = ImageStat.Stat(ImageChops.difference(probe, mapped)).extrema
    return max(high for _, high in furthest) <= _SAME_COLOR
