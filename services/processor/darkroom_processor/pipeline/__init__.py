"""The image pipeline: bytes in, bytes out. It knows nothing of queues, storage, files or the network.

    gate      which bytes may reach a decoder at all (headers only)
    decode    pixels once, at the smallest scale that serves: colours to sRGB, then the EXIF orientation
    describe  what is told of the source
    plan      variants that begin alike share the work
    operations, encode

`process` runs all of it.
"""

from darkroom_processor.pipeline.process import process
from darkroom_processor.pipeline.work import Failure, Outcome, Picture, Processed, Work

__all__ = ["Failure", "Outcome", "Picture", "Processed", "Work", "process"]
