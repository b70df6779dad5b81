"""How a variant is written."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from darkroom.formats import ImageFormat

_MOST_BYTES: Final = 1 << 30
"""More than any variant has."""

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
    """What suits the picture: PNG for flat art such as text, charts and logos, and where `lossless` is asked for; for
    photos JPEG, or WebP when they have transparency; WebP for animations."""


class Subsampling(StrEnum):
    """How many colour samples there are for the lightness samples of JPEG and AVIF."""

    FULL = "4:4:4"
    HALF = "4:2:2"
    QUARTER = "4:2:0"


class KeepMetadata(StrEnum):
    """What of the source's metadata goes into the result. The orientation never does: it is applied."""

    NONE = "none"
    """Colours become sRGB."""
    ICC = "icc"
    """The colour profile, and with it the colours: they stay in the profile's space. Without a readable profile of RGB
    colours become sRGB, whose profile is attached. Grey pictures have none."""
    COPYRIGHT = "copyright"
    """The EXIF tags Artist and Copyright. Colours become sRGB."""
    ALL = "all"
    """The profile as with `icc`, all EXIF tags, the position where the picture was taken among them, and XMP."""


class Output(BaseModel):
    """The format of a variant and its knobs. Those that a format does not have are left unused by it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: OutputFormat = OutputFormat.SAME
    """`same` is the source's own; of those that are read only, JPEG 2000 becomes JPEG and the others PNG. `auto` is
    what suits the picture: PNG for flat art and where `lossless` is asked for; for photos JPEG, or WebP when they have
    transparency; WebP for animations."""
    quality: Quality | None = None
    """1 to 100; without it 80 for JPEG and WebP, and 50 for AVIF. A JPEG that is only written anew, without
    operations and as `same`, gets at most the quality that it has."""
    lossless: bool = False
    """WebP without loss, AVIF as near to it as it gets (some levels of 255); the others are what they are."""
    effort: int = Field(default=4, ge=0, le=9)
    """CPU time spent to save bytes, from 0 (least) to 9 (most): zlib's level of PNG, Huffman tables made for the
    picture in JPEG from 5 on, the method of WebP, the speed of AVIF. A PNG with 0 is not compressed, and fails above
    1,000,000 pixels."""
    progressive: bool = False
    """JPEG in scans from coarse to fine."""
    subsampling: Subsampling | None = None
    """Colour resolution of JPEG and AVIF; without it `4:2:0` and `4:4:4`."""
    colors: int | None = Field(default=None, ge=2, le=256)
    """PNG and GIF with a palette of at most so many colours. Without it a GIF has 256, and a PNG has a palette only
    where that loses nothing."""
    max_bytes: int | None = Field(default=None, ge=100, le=_MOST_BYTES)
    """The variant fails when it cannot be made this small. JPEG, WebP and AVIF are written at the highest quality, up
    to `quality`, that keeps to it."""
    keep_metadata: KeepMetadata = KeepMetadata.NONE
    """What of the source's metadata goes into the result, and whether colours stay in its profile's space. GIF takes
    none, and TIFF of EXIF only texts of the main directory."""
    frames: Literal[1, "all"] = 1
    """`all` keeps an animation of GIF, WebP, PNG or AVIF in any of them: each frame is shown when it was, and the whole
    as often, but in AVIF for ever. All else has the first frame only; the pages of a TIFF are no animation."""


DEFAULT_QUALITY = {ImageFormat.JPEG: 80, ImageFormat.WEBP: 80, ImageFormat.AVIF: 50}
"""The qualities that sharp uses by default, so that sizes compare."""
