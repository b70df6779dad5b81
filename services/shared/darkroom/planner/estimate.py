"""What a task is likely to take: CPU time and memory, told from sizes alone.

CPU time is the sum of its steps, each by its price: the decoding, the description, every operation of the tree of
common steps once, and every encoding, all times the frames that are kept. Memory is the worst moment: the process, the
file, what decoding keeps, the pictures on the way from the source to the one that is being made, and what the step in
hand needs beside them.
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
from darkroom.recipes import DEFAULT_QUALITY, AnyOperation, Output, Overlay, Resize, Rotate, Variant, Watermark

Overlays = Mapping[Overlay, VariantResult]
"""Images that watermarks are made of, as far as they are there."""
NO_OVERLAYS: Final[Overlays] = MappingProxyType({})

_OPAQUE_BYTES: Final = 4
"""Of a pixel in memory: Pillow keeps three channels of colour in four bytes."""
_TRANSPARENT_BYTES: Final = 8
"""The same in two views, with colours straight and premultiplied."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """CPU time and memory."""

    cpu_ms: float
    peak_bytes: float
    """Address space of the process that does the work, at its largest."""


def decoded_size(source: Source, variants: Sequence[Variant], *, describe: bool) -> Size:
    """(width, height) in pixels at which the source is decoded."""
    return shrunk(source.size, _eighths(source, variants, describe=describe))


def task_estimate(
    source: Source, variants: Sequence[Variant], *, describe: bool, overlays: Overlays = NO_OVERLAYS
) -> Estimate:
    """Of one task, which decodes the source for all of its variants. Those that are certain to fail cost nothing."""
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
    # All frames of all animations are made before the first of them is written.
    bill.held += sum(_frames_bytes(variant, source) for variant in moving)
    for variant in moving:
        bill.follow(build_tree([variant]), source.spec, frames=source.frames)
    bill.held = kept
    bill.follow(build_tree(still), source.spec, part=part)
    return Estimate(cpu_ms=bill.cpu_ms, peak_bytes=bill.peak)


def variant_ms(variant: Variant, source: Source, overlays: Overlays = NO_OVERLAYS) -> float:
    """CPU milliseconds of one variant by itself, once the source is decoded for it."""
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
    """Whether an animation is within the limits of animations that are kept."""
    try:
        check_animation(source.size, source.frames)
    except ImageError:
        return False
    return True


def _eighths(source: Source, variants: Sequence[Variant], *, describe: bool) -> int:
    """Only JPEG is decoded at a part of its size."""
    if source.format is not ImageFormat.JPEG:
        return WHOLE
    return jpeg_eighths(needed_scale(variants, source.size, describe=describe))


class _Bill:
    """Adds up what the steps of one task take."""

    def __init__(self, source: Source, overlays: Overlays) -> None:
        self._source = source
        self._overlays = overlays
        self._prices = load_prices()
        self.cpu_ms = 0.0
        self.held = 0.0
        """Bytes that are there now, beside the process and the file."""
        self.peak = 0.0

    def decode(self, eighths: int, *, times: int) -> float:
        """Decode the source. Returns the bytes that stay."""
        price = self._price(decoding_name(self._source.format, eighths), self._source.alpha)
        self._add(price, self._source.pixels, times=times)
        return price.kept_bytes_per_pixel * self._source.pixels

    def describe(self, pixels: float) -> None:
        """Describe the source, of which so many pixels are decoded."""
        self._add(self._price(DESCRIBE, self._source.alpha), pixels)

    def follow(self, tree: OperationTree, spec: ImageSpec, *, part: float = 1.0, frames: int = 1) -> None:
        """All that is made of a picture, of which this part of the pixels is decoded, and of its further frames."""
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
            # A resize is kept for smaller ones to be made of it.
            if not isinstance(operation, Resize):
                self.held -= _held_bytes(made, rest)
        self.held = held

    def _made(self, operation: AnyOperation, spec: ImageSpec) -> ImageSpec | None:
        """The picture after the operation; None when it is certain that there is none."""
        try:
            return spec_after(operation, spec)
        except ImageError:
            # What fails for a guess may succeed, and then costs something.
            return None if self._source.certain else spec

    def _operate(self, operation: AnyOperation, alpha: Alpha, pixels: float, frames: int) -> None:
        self._add(self._price(operation_name(operation), alpha), pixels, times=frames)
        overlay = isinstance(operation, Watermark) and operation.image and self._overlays.get(operation.image)
        if overlay:
            # It is decoded whole and then brought to its size.
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
        # Transparency that is not certain is taken to be there: it makes everything dearer.
        return self._prices.find(name, transparent=alpha is not Alpha.NONE)

    def _add(self, price: Price, pixels: float, *, times: int = 1) -> None:
        """One step, which is done so many times, one after the other."""
        self.cpu_ms += price.milliseconds(pixels) * times
        moment = self._prices.process_bytes + self._source.bytes + self.held + price.memory(pixels)
        self.peak = max(self.peak, moment)


def _part_after(operation: AnyOperation, branch: OperationTree, size: Size, part: float) -> float:
    """Which part of its pixels a picture has after the operation, of which it had this one before."""
    match operation:
        case Resize():
            return 1.0
        case Rotate() if operation.angle % 90 != 0:
            needed = max(operations_scale((operation, *path), size) for path in branch.paths())
            return part / averaging_factor(sqrt(part) / needed) ** 2
        case _:
            return part


def _frames_bytes(variant: Variant, source: Source) -> float:
    """Of all frames of an animation as they are made."""
    try:
        made = final_spec(variant.operations, source.spec, frames=source.frames)
    except ImageError:
        return 0
    return _held_bytes(made, 1.0) * source.frames


def _held_bytes(spec: ImageSpec, part: float) -> float:
    return spec.pixels * part * (_OPAQUE_BYTES if spec.alpha is Alpha.NONE else _TRANSPARENT_BYTES)
