"""A child of the sandbox that processes images, except one that kills it. Tests run it as a program.

No image is known that crashes Pillow's decoders. This one stands for the next that is found.
"""

import ctypes

from darkroom_processor.pipeline import Instructions, ProcessedImage, process
from darkroom_processor.sandbox.preload import preload
from darkroom_processor.sandbox.template import run

KILLER = b"\xff\xd8\xff killer"


def mortal(data: bytes, work: Instructions) -> ProcessedImage:
    """Process the image, or crash like a decoder that writes to invalid memory."""
    if data == KILLER:
        ctypes.string_at(0)
    return process(data, work)


if __name__ == "__main__":
    run(mortal, preload)
