"""Reads TIFF in all layouts of which something right can be said, and refuses the others by name.

file      Pillow's plugin, with readers of our own for the layouts that it gets wrong
tags      from the tags of a page to its layout
layout    how the samples lie in the file
readable  which layouts some reader gets right
refusals  what is said of the others
chunks    strips and tiles, decompressed, with the prediction undone
samples   from bytes to levels
"""

from darkroom_processor.pipeline.tiff.file import TiffFile

__all__ = ["TiffFile"]
