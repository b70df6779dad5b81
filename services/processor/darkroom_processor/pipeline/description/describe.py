"""Describes the source: size, format, metadata, dominant colour and thumbhash."""

import base64
import io
import math
from typing import Final

from PIL import Image, ImageCms

from darkroom.planner.decode_scale import PREVIEW_SIDE
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import exif
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.description.thumbhash import thumbhash
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.resampling import averaged

_PALETTE: Final = 8
"""Groups that the colours are divided into, to find the one that covers most of the image."""
_MOST_CHARACTERS: Final = 128


def describe(image: OpenedImage, decoded: DecodedImage) -> SourceDescription:
    """Return everything that is known of the source without decoding it again."""
    preview = _preview(decoded.raster)
    width, height = decoded.raster.size
    return SourceDescription(
        format=image.format,
        width=width,
        height=height,
        mode=decoded.stored_mode,
        has_alpha=decoded.has_alpha,
        frames=image.frame_count,
        orientation=decoded.orientation,
        dpi=_dpi(decoded.dpi),
        icc_profile=_profile_name(decoded.profile),
        dominant_color=_dominant_color(preview),
        thumbhash=base64.b64encode(thumbhash(preview)).decode(),
        exif=exif.readable_tags(decoded.exif),
        has_gps=exif.has_position(decoded.exif, decoded.xmp),
    )


def _preview(raster: Raster) -> Image.Image:
    """Return the image as `RGB` or `RGBA`, at most `PREVIEW_SIDE` pixels a side."""
    scale = min(PREVIEW_SIDE / max(raster.size), 1.0)
    size = tuple(max(1, round(side * scale)) for side in raster.size)
    held = raster.image.size
    factors = max(1, held[0] // size[0] // 2), max(1, held[1] // size[1] // 2)
    # Averaging by whole factors first is cheaper than to resize in one step.
    small = averaged(raster.image, factors).resize((size[0], size[1]), Image.Resampling.BILINEAR)
    return Raster(small).color


def _dominant_color(preview: Image.Image) -> str:
    """Return the mean of the largest group of similar colours, as `#rrggbb`. Transparent pixels do not count."""
    pixels = _visible_pixels(preview) if preview.mode == "RGBA" else preview
    if not pixels.width:
        return "#000000"
    indexed = pixels.quantize(_PALETTE, Image.Quantize.MEDIANCUT)
    histogram = indexed.histogram()
    largest = histogram.index(max(histogram))
    red, green, blue = (indexed.getpalette() or [])[3 * largest :][:3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _visible_pixels(preview: Image.Image) -> Image.Image:
    """Return the pixels that are at least half opaque, in one row."""
    colors, alpha = preview.convert("RGB").tobytes(), preview.getchannel("A").tobytes()
    visible = b"".join(colors[3 * at : 3 * at + 3] for at, level in enumerate(alpha) if level > 127)
    return Image.frombytes("RGB", (len(visible) // 3, 1), visible)


def _dpi(stored: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return pixels per inch (across, down); None if they are missing or make no sense."""
    try:
        across, down = (round(float(value), 2) for value in stored or ())
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return (across, down) if all(math.isfinite(value) and value > 0 for value in (across, down)) else None


def _profile_name(profile: bytes | None) -> str | None:
    """Return the profile's own description; None if there is none or it cannot be read."""
    if not profile:
        return None
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return "".join(character for character in name if character.isprintable()).strip()[:_MOST_CHARACTERS] or None
