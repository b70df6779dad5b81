"""Arranges the variants of one source so that nothing is done twice, and finds the scale to decode at."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from darkroom.recipes import AnyOperation, Flip, Flop, Grayscale, Resize, Rotate, Variant
from darkroom_processor.pipeline.geometry import place
from darkroom_processor.pipeline.raster import Size


@dataclass
class Step:
    """A point in the tree of operations: the variants that end here, and the operations that lead on."""

    variants: list[Variant] = field(default_factory=list)
    following: "dict[AnyOperation, Step]" = field(default_factory=dict)

    def all_variants(self) -> Iterator[Variant]:
        """The variants that end here or beyond."""
        yield from self.variants
        for step in self.following.values():
            yield from step.all_variants()


def common_steps(variants: tuple[Variant, ...]) -> Step:
    """The tree in which variants that begin with the same operations share these."""
    root = Step()
    for variant in variants:
        step = root
        for operation in variant.operations:
            step = step.following.setdefault(operation, Step())
        step.variants.append(variant)
    return root


def needed_scale(variants: tuple[Variant, ...], size: Size) -> float:
    """The least part of a picture of this size that still gives every variant all its pixels; 0 when there are none."""
    return max((_scale_for(variant.operations, size) for variant in variants), default=0.0)


def _scale_for(operations: tuple[AnyOperation, ...], size: Size) -> float:
    """Only what comes before the first resize matters, and of that what needs no single pixel is no hindrance."""
    for operation in operations:
        match operation:
            case Flip() | Flop() | Grayscale():
                continue
            case Rotate() if operation.angle % 180 == 0:
                continue
            case Rotate() if operation.angle % 90 == 0:
                size = (size[1], size[0])
            case Resize():
                scaled = place(operation, size).scaled
                return min(max(scaled[0] / size[0], scaled[1] / size[1]), 1.0)
            case _:
                break
    return 1.0
