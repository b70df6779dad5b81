"""Instructions for the pipeline: which variants to make of one image."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from darkroom.limits import MAX_PIXELS
from darkroom.recipes import Overlay, Variant


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """The variants to make of one image, and whether to describe it and to make a thumbnail."""

    variants: tuple[Variant, ...]
    describe: bool
    """Whether to return a description of the source as well."""
    thumbnail: bool = False
    """Whether to make a thumbnail of the source as well."""
    overlays: Mapping[Overlay, bytes] = field(default_factory=dict)
    """Files of the images that watermarks draw. A variant whose overlay is not among them fails."""
    most_pixels: int = MAX_PIXELS
    """Most pixels of each variant: width × height × frames."""
