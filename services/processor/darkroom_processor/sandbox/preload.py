"""What a child does before it locks itself in: run the pipeline once over a tiny image in every format.

Codecs and modules that Pillow loads at first use are then there, which a sealed child could not load any more, and the
first image is as quick as the second.
"""

from base64 import b64decode
from typing import Final

from darkroom.recipes import Output, OutputFormat, Variant
from darkroom_processor.pipeline import Picture, Work, process

_PIXEL: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


def preload() -> None:
    """Write the pixel in every format that is written, and read and describe each of these."""
    formats = [name for name in OutputFormat if name not in (OutputFormat.SAME, OutputFormat.AUTO)]
    variants = tuple(Variant(name=name.value, output=Output(format=name)) for name in formats)
    for outcome in process(_PIXEL, Work(variants=variants, describe=True)).outcomes:
        if isinstance(outcome, Picture):
            process(outcome.data, Work(variants=(Variant(name="same"),), describe=True))
