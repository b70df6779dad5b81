"""Prices: CPU time and memory of each step of the pipeline, as `python -m bench.estimates` measured them.

A price has a constant part and a part for each pixel. The measured images are colourful and as hard to compress as
photos, so most others take less.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from pydantic import BaseModel, ConfigDict

from darkroom.formats import ImageFormat
from darkroom.planner.decode_scale import WHOLE
from darkroom.planner.encoder_effort import avif_effort, png_by_the_row
from darkroom.recipes import AnyOperation, Output, Rotate, Watermark

DESCRIBE: Final = "describe"
"""Name of the price of a description, for the pixels that are decoded."""


class Price(BaseModel):
    """CPU time and memory of one step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ms: float
    ms_per_megapixel: float
    bytes: int
    """Most bytes during the step, beside those that were there before it."""
    bytes_per_pixel: float
    kept_bytes_per_pixel: float = 0
    """The part of them that stays as long as the decoded source; only for decoding."""

    def milliseconds(self, pixels: float) -> float:
        """Return the CPU milliseconds for this number of pixels."""
        return self.ms + self.ms_per_megapixel * pixels / 1e6

    def memory(self, pixels: float) -> float:
        """Return the most bytes for this number of pixels."""
        return self.bytes + self.bytes_per_pixel * pixels


class Prices(BaseModel):
    """All prices, and the libraries that they were measured with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Mapping[str, str]
    """Versions of the measured libraries, by name."""
    process_bytes: int
    """Address space of a process that waits for an image."""
    opaque: Mapping[str, Price]
    """Prices by the name of the step, for images without alpha."""
    transparent: Mapping[str, Price]
    """Prices for images with an alpha channel, where they differ."""

    def find(self, name: str, *, transparent: bool) -> Price:
        """Return the price of a step."""
        return self.transparent.get(name, self.opaque[name]) if transparent else self.opaque[name]


@cache
def load_prices() -> Prices:
    """Return the prices that ship with Darkroom. They are read once."""
    shipped = resources.files("darkroom.planner").joinpath("prices.json")
    return Prices.model_validate_json(shipped.read_bytes())


def decoding_name(image_format: ImageFormat, eighths: int) -> str:
    """Return the name of the price of decoding a source. It counts all pixels of the source, at every scale."""
    return f"decode {image_format} {eighths}/{WHOLE}" if image_format is ImageFormat.JPEG else f"decode {image_format}"


def operation_name(operation: AnyOperation) -> str:
    """Return the name of the price of an operation. It counts the pixels before and after it together."""
    match operation:
        case Rotate() if operation.angle % 90 == 0:
            return "turn"
        case Watermark(tile=True):
            return "watermark tiled"
        case _:
            return operation.op


def encoding_name(image_format: ImageFormat, output: Output, pixels: int) -> str:
    """Return the name of the price of encoding an image with this number of pixels once."""
    kind, effort = _kind(image_format, output), output.effort
    if kind in _WITHOUT_EFFORT:
        return f"encode {kind}"
    if image_format is ImageFormat.AVIF:
        effort = avif_effort(effort, pixels)
    by_the_row = kind == "png" and png_by_the_row(effort, pixels)
    return f"encode {kind} {effort}{' by the row' if by_the_row else ''}"


_WITHOUT_EFFORT: Final = frozenset({"jpeg progressive", "png colors", "gif", "tiff"})


def _kind(image_format: ImageFormat, output: Output) -> str:
    match image_format:
        case ImageFormat.JPEG if output.progressive:
            return "jpeg progressive"
        case ImageFormat.PNG if output.colors is not None:
            return "png colors"
        case ImageFormat.WEBP if output.lossless:
            return "webp lossless"
        case _:
            return str(image_format)
