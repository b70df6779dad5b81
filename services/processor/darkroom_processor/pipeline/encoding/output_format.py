"""The format that a variant is written in."""

from darkroom.formats import ImageFormat
from darkroom.planner.output_format import choose_format
from darkroom.recipes import Output, OutputFormat
from darkroom_processor.pipeline.encoding.flat_art import is_flat_art
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.pixels.frames import Frames


def choose_output_format(output: Output, image: OpenedImage, frames: Frames) -> ImageFormat:
    """Return the format to write the frames in. With format `auto` it depends on what the pixels show."""
    flat = output.format is OutputFormat.AUTO and not frames.is_animated and is_flat_art(frames, output)
    return choose_format(output, image.format, has_alpha=frames.has_alpha, animated=frames.is_animated, flat=flat)
