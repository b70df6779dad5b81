"""How a variant is written."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from darkroom_client.recipes.values import SAID


class OutputFormat(StrEnum):
    """A format that Darkroom writes, or a rule to find one."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    TIFF = "tiff"
    SAME = "same"
    """The format of the original, if Darkroom writes it."""
    AUTO = "auto"
    """The format that suits the image."""


class Subsampling(StrEnum):
    """Colour resolution of JPEG and AVIF."""

    FULL = "4:4:4"
    HALF = "4:2:2"
    QUARTER = "4:2:0"


class KeepMetadata(StrEnum):
    """The metadata of the original that a result keeps."""

    NONE = "none"
    ICC = "icc"
    COPYRIGHT = "copyright"
    ALL = "all"
    """Everything that the format can hold, the position included."""


class Output(BaseModel):
    """The format of a variant and its settings. A format ignores those that it does not have."""

    model_config = SAID

    format: OutputFormat = OutputFormat.SAME
    quality: int | None = None
    """1 to 100."""
    lossless: bool = False
    effort: int = 4
    """CPU time spent to save bytes, 0 to 9."""
    progressive: bool = False
    """Whether a JPEG is written in scans from coarse to fine."""
    subsampling: Subsampling | None = None
    colors: int | None = None
    """Colours in the palette of a PNG or GIF, at most."""
    max_bytes: int | None = None
    """The variant fails if it cannot be made this small."""
    keep_metadata: KeepMetadata = KeepMetadata.NONE
    frames: Literal[1, "all"] = 1
    """`all` keeps an animation."""
