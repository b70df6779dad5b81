"""The output of a variant: format, quality and metadata."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from darkroom.formats import ImageFormat
from darkroom.recipes.values import Flag, Whole, with_whole_numbers

_MOST_BYTES: Final = 1 << 30
"""Upper bound of `max_bytes`, larger than any result."""

Quality = Annotated[Whole, Field(ge=1, le=100)]


class OutputFormat(StrEnum):
    """A format that Darkroom writes, or a rule that chooses one."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    TIFF = "tiff"
    SAME = "same"
    """The format of the source. Of the formats that are only read, JPEG 2000 becomes JPEG and the others become PNG."""
    AUTO = "auto"
    """The format that suits the image. Animations become WebP. Flat images, such as text, charts and logos, and all
    images with `lossless` become PNG. Photos become JPEG, or WebP if they have transparency."""


class Subsampling(StrEnum):
    """Resolution of the colour channels of JPEG and AVIF."""

    FULL = "4:4:4"
    HALF = "4:2:2"
    QUARTER = "4:2:0"


class KeepMetadata(StrEnum):
    """The metadata of the source that the result keeps. The orientation is applied to the pixels, and never kept."""

    NONE = "none"
    """Nothing. Colours are converted to sRGB."""
    ICC = "icc"
    """The ICC profile. Colours stay in its colour space. Without a readable RGB profile, colours are converted to sRGB
    and the sRGB profile is attached. Grey images get no profile."""
    COPYRIGHT = "copyright"
    """The EXIF tags Artist and Copyright. Colours are converted to sRGB."""
    ALL = "all"
    """The ICC profile as with `icc`, all EXIF tags, including the GPS position, and XMP."""


class Output(BaseModel):
    """Format, quality and metadata of a variant. A format ignores the fields that it does not support."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    _with_whole_numbers = model_validator(mode="before")(with_whole_numbers)

    format: OutputFormat = OutputFormat.SAME
    """Format of the result. `same` is the format of the source; of the formats that are only read, JPEG 2000 becomes
    JPEG and the others become PNG. `auto` chooses: animations become WebP; flat images and all images with `lossless`
    become PNG; photos become JPEG, or WebP if they have transparency. Default: `same`."""
    quality: Quality | None = None
    """Quality of JPEG, WebP and AVIF, from 1 to 100. A JPEG without operations and with the format `same` never gets a
    higher quality than it has. Default: 80 for JPEG and WebP, 50 for AVIF."""
    lossless: Flag = False
    """Whether WebP is lossless, and AVIF as near to lossless as its encoder allows (a few levels of 255). Other formats
    ignore it. Default: false."""
    effort: Whole = Field(default=4, ge=0, le=9)
    """CPU time to spend on fewer bytes, from 0 (least) to 9 (most): the zlib level of PNG, the method of WebP, the
    speed of AVIF; from 5 on, JPEG gets optimized Huffman tables. A PNG with 0 is not compressed and may have at most
    1,000,000 pixels. Default: 4."""
    progressive: Flag = False
    """Whether a JPEG is progressive: it loads from coarse to fine. Default: false."""
    subsampling: Subsampling | None = None
    """Resolution of the colour channels of JPEG and AVIF. Default: `4:2:0` for JPEG, `4:4:4` for AVIF."""
    colors: Whole | None = Field(default=None, ge=2, le=256)
    """Largest number of colours in the palette of a PNG or GIF, from 2 to 256. Default: 256 for GIF; a PNG gets a
    palette only if it loses nothing."""
    max_bytes: Whole | None = Field(default=None, ge=100, le=_MOST_BYTES)
    """Largest size of the result in bytes, at least 100. JPEG, WebP and AVIF get the highest quality, up to `quality`,
    that keeps to it. The variant fails if the result cannot be made this small. Default: no limit."""
    keep_metadata: KeepMetadata = KeepMetadata.NONE
    """Metadata of the source that the result keeps. `none`: nothing. `icc`: the ICC profile; colours stay in its colour
    space. `copyright`: the EXIF tags Artist and Copyright. `all`: the ICC profile, all EXIF tags, including the GPS
    position, and XMP. With `none` and `copyright` colours are converted to sRGB. GIF keeps nothing; TIFF keeps only
    text tags of the main EXIF directory. Default: `none`."""
    frames: Literal[1, "all"] = 1
    """`1` keeps only the first frame. `all` keeps an animation of GIF, WebP, PNG or AVIF if the result has one of these
    formats, with its times and its number of loops; an AVIF always loops forever. The pages of a TIFF are not an
    animation. Default: 1."""


DEFAULT_QUALITY = {ImageFormat.JPEG: 80, ImageFormat.WEBP: 80, ImageFormat.AVIF: 50}
"""Quality of each lossy format unless the recipe says otherwise: the defaults of sharp, so that sizes compare."""
