"""Renders still variants. Operations that several variants begin with are carried out once."""

from collections.abc import Iterator, Sequence

from darkroom.errors import ImageError
from darkroom.planner.decode_scale import operations_scale
from darkroom.planner.operation_tree import OperationTree, build_tree
from darkroom.recipes import AnyOperation, Rotate, Variant
from darkroom_processor.pipeline.error_translation import translate_variant_errors
from darkroom_processor.pipeline.operations import apply
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.frames import Frames
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.rendering.pyramid import Pyramid

_Rendered = tuple[Variant, Frames | ImageError]


def render_stills(variants: Sequence[Variant], raster: Raster, overlays: OverlayImages) -> Iterator[_Rendered]:
    """Yield the single frame of each variant, or why there is none."""
    return _follow(build_tree(variants), raster, overlays)


def _follow(tree: OperationTree, raster: Raster, overlays: OverlayImages) -> Iterator[_Rendered]:
    """Yield the variants that end here, then those of the branches. Depth first, so that few rasters are alive."""
    for variant in tree.variants:
        yield variant, Frames((raster,))
    pyramid = Pyramid(raster)
    for operation in pyramid.ordered(tree.branches):
        branch = tree.branches[operation]
        try:
            with translate_variant_errors():
                base = _shrunk_for_rotation(operation, branch, pyramid.base_for(operation))
                changed = apply(operation, base, overlays)
        except ImageError as error:
            for variant in branch.all_variants():
                yield variant, error
        else:
            pyramid.add(operation, changed)
            yield from _follow(branch, changed, overlays)


def _shrunk_for_rotation(operation: AnyOperation, branch: OperationTree, raster: Raster) -> Raster:
    """Return a raster that is no larger than the variants need, if the operation rotates by no multiple of 90 degrees.

    Such a rotation takes memory for several canvases. All other operations get the raster as it is.
    """
    if not isinstance(operation, Rotate) or operation.angle % 90 == 0:
        return raster
    return raster.shrunk_to(max(operations_scale((operation, *path), raster.size) for path in branch.paths()))
