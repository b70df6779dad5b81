"""Brings whatever a decoder yields to 8-bit sRGB: `L`, `LA`, `RGB` or `RGBA`."""

import io
import math
from collections.abc import Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageMath, ImageStat

_WORKING_MODES: Final = frozenset({"L", "LA", "RGB", "RGBA"})
_SIXTEEN_BIT: Final = 65535
_STRETCHED_BY: Final = {"L;2": 85, "L;4": 17}
"""The factor from a level in two or four bits to one in eight; for one bit Pillow knows it."""
_DEEP_COLORS: Final = "RGB;16B"
"""Of 16 bits a channel, the decoder keeps the upper eight."""
_LARGEST_FLOAT: Final = 3.4e38
_EIGHT_BIT: Final = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
# The colour space signature that a profile must have to apply to a mode (ICC.1:2022, table 19).
_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}
_OTHER_SPACES: Final = frozenset({"CMYK", "LAB", "HSV"})
_GRAY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "F"})
BROKEN_PROFILE: Final = (ImageCms.PyCMSError, OSError, ValueError)
"""What is raised for a profile that is of no use."""
_SAME_COLOR: Final = 2
"""Levels of 255 within which a profile counts as sRGB: rounding, not another rendition."""


def to_working(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in a working mode, with colours converted from its profile, if one is given, to sRGB."""
    unpacked = _unpack(image)
    if unpacked.mode == "LAB":
        return _from_lab(unpacked)
    if profile:
        unpacked = _from_profile(unpacked, profile)
    return unpacked if unpacked.mode in _WORKING_MODES else unpacked.convert("RGB")


def converts(mode: str, profile: bytes | None) -> bool:
    """Whether `to_working` makes other levels of a picture of this mode than those that were decoded."""
    if mode in _OTHER_SPACES:
        return True
    if not profile:
        return False
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = embedded.profile.xcolor_space.strip()
        channels = "L" if mode in _GRAY_MODES or mode.startswith("I;16") else "RGB"
        if space != _SPACES[channels]:
            # Colours that are grey in fact count as such for a profile of grey.
            return space == "GRAY"
        return not _changes_nothing(transform(embedded, srgb(), channels), channels)
    except BROKEN_PROFILE:
        return False


def is_rgb(image: Image.Image) -> bool:
    """Whether a profile of RGB can apply to a loaded image."""
    return image.mode in {"RGB", "RGBA", "RGBX", "P", "PA"}


def drop_opaque_alpha(image: Image.Image) -> Image.Image:
    """Without its alpha channel when that says nothing: every step that follows is cheaper."""
    if image.mode not in {"LA", "RGBA"} or not _is_opaque(image):
        return image
    return image.convert(image.mode.removesuffix("A"))


def _is_opaque(image: Image.Image) -> bool:
    """Most pictures that use their alpha do so in the first row, which spares a look at all others."""
    first_row = image.crop((0, 0, image.width, 1))
    return all(part.getchannel("A").getextrema()[0] == 255 for part in (first_row, image))


def _unpack(image: Image.Image) -> Image.Image:
    """Bring indexed, bilevel, deep and premultiplied modes to 8 bits a channel, in the colour space that they have."""
    mode = image.mode
    if mode in {"P", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if has_sixteen_bits(image):
        return with_transparent_level(_from_integers(image.convert("I")), image)
    if mode == "F":
        return levels_of([image], bounded=True)[0]
    return _with_transparent_color(image.convert(_EIGHT_BIT[mode]) if mode in _EIGHT_BIT else image)


def has_sixteen_bits(image: Image.Image) -> bool:
    """Whether a loaded image is grey with more levels than 8 bits have."""
    return image.mode == "I" or image.mode.startswith("I;16")


def scale_transparent_level(image: ImageFile.ImageFile) -> None:
    """PNG names what is transparent by levels in the file's own bits. Decoding makes these eight.

    Call before that, once for each time that the file is begun.
    """
    named, layout = image.info.get("transparency"), image.tile[0].args if image.tile else None
    if isinstance(named, int) and isinstance(layout, str) and layout in _STRETCHED_BY:
        image.info["transparency"] = named * _STRETCHED_BY[layout]
    elif isinstance(named, tuple) and layout == _DEEP_COLORS:
        image.info["transparency"] = tuple(level >> 8 for level in named)


def with_transparent_level(levels: Image.Image, stored: Image.Image) -> Image.Image:
    """The 8-bit levels of an image stored in 16 bits, with alpha if its file names a transparent level.

    That one can be told only before the levels become 8 bits.
    """
    named = stored.info.get("transparency")
    if not isinstance(named, int) or not 0 <= named <= _SIXTEEN_BIT:
        return levels
    opaque = [0 if level == named else 255 for level in range(_SIXTEEN_BIT + 1)]
    levels.putalpha(stored.convert("I").point(opaque, "L"))
    return levels


def _with_transparent_color(image: Image.Image) -> Image.Image:
    """PNG can name one colour that is transparent (tRNS); Pillow makes it alpha when it converts."""
    if image.info.get("transparency") is None or image.mode not in {"L", "RGB"}:
        return image
    return image.convert(f"{image.mode}A")


def _from_integers(image: Image.Image) -> Image.Image:
    """Whole numbers are taken as 16-bit levels. Only what goes beyond these is stretched from its own extremes."""
    lowest, highest = _extremes(image)
    if lowest < 0 or highest > _SIXTEEN_BIT:
        return _stretched(image, lowest, highest)
    return image.point(lambda level: level * (255 / _SIXTEEN_BIT) + 0.5).convert("L")


def levels_of(bands: Sequence[Image.Image], *, bounded: bool) -> list[Image.Image]:
    """Bands of floats as levels, with the same scale for all of them.

    `bounded` floats are taken as 0 to 1, unless one goes beyond. Others are stretched from their own extremes.
    """
    finite = [_finite(band) for band in bands]
    extremes = [_extremes(band) for band in finite]
    lowest, highest = min(low for low, _ in extremes), max(high for _, high in extremes)
    if bounded and lowest >= 0 and highest <= 1:
        lowest, highest = 0, 1
    return [_stretched(band, lowest, highest) for band in finite]


def clipped(band: Image.Image) -> Image.Image:
    """Floats as levels of 0 to 1; what goes beyond is as good as the nearest."""
    return _stretched(_finite(band), 0, 1)


def _finite(image: Image.Image) -> Image.Image:
    """With infinite levels as the nearest finite one, and what is no number, since nothing was measured, as the lowest.

    One of them would else be an extreme from which no other level can be told.
    """
    if all(math.isfinite(level) for level in _extremes(image)):
        return image
    known = ImageMath.lambda_eval(lambda of: of["levels"] - of["levels"] == 0, levels=image).convert("L")
    if not known.getbbox():
        return Image.new("F", image.size)
    unknown = known.point([255, *[0] * 255])
    lowest, _ = _extremes(_filled(image, _LARGEST_FLOAT, unknown))
    _, highest = _extremes(_filled(image, -_LARGEST_FLOAT, unknown))
    # Comparisons with what is no number are false, and `max` yields its second operand then.
    finite: Image.Image = ImageMath.lambda_eval(
        lambda of: of["min"](of["max"](of["levels"], lowest), highest), levels=image
    )
    return finite


def _filled(image: Image.Image, level: float, mask: Image.Image) -> Image.Image:
    filled = image.copy()
    filled.paste(level, mask=mask)
    return filled


def _stretched(image: Image.Image, lowest: float, highest: float) -> Image.Image:
    scale = 255 / (highest - lowest) if highest > lowest else 0.0
    floats = image.convert("F").point(lambda level: level * scale + (0.5 - lowest * scale))
    return floats.convert("L")


def _extremes(image: Image.Image) -> tuple[float, float]:
    lowest, highest = image.getextrema()
    return lowest, highest  # type: ignore[return-value]  # A single-band image has one pair of extremes.


def _from_lab(image: Image.Image) -> Image.Image:
    return applied(ImageCms.buildTransform(ImageCms.createProfile("LAB"), srgb(), "LAB", "RGB"), image)


def _from_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert to sRGB. A profile that is broken, or of another colour space than the picture, is as good as none."""
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
    """A grey picture that a decoder gave three channels, as PNG's with 16 bits and transparency; any other as it is."""
    if image.mode not in {"RGB", "RGBA"}:
        return image
    red, green, blue, *_ = image.split()
    if ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox():
        return image
    return image.convert("LA" if image.mode == "RGBA" else "L")


def _convert(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    source = image.mode.removesuffix("A")
    to_srgb = transform(profile, srgb(), source)
    if source in {"RGB", "L"} and _changes_nothing(to_srgb, source):
        return image
    colors = applied(to_srgb, image.convert(source) if image.mode != source else image)
    if source == "L":
        colors = colors.getchannel("R")
    if image.mode != source:
        colors.putalpha(image.getchannel("A"))
    return colors


@cache
def srgb() -> ImageCms.ImageCmsProfile:
    """The profile of sRGB; 600 bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def transform(
    source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile, mode: str
) -> ImageCms.ImageCmsTransform:
    """From pictures of this mode to `RGB`: colours relative to white, black to black. Raises one of BROKEN_PROFILE."""
    return ImageCms.buildTransform(
        source,
        target,
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Try the transform on 17 levels of each channel and on their mixtures."""
    if mode == "L":
        probe = Image.linear_gradient("L")
        mapped = applied(transform, probe).getchannel("R")
    else:
        levels = [round(step * 255 / 8) for step in range(9)]
        colors = bytes(level for r in levels for g in levels for b in levels for level in (r, g, b))
        probe = Image.frombytes("RGB", (81, 9), colors)
        mapped = applied(transform, probe)
    furthest = ImageStat.Stat(ImageChops.difference(probe, mapped)).extrema
    return max(high for _, high in furthest) <= _SAME_COLOR


def applied(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    """The picture through a transform, without the profile that Pillow attaches to it."""
    converted = ImageCms.applyTransform(image, transform)
    if converted is None:
        raise ImageCms.PyCMSError("the transform yielded no picture")
    converted.info = {}
    return converted
