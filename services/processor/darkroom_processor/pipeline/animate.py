"""Variants that keep an animation. Each frame is decoded once and goes through the operations of all of them."""

from darkroom.errors import ImageError
from darkroom.planner.bounds import check_animation, check_output
from darkroom.recipes import AnyOperation, Variant
from darkroom_processor.pipeline.decode import Decoded, decode_frames, plays
from darkroom_processor.pipeline.faults import decoding, making
from darkroom_processor.pipeline.gate import Source
from darkroom_processor.pipeline.operations import apply, settle
from darkroom_processor.pipeline.overlays import Overlays
from darkroom_processor.pipeline.raster import Raster
from darkroom_processor.pipeline.strip import Strip


class _Take:
    """One variant while its frames come in."""

    def __init__(self, variant: Variant, frames: int, overlays: Overlays) -> None:
        self._operations = variant.operations
        self._overlays = overlays
        self._settled: tuple[AnyOperation, ...] | None = None
        self._frames = frames
        self.rasters: list[Raster] = []
        self.fault: ImageError | None = None

    def add(self, frame: Raster) -> None:
        """Make the next frame, unless an earlier one has failed."""
        if self.fault is None:
            try:
                with making():
                    self.rasters.append(self._made(frame))
            except ImageError as error:
                self.fault = error
                self.rasters.clear()

    def strip(self, durations: tuple[int, ...], plays: int) -> Strip | ImageError:
        """All frames that were made, or why there are none."""
        try:
            with making():
                return self.fault or Strip(tuple(self.rasters), durations, plays)
        except ImageError as error:
            return error

    def _made(self, raster: Raster) -> Raster:
        settled = []
        for operation in self._operations if self._settled is None else self._settled:
            same = settle(operation, raster) if self._settled is None else operation
            settled.append(same)
            raster = apply(same, raster, self._overlays)
            check_output(raster.size, self._frames)
        self._settled = self._settled or tuple(settled)
        return raster


def animate(
    source: Source, decoded: Decoded, variants: tuple[Variant, ...], overlays: Overlays, *, in_own_space: bool
) -> dict[str, Strip | ImageError]:
    """The frames of each variant by its name, or why there are none.

    An animation over the limits of animations is not decoded. Each of the variants fails then, and none beside them.
    """
    takes = {variant.name: _Take(variant, source.frames, overlays) for variant in variants}
    durations = []
    try:
        check_animation(source.stored_size, source.frames)
        with decoding():
            for frame in decode_frames(source, decoded, in_own_space=in_own_space):
                durations.append(frame.duration)
                for take in takes.values():
                    take.add(frame.raster)
    except ImageError as error:
        return dict.fromkeys(takes, error)
    return {name: take.strip(tuple(durations), plays(source)) for name, take in takes.items()}
