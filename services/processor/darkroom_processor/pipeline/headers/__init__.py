"""Reads what must be known of a file before a decoder may begin: sizes, frames and scans.

Each reader walks markers and lengths only, stops as soon as a limit is certainly broken, and never raises: a structure
that makes no sense is left to the decoder, which refuses it.
"""

from dataclasses import dataclass

from darkroom import camera_raw
from darkroom.formats import ImageFormat
from darkroom.tiff_directories import walked
from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.headers import avif, jpeg, webp
from darkroom_processor.pipeline.headers.clean_aperture import Crop


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a file's structure announces. Zero stands for a size that the decoder reads cheaply by itself."""

    width: int = 0
    height: int = 0
    frames: int = 1
    scans: int = 1
    complete: bool = True
    """False when the file is shorter than it says."""
    fault: str = ""
    """Why the file must not be decoded; empty when it may."""
    crop: Crop | None = None
    """The part of the decoded picture that is to be seen; None for all of it."""
    colors: Told | None = None
    """The colours that an AVIF tells by numbers."""


def survey(data: bytes, image_format: ImageFormat) -> Survey:
    """Read what the structure of these bytes announces, in time linear in their number at most."""
    match image_format:
        case ImageFormat.JPEG:
            return Survey(scans=jpeg.count_scans(data))
        case ImageFormat.TIFF:
            walk = walked(data)
            fault = "" if walk.raw is None else camera_raw.refusal(walk.raw)
            return Survey(frames=max(walk.pages, 1), fault=fault)
        case ImageFormat.WEBP:
            width, height, frames = webp.read_canvas(data)
            return Survey(width=width, height=height, frames=frames)
        case _:
            return _survey_avif(data) if image_format is ImageFormat.AVIF else Survey()


def _survey_avif(data: bytes) -> Survey:
    seen = avif.look(data)
    width, height = seen.size
    return Survey(
        width=width,
        height=height,
        complete=seen.complete,
        fault=seen.fault,
        crop=seen.crop,
        colors=seen.colors,
    )
