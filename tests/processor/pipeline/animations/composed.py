"""What the product sees in an animation, as levels."""

from darkroom_processor.pipeline.animations.animation import Animation
from darkroom_processor.pipeline.animations.composing import compose
from tests.support.compositor import Levels, levels


def seen(animation: Animation | None) -> list[Levels]:
    """What is seen of each frame."""
    assert animation is not None
    return [levels(frame) for frame in compose(animation)]
