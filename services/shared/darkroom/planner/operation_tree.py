"""Arranges the variants of one source so that nothing is done twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from darkroom.recipes import AnyOperation, Variant


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

    def ways(self) -> Iterator[tuple[AnyOperation, ...]]:
        """The operations from here to each variant that ends here or beyond."""
        yield from (() for _ in self.variants)
        for operation, step in self.following.items():
            yield from ((operation, *way) for way in step.ways())


def common_steps(variants: Sequence[Variant]) -> Step:
    """The tree in which variants that begin with the same operations share these."""
    root = Step()
    for variant in variants:
        step = root
        for operation in variant.operations:
            step = step.following.setdefault(operation, Step())
        step.variants.append(variant)
    return root
