"""Loads everything a child needs before it is confined: runs the pipeline once on a tiny image in every format.

A sealed child cannot open files, so all that the pipeline needs of the file system (modules, fonts, profiles) has to be
in memory by then.
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
"""Encodings of texts in image files. Python loads the module of an encoding when it first meets it."""


def preload() -> None:
    """Draw a letter on the pixel, write it in every format, and read and describe each of these files."""
    for encoding in _TEXT_ENCODINGS:
        codecs.lookup(encoding)
    formats = [name for name in OutputFormat if name not in (OutputFormat.SAME, OutputFormat.AUTO)]
    letter = Watermark(op="watermark", text="A")
    variants = tuple(Variant(name=name.value, operations=(letter,), output=Output(format=name)) for name in formats)
    for outcome in process(_PIXEL, Instructions(variants=variants, describe=True)).outcomes:
        if isinstance(outcome, EncodedVariant):
            process(outcome.data, Instructions(variants=(Variant(name="same"),), describe=True))
