"""Renders all variants of one image: those in the embedded colour space first, then those in sRGB."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from darkroom.recipes import Variant
from darkroom_processor.pipeline.color.embedded_space import EmbeddedSpace, keeps_embedded_space
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.decoding.needs import keeps_animation
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.rendering.animation import render_animations
from darkroom_processor.pipeline.rendering.rendition import Rendition
from darkroom_processor.pipeline.rendering.still import render_stills


def render(image: OpenedImage, decoded: DecodedImage, instructions: Instructions) -> Iterator[Rendition]:
    """Yield a rendition of each variant, in any order.

    Pixels are made when they are asked for, and are freed as soon as no variant needs them.
    """
    in_srgb = instructions.variants
    if own := decoded.unconverted:
        in_own_space = tuple(variant for variant in in_srgb if keeps_embedded_space(variant, image.format))
        in_srgb = tuple(variant for variant in in_srgb if variant not in in_own_space)
        overlays = OverlayImages(instructions.overlays, own.space)
        yield from _Renderer(image, decoded, overlays, own.space).render(
            [own.space.adapted(variant) for variant in in_own_space], own.raster
        )
    yield from _Renderer(image, decoded, OverlayImages(instructions.overlays), None).render(in_srgb, decoded.raster)


@dataclass(frozen=True)
class _Renderer:
    """Renders the variants that are in one colour space."""

    image: OpenedImage
    decoded: DecodedImage
    overlays: OverlayImages
    space: EmbeddedSpace | None
    """None for sRGB."""

    def render(self, variants: Sequence[Variant], raster: Raster) -> Iterator[Rendition]:
        """Yield a rendition of each variant. `raster` is the source in this colour space."""
        animated = tuple(variant for variant in variants if keeps_animation(variant, self.image))
        still = tuple(variant for variant in variants if variant not in animated)
        if animated:
            rendered = render_animations(
                self.image, self.decoded, animated, self.overlays, in_embedded_space=self.space is not None
            )
            for variant in animated:
                yield Rendition(variant=variant, frames=rendered.pop(variant.name), space=self.space)
        for variant, frames in render_stills(still, raster, self.overlays):
            yield Rendition(variant=variant, frames=frames, space=self.space)
