"""The image pipeline: bytes in, bytes out. It knows nothing of queues, storage, files or the network.

`process` is the list of the stages, in their order. Each stage has a package:

    opening       decides which bytes may reach a decoder, and reads the header of the file
    decoding      decodes the pixels once, at the smallest scale that is enough, in sRGB and upright
    description   describes the source
    thumbnail     makes the small image that lists of jobs show
    rendering     makes the pixels of each variant, by the `operations` of the recipe
    encoding      writes pixels in a format; `write` calls it, or reuses the coded data of the source (`passthrough`)

Several stages use `pixels`, which holds decoded pixels, and `color`, which converts them to sRGB. Opening uses
`cleaning`, which drops faults in side information, and `headers`, which reads what a file announces. `containers`,
`animations`, `colorimetry` and `tiff` read what formats store.
"""

from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.outcomes import (
    EncodedThumbnail,
    EncodedVariant,
    FailedVariant,
    Outcome,
    ProcessedImage,
)
from darkroom_processor.pipeline.process import process

__all__ = [
    "EncodedThumbnail",
    "EncodedVariant",
    "FailedVariant",
    "Instructions",
    "Outcome",
    "ProcessedImage",
    "process",
]
