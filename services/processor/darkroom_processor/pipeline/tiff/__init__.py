"""Reads TIFF in all layouts of which something right can be said, and refuses the others by name.

layout    what the tags say of the samples, and which reader serves
chunks    strips and tiles, decompressed, with the prediction undone
samples   bytes to levels
file      the plugin: Pillow's own, but for the layouts that it gets wrong
"""

from darkroom_processor.pipeline.tiff.file import TiffFile

__all__ = ["TiffFile"]
