"""The pixels of one variant, ready to be encoded."""

from dataclasses import dataclass

from darkroom.errors import ImageError
from darkroom.recipes import Variant
from darkroom_processor.pipeline.color.embedded_space import EmbeddedSpace
from darkroom_processor.pipeline.color.icc import srgb_profile
from darkroom_processor.pipeline.pixels.frames import Frames


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """The pixels of one variant, or why there are none."""

    variant: Variant
    frames: Frames | ImageError
    space: EmbeddedSpace | None
    """Colour space of the pixels; None for sRGB."""

    @property
    def profile(self) -> bytes:
        """ICC profile of the pixels; empty for grey ones.

        An RGB profile does not fit grey pixels, and viewers show grey without a profile as sRGB.
        """
        if isinstance(self.frames, Frames) and self.frames.is_gray:
            return b""
        return self.space.profile if self.space else srgb_profile().tobytes()
