"""Reads TIFF in all layouts that can be decoded correctly. Other layouts are refused, and the error names them.

file       Pillow's plugin, with own readers for the layouts that Pillow decodes wrong
tag        numbers of tags
tags       reads the layout of a page from its tags
layout     how samples are stored in the file
supported  the layouts that can be decoded correctly
refusals   errors for other layouts
chunks     strips and tiles: decompresses them, and undoes the predictor
samples    turns the bytes of chunks into pixels
"""

from darkroom_processor.pipeline.tiff.file import TiffFile

__all__ = ["TiffFile"]
