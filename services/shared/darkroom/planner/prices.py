"""What each step of making a picture takes, as `python -m bench.estimates` has measured it.

A price is a line: so much for any picture, and so much more for each pixel. The pictures that were measured are
colourful and as hard to compress as photographs, so that most others take less.
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
"""The price of a description, by the pixels that are decoded."""


class Price(BaseModel):
    """CPU time and memory of one step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ms: float
    ms_per_megapixel: float
    bytes: int
    """At the worst moment of the step, beside what was there before it."""
    bytes_per_pixel: float
    kept_bytes_per_pixel: float = 0
    """Of them, what stays for as long as the source does; only of decoding."""

    def milliseconds(self, pixels: float) -> float:
        """CPU time for so many pixels."""
        return self.ms + self.ms_per_megapixel * pixels / 1e6

    def memory(self, pixels: float) -> float:
        """Bytes for so many pixels, at the worst moment."""
        return self.bytes + self.bytes_per_pixel * pixels


class Prices(BaseModel):
    """All prices, and what they hold for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Mapping[str, str]
    """Versions of the libraries that were measured, by name."""
    process_bytes: int
    """Address space of a process that waits for an image."""
    opaque: Mapping[str, Price]
    """By the name of the step."""
    transparent: Mapping[str, Price]
    """Of pictures with an alpha channel, as far as there are any."""

    def find(self, name: str, *, transparent: bool) -> Price:
        """The price of a step."""
        return self.transparent.get(name, self.opaque[name]) if transparent else self.opaque[name]


@cache
def load_prices() -> Prices:
    """The prices that ship with Darkroom, read when they are first needed."""
    shipped = resources.files("darkroom.planner").joinpath("prices.json")
    return Prices.model_validate_json(shipped.read_bytes())


def decoding_name(image_format: ImageFormat, eighths: int) -> str:
    """The price of decoding a source, by its own pixels, whatever the scale."""
    return f"decode {image_format} {eighths}/{WHOLE}" if image_format is ImageFormat.JPEG else f"decode {image_format}"


def operation_name(operation: AnyOperation) -> str:
    """The price of an operation, by the pixels before and after it together."""
    match operation:
        case Rotate() if operation.angle % 90 == 0:
            return "turn"
        case Watermark(tile=True):
            return "watermark tiled"
        case _:
            return operation.op


def encoding_name(image_format: ImageFormat, output: Output, pixels: int) -> str:
    """The price of writing a picture of so many pixels once, by these."""
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
