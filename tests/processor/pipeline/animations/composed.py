"""Composes animations by the product, for comparisons."""

from darkroom_processor.pipeline.animations.animation import Animation
from darkroom_processor.pipeline.animations.composing import compose
from tests.support.compositor import Levels, levels


def composed(animation: Animation | None) -> list[Levels]:
    """Return the canvas after each frame."""
    assert animation is not None
    return [levels(frame) for frame in compose(animation)]
