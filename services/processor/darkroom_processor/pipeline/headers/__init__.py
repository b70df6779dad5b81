"""Reads what must be known about a file before a decoder may start: sizes, number of frames, number of scans.

Each reader follows markers and lengths only, stops when a limit is certainly exceeded, and never raises. A structure
that is broken is left to the decoder, which refuses it.
"""

from dataclasses import dataclass

from darkroom import camera_raw
from darkroom.formats import ImageFormat
from darkroom.tiff_directories import walked
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.headers import avif, jpeg, webp
from darkroom_processor.pipeline.headers.clean_aperture import Crop


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Facts from the structure of a file. A size of 0 means that the decoder reads the size cheaply itself."""

    width: int = 0
    height: int = 0
    frames: int = 1
    scans: int = 1
    complete: bool = True
    """False if the file is shorter than it announces."""
    fault: str = ""
    """The reason why the file must not be decoded; empty if it may be."""
    crop: Crop | None = None
    """The part of the decoded picture to show; None for all of it."""
    color_space: ColorSpace | None = None
    """The colour space of an AVIF, by its code points; None for other formats."""


def survey(data: bytes, image_format: ImageFormat) -> Survey:
    """Read what the structure of the file announces. The time is linear in the bytes at most."""
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
    header = avif.read_header(data)
    width, height = header.size
    return Survey(
        width=width,
        height=height,
        complete=header.complete,
        fault=header.fault,
        crop=header.crop,
        color_space=header.color_space,
    )
