"""What a child does before it locks itself in: run the pipeline once over a tiny image in every format.

Codecs and modules that are loaded at first use are then there. A sealed child could not load them any more: whatever
the pipeline needs of the file system (modules, fonts, profiles) has to be in memory by the end of this.
"""

import codecs
from base64 import b64decode
from typing import Final

from darkroom.recipes import Output, OutputFormat, Variant, Watermark
from darkroom_processor.pipeline import EncodedVariant, Instructions, process

_PIXEL: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""

_TEXT_ENCODINGS: Final = ("ascii", "cp1252", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-32")
"""In which image files carry text. Python loads the module of an encoding when it first meets it."""


def preload() -> None:
    """Write a letter on the pixel, and this in every format that is written, and read and describe each of these."""
    for encoding in _TEXT_ENCODINGS:
        codecs.lookup(encoding)
    formats = [name for name in OutputFormat if name not in (OutputFormat.SAME, OutputFormat.AUTO)]
    letter = Watermark(op="watermark", text="A")
    variants = tuple(Variant(name=name.value, operations=(letter,), output=Output(format=name)) for name in formats)
    for outcome in process(_PIXEL, Instructions(variants=variants, describe=True)).outcomes:
        if isinstance(outcome, EncodedVariant):
            process(outcome.data, Instructions(variants=(Variant(name="same"),), describe=True))
