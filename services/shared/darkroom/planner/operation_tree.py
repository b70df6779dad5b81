"""The operations of several variants as one tree, so that nothing is done twice.

Variants that begin with the same operations share a branch:

    resize 800 ─┬─ (variant "large")
                └─ grayscale ── (variant "gray")
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from darkroom.recipes import AnyOperation, Variant


@dataclass
class OperationTree:
    """A node of the tree: the variants that end here, and a branch for each operation that follows."""

    variants: list[Variant] = field(default_factory=list)
    branches: "dict[AnyOperation, OperationTree]" = field(default_factory=dict)

    def all_variants(self) -> Iterator[Variant]:
        """Return the variants that end here or in a branch."""
        yield from self.variants
        for branch in self.branches.values():
            yield from branch.all_variants()

    def paths(self) -> Iterator[tuple[AnyOperation, ...]]:
        """Return, for each variant that ends here or in a branch, the operations that lead to it from here."""
        yield from (() for _ in self.variants)
        for operation, branch in self.branches.items():
            yield from ((operation, *path) for path in branch.paths())


def build_tree(variants: Sequence[Variant]) -> OperationTree:
    """Return the tree of the variants' operations."""
    root = OperationTree()
    for variant in variants:
        node = root
        for operation in variant.operations:
            node = node.branches.setdefault(operation, OperationTree())
        node.variants.append(variant)
    return root
