"""Decodes all frames of an animation, and tells how long each is shown and how often the animation plays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from darkroom_processor.pipeline.animations import composing
from darkroom_processor.pipeline.decoding import orientation
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.decoding.working_pixels import cropped, working_pixels
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.pixels.raster import Raster

_USUAL_DURATION: Final = 100
"""Milliseconds that browsers show a frame whose file states no duration, or zero."""
_LONGEST_DURATION: Final = 655_350
"""Milliseconds: the longest duration in a GIF. Other formats allow more, but WebP cannot hold the sum."""
_MOST_PLAYS: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class DecodedFrame:
    """One frame of an animation, upright."""

    raster: Raster
    duration: int
    """Milliseconds."""


def decode_frames(image: OpenedImage, first: DecodedImage, *, in_embedded_space: bool) -> Iterator[DecodedFrame]:
    """Yield all frames, in order. `first` is the result of `decode`.

    Raises what the decoder raises, at the frame that fails, and what `composing.compose` raises.
    """
    profile = None if in_embedded_space else first.profile
    for frame, milliseconds in _composed_frames(image):
        pixels = working_pixels(frame, image.color_space, profile, may_reuse=frame is not image.pillow_image)
        duration = min(float(milliseconds or _USUAL_DURATION), _LONGEST_DURATION)
        raster = orientation.upright(Raster(pixels), first.orientation)
        yield DecodedFrame(raster=raster, duration=max(1, round(duration)))


def play_count(image: OpenedImage) -> int:
    """Return how often the animation plays; 0 for ever."""
    stated = image.animation.plays if image.animation else image.pillow_image.info.get("loop")
    return min(stated, _MOST_PLAYS) if isinstance(stated, int) and stated > 0 else 0


def _composed_frames(image: OpenedImage) -> Iterator[tuple[Image.Image, float | None]]:
    """Yield each frame as it is shown, in the file's own colours, and its duration in milliseconds."""
    if animation := image.animation:
        yield from zip(composing.compose(animation), (frame.milliseconds for frame in animation.frames), strict=True)
        return
    file = image.pillow_image
    for number in range(image.frame_count):
        file.seek(number)
        file.load()
        yield cropped(image), file.info.get("duration")
