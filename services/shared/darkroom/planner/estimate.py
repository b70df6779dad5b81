"""Estimates of the CPU time and the memory of a task, from sizes alone.

CPU time is the sum of the prices of all steps: decoding, the description with the thumbnail, each operation of the
tree once, and each encoding, times the frames that are kept. Memory is the largest sum at any moment: the process, the
file, the decoded source, the images between the source and the current one, and what the current step needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import Final

from darkroom.errors import ImageError
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantResult
from darkroom.planner.decode_scale import WHOLE, averaging_factor, jpeg_eighths, needed_scale, operations_scale, shrunk
from darkroom.planner.encoder_effort import search_tries
from darkroom.planner.geometry import Size
from darkroom.planner.image_spec import Alpha, ImageSpec, can_fit, final_spec, spec_after
from darkroom.planner.operation_tree import OperationTree, build_tree
from darkroom.planner.output_format import choose_format, keeps_frames
from darkroom.planner.prices import (
    DESCRIBE,
    Price,
    decoding_name,
    encoding_name,
    load_prices,
    operation_name,
)
from darkroom.planner.size_limits import check_animation
from darkroom.planner.source import Source
from darkroom.planner.thumbnail import THUMBNAIL
from darkroom.recipes import DEFAULT_QUALITY, AnyOperation, Output, Overlay, Resize, Rotate, Variant, Watermark

Overlays = Mapping[Overlay, VariantResult]
"""The images of watermarks, without those that do not exist any more."""
NO_OVERLAYS: Final[Overlays] = MappingProxyType({})

_OPAQUE_BYTES: Final = 4
"""Bytes of an opaque pixel in memory. Pillow stores three channels in four bytes."""
_TRANSPARENT_BYTES: Final = 8
"""Bytes of a transparent pixel in memory: once with straight and once with premultiplied colours."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate of CPU time and memory."""

    cpu_ms: float
    peak_bytes: float
    """Largest address space of the process."""


def decoded_size(source: Source, variants: Sequence[Variant], *, describe: bool) -> Size:
    """Return the size at which the source is decoded."""
    return shrunk(source.size, _eighths(source, variants, describe=describe))


def task_estimate(
    source: Source, variants: Sequence[Variant], *, describe: bool, overlays: Overlays = NO_OVERLAYS
) -> Estimate:
    """Return the estimate of one task with these variants. Variants that are certain to fail cost nothing."""
    moving = [variant for variant in variants if _moves(variant, source)]
    still = [variant for variant in variants if variant not in moving]
    if not _can_move(source):
        moving = []
    eighths = _eighths(source, variants, describe=describe)
    part = (eighths / WHOLE) ** 2
    bill = _Bill(source, overlays)
    kept = bill.decode(eighths, times=1 + source.frames * bool(moving))
    bill.held = kept
    if describe:
        bill.describe(source.pixels * part)
        bill.follow(build_tree([THUMBNAIL]), source.spec, part=part)
    # All frames of all animations are made before the first one is encoded.
    bill.held += sum(_frames_bytes(variant, source) for variant in moving)
    for variant in moving:
        bill.follow(build_tree([variant]), source.spec, frames=source.frames)
    bill.held = kept
    bill.follow(build_tree(still), source.spec, part=part)
    return Estimate(cpu_ms=bill.cpu_ms, peak_bytes=bill.peak)


def variant_ms(variant: Variant, source: Source, overlays: Overlays = NO_OVERLAYS) -> float:
    """Return the CPU milliseconds of one variant alone, without decoding."""
    moves = _moves(variant, source)
    if moves and not _can_move(source):
        return 0.0
    bill, frames = _Bill(source, overlays), source.frames if moves else 1
    part = (_eighths(source, [variant], describe=False) / WHOLE) ** 2
    bill.follow(build_tree([variant]), source.spec, part=part, frames=frames)
    return bill.cpu_ms


def _moves(variant: Variant, source: Source) -> bool:
    return source.frames > 1 and keeps_frames(variant.output, source.format)


def _can_move(source: Source) -> bool:
    """Return whether an animation is small enough to be kept."""
    try:
        check_animation(source.size, source.frames)
    except ImageError:
        return False
    return True


def _eighths(source: Source, variants: Sequence[Variant], *, describe: bool) -> int:
    """Return the eighths at which the source is decoded. Only a JPEG can be decoded at a reduced size."""
    if source.format is not ImageFormat.JPEG:
        return WHOLE
    return jpeg_eighths(needed_scale(variants, source.size, describe=describe, thumbnail=describe))


