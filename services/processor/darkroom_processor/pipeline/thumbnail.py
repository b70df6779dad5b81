"""Makes the thumbnail of a source, which lists of jobs show. It does not depend on the recipe."""

from darkroom.planner.thumbnail import THUMBNAIL_OUTPUT, THUMBNAIL_RESIZE
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.encoding import webp
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.operations.resize import resize
from darkroom_processor.pipeline.outcomes import EncodedThumbnail
from darkroom_processor.pipeline.pixels.frames import Frames


def make_thumbnail(decoded: DecodedImage) -> EncodedThumbnail:
    """Return the first frame as a small WebP: upright, in sRGB, with its transparency, and never enlarged."""
    frames = Frames((resize(THUMBNAIL_RESIZE, decoded.raster),))
    width, height = frames.size
    return EncodedThumbnail(data=webp.encode(frames, THUMBNAIL_OUTPUT, KeptMetadata()), width=width, height=height)
