"""Renders variants that keep an animation. Each frame is decoded once for all of them."""

from darkroom.errors import ImageError
from darkroom.planner.size_limits import check_animation, check_output
from darkroom.recipes import AnyOperation, Variant
from darkroom_processor.pipeline.decoding.animation_frames import decode_frames, play_count
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.error_translation import translate_decoder_errors, translate_variant_errors
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.operations import apply, resolve
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.frames import Frames
from darkroom_processor.pipeline.pixels.raster import Raster


def render_animations(
    image: OpenedImage,
    decoded: DecodedImage,
    variants: tuple[Variant, ...],
    overlays: OverlayImages,
    *,
    in_embedded_space: bool,
) -> dict[str, Frames | ImageError]:
    """Return the frames of each variant by its name, or why there are none.

    An animation that exceeds the limits is not decoded. Then all of these variants fail, and still variants do not.
    """
    animated = {variant.name: _AnimatedVariant(variant, image.frame_count, overlays) for variant in variants}
    durations = []
    try:
        check_animation(image.stored_size, image.frame_count)
        with translate_decoder_errors():
            for frame in decode_frames(image, decoded, in_embedded_space=in_embedded_space):
                durations.append(frame.duration)
                for variant in animated.values():
                    variant.add(frame.raster)
    except ImageError as error:
        return dict.fromkeys(animated, error)
    return {name: variant.frames(tuple(durations), play_count(image)) for name, variant in animated.items()}


class _AnimatedVariant:
    """One variant, to which decoded frames are added in order."""

    def __init__(self, variant: Variant, frame_count: int, overlays: OverlayImages) -> None:
        self._operations = variant.operations
        self._frame_count = frame_count
        self._overlays = overlays
        self._resolved: tuple[AnyOperation, ...] | None = None
        """The operations as resolved on the first frame; None before it."""
        self._rasters: list[Raster] = []
        self._error: ImageError | None = None

    def add(self, frame: Raster) -> None:
        """Apply the operations to the next frame, unless an earlier one has failed."""
        if self._error is None:
            try:
                with translate_variant_errors():
                    self._rasters.append(self._rendered(frame))
            except ImageError as error:
                self._error = error
                self._rasters.clear()

    def frames(self, durations: tuple[int, ...], plays: int) -> Frames | ImageError:
        """Return all frames, or why there are none."""
        try:
            with translate_variant_errors():
                return self._error or Frames(tuple(self._rasters), durations, plays)
        except ImageError as error:
            return error

    def _rendered(self, raster: Raster) -> Raster:
        is_first = self._resolved is None
        resolved = []
        for operation in self._resolved or self._operations:
            same = resolve(operation, raster) if is_first else operation
            resolved.append(same)
            raster = apply(same, raster, self._overlays)
            check_output(raster.size, self._frame_count)
        self._resolved = tuple(resolved)
        return raster
