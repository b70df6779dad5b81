"""What must be decoded of an image, so that all variants, the description and the thumbnail can be made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from darkroom.planner.decode_scale import needed_scale
from darkroom.planner.geometry import Size
from darkroom.planner.output_format import keeps_frames
from darkroom.recipes import Variant
from darkroom_processor.pipeline.color.embedded_space import keeps_embedded_space
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.opening.open_image import OpenedImage


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The pixels that the stages after decoding need."""

    scale: Callable[[Size], float]
    """Takes the upright size, and returns which part of each side is enough: above 0 and at most 1."""
    embedded_space: bool = False
    """Whether some variant needs the pixels in the embedded colour space."""
    all_frames: bool = False
    """Whether some variant needs all frames of an animation, which `decode_frames` decodes later."""


def needs_of(instructions: Instructions, image: OpenedImage) -> Needs:
    """Return what the variants, the description and the thumbnail need of this image."""
    variants = instructions.variants
    return Needs(
        scale=partial(needed_scale, variants, describe=instructions.describe, thumbnail=instructions.thumbnail),
        embedded_space=any(keeps_embedded_space(variant, image.format) for variant in variants),
        all_frames=any(keeps_animation(variant, image) for variant in variants),
    )


def keeps_animation(variant: Variant, image: OpenedImage) -> bool:
    """Return whether the variant keeps all frames of an animation, not only the first one."""
    return image.is_animated and keeps_frames(variant.output, image.format)