class _Bill:
    """Adds up the prices of the steps of one task."""

    def __init__(self, source: Source, overlays: Overlays) -> None:
        self._source = source
        self._overlays = overlays
        self._prices = load_prices()
        self.cpu_ms = 0.0
        self.held = 0.0
        """Bytes in use now, beside the process and the file."""
        self.peak = 0.0

    def decode(self, eighths: int, *, times: int) -> float:
        """Add the decoding of the source. Return the bytes that stay."""
        price = self._price(decoding_name(self._source.format, eighths), self._source.alpha)
        self._add(price, self._source.pixels, times=times)
        return price.kept_bytes_per_pixel * self._source.pixels

    def describe(self, pixels: float) -> None:
        """Add the description of the source. `pixels` are those that are decoded."""
        self._add(self._price(DESCRIBE, self._source.alpha), pixels)

    def follow(self, tree: OperationTree, spec: ImageSpec, *, part: float = 1.0, frames: int = 1) -> None:
        """Add all variants of a tree. `part` is the fraction of the image's pixels that is decoded."""
        for variant in tree.variants:
            self._encode(variant.output, spec, frames)
        held = self.held
        for operation, branch in tree.branches.items():
            made = self._made(operation, spec)
            if made is None:
                continue
            rest = _part_after(operation, branch, spec.size, part)
            self._operate(operation, spec.alpha, spec.pixels * part + made.pixels * rest, frames)
            self.held += _held_bytes(made, rest)
            self.follow(branch, made, part=rest, frames=frames)
            # A resized image is kept, since smaller ones can be made of it.
            if not isinstance(operation, Resize):
                self.held -= _held_bytes(made, rest)
        self.held = held

    def _made(self, operation: AnyOperation, spec: ImageSpec) -> ImageSpec | None:
        """Return the image after the operation; None if the operation must fail."""
        try:
            return spec_after(operation, spec)
        except ImageError:
            # For a guessed source, it may succeed and then has a cost.
            return None if self._source.certain else spec

    def _operate(self, operation: AnyOperation, alpha: Alpha, pixels: float, frames: int) -> None:
        self._add(self._price(operation_name(operation), alpha), pixels, times=frames)
        overlay = isinstance(operation, Watermark) and operation.image and self._overlays.get(operation.image)
        if overlay:
            # The watermark's image is decoded at full size and then resized.
            whole = overlay.width * overlay.height
            self._add(self._price(decoding_name(overlay.format, WHOLE), Alpha.PERHAPS), whole)
            self._add(self._price("resize", Alpha.PERHAPS), whole)

    def _encode(self, output: Output, spec: ImageSpec, frames: int) -> None:
        if self._source.certain and not can_fit(spec, frames):
            return
        has_alpha = spec.alpha is not Alpha.NONE
        chosen = choose_format(output, self._source.format, has_alpha=has_alpha, animated=frames > 1)
        pixels = spec.pixels * frames
        searched = output.max_bytes is not None and chosen in DEFAULT_QUALITY and not output.lossless
        price = self._price(encoding_name(chosen, output, pixels), spec.alpha)
        self._add(price, pixels, times=search_tries(pixels) if searched else 1)

    def _price(self, name: str, alpha: Alpha) -> Price:
        # Possible transparency counts as transparency, which costs more.
        return self._prices.find(name, transparent=alpha is not Alpha.NONE)

    def _add(self, price: Price, pixels: float, *, times: int = 1) -> None:
        """Add one step that runs `times` times, one after the other."""
        self.cpu_ms += price.milliseconds(pixels) * times
        moment = self._prices.process_bytes + self._source.bytes + self.held + price.memory(pixels)
        self.peak = max(self.peak, moment)


def _part_after(operation: AnyOperation, branch: OperationTree, size: Size, part: float) -> float:
    """Return the fraction of its pixels that an image has after the operation. `part` is the fraction before it."""
    match operation:
        case Resize():
            return 1.0
        case Rotate() if operation.angle % 90 != 0:
            needed = max(operations_scale((operation, *path), size) for path in branch.paths())
            return part / averaging_factor(sqrt(part) / needed) ** 2
        case _:
            return part


def _frames_bytes(variant: Variant, source: Source) -> float:
    """Return the bytes of all frames of an animation after its operations."""
    try:
        made = final_spec(variant.operations, source.spec, frames=source.frames)
    except ImageError:
        return 0
    return _held_bytes(made, 1.0) * source.frames


def _held_bytes(spec: ImageSpec, part: float) -> float:
    return spec.pixels * part * (_OPAQUE_BYTES if spec.alpha is Alpha.NONE else _TRANSPARENT_BYTES)
