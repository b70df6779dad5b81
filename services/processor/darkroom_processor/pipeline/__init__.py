"""The image pipeline: bytes in, bytes out. It knows nothing of queues, storage, files or the network.

    gate        decides which bytes may reach a decoder, and opens them: `cleaning` drops faults in side information,
                `headers` reads what the structure announces, `opening` lets the decoder read its header
    decode      decodes the pixels once, at the smallest scale that serves: colours to sRGB, then the EXIF orientation
    describe    tells about the source
    ladder      makes smaller pictures from larger ones
    operations  change the picture; `animate` has every frame go through them
    encode      writes a variant in its format
    rewrite     takes over for variants that are only written again: the smaller of what `encode` makes and of the
                source's own coded data (`passthrough`)

`process` runs all of it. What several steps need: `containers` read the formats of files, `animations` compose frames,
`colorimetry` knows colours that are told by numbers, `tiff` reads the layouts that Pillow gets wrong.
"""

from darkroom_processor.pipeline.process import process
from darkroom_processor.pipeline.work import Failure, Outcome, Picture, Processed, Work

__all__ = ["Failure", "Outcome", "Picture", "Processed", "Work", "process"]
