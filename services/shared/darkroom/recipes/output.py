"""How a variant is written."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from darkroom.formats import ImageFormat

Quality = Annotated[int, Field(ge=1, le=100)]


class OutputFormat(StrEnum):
    """A format that Darkroom writes, or a rule to find one."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    TIFF = "tiff"
    SAME = "same"
    """The source's own; of those that are read only, JPEG 2000 becomes JPEG and the others PNG."""
    AUTO = "auto"
    """What suits the picture: PNG when it has transparency, else JPEG."""


class Output(BaseModel):
    """The format of a variant and its knobs. Those that a format does not have are left unused by it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: OutputFormat = OutputFormat.SAME
    quality: Quality | None = None
    """1 to 100; without it, the format's own default (see `DEFAULT_QUALITY`)."""
    lossless: bool = False
    """WebP without loss, AVIF as near to it as it gets (some levels of 255); the others are what they are."""
    effort: int = Field(default=4, ge=0, le=9)
    """CPU time spent to save bytes, from 0 (least) to 9 (most)."""
    progressive: bool = False
    """JPEG in scans from coarse to fine."""


DEFAULT_QUALITY = {ImageFormat.JPEG: 80, ImageFormat.WEBP: 80, ImageFormat.AVIF: 50}
"""The qualities that sharp uses by default, so that sizes compare."""
