"""A child of the sandbox that processes images as others do, but for one that kills it. Run as a program by tests.

No image is known that kills Pillow's decoders; this stands in for the one that will be found.
"""

import ctypes

from darkroom_processor.pipeline import Instructions, ProcessedImage, process
from darkroom_processor.sandbox.preload import preload
from darkroom_processor.sandbox.template import run

KILLER = b"\xff\xd8\xff killer"


def mortal(data: bytes, work: Instructions) -> ProcessedImage:
    """Process the image, or die as a decoder does that writes where it must not."""
    if data == KILLER:
        ctypes.string_at(0)
    return process(data, work)


if __name__ == "__main__":
    run(mortal, preload)
