"""Writes the file of a variant: encodes its pixels or, without operations, may reuse the coded data of the source."""

from darkroom.formats import ImageFormat
from darkroom.recipes import Output
from darkroom_processor.pipeline.color import conversion
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.decoding.needs import keeps_animation
from darkroom_processor.pipeline.decoding.orientation import UPRIGHT
from darkroom_processor.pipeline.encoding.encode import encode
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.pixels.frames import Frames
from darkroom_processor.pipeline.rendering.rendition import Rendition
from darkroom_processor.pipeline.rewrite import RewrittenSource, rewrite


def write(
    image: OpenedImage,
    decoded: DecodedImage,
    rendition: Rendition,
    frames: Frames,
    output: Output,
    image_format: ImageFormat,
    metadata: KeptMetadata,
) -> bytes:
    """Return the bytes of the file. Raises OutputLimit when they cannot be as few as the recipe allows."""
    if not rendition.variant.only_rewrites:
        return encode(frames, output, image_format, metadata)
    source = RewrittenSource(image=image, shows_result=_shows_the_stored_pixels(image, decoded, rendition, frames))
    return rewrite(source, frames, output, image_format, metadata)


def _shows_the_stored_pixels(image: OpenedImage, decoded: DecodedImage, rendition: Rendition, frames: Frames) -> bool:
    """Return whether the coded data of the source show exactly the pixels of the rendition."""
    converted = image.color_space is not None or conversion.changes_colors(decoded.stored_mode, decoded.profile)
    keeps_colors = rendition.space is not None or not converted
    # An animation of one frame may have a different still image beside it, which the coded data would show.
    shows_still = keeps_animation(rendition.variant, image) and not frames.is_animated
    return keeps_colors and decoded.orientation == UPRIGHT and image.crop is None and not shows_still
