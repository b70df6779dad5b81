"""The steps that have a price, and how to run each step once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from bench.estimates.forked import Work
from bench.estimates.pictures import TILE, has_alpha, icon_side, mosaic, written
from darkroom.formats import ImageFormat
from darkroom.planner.decode_scale import WHOLE
from darkroom.planner.encoder_effort import png_by_the_row
from darkroom.planner.image_spec import Alpha, ImageSpec, spec_after
from darkroom.planner.prices import DESCRIBE, decoding_name, encoding_name, operation_name
from darkroom.recipes import AnyOperation, Output, OutputFormat
from darkroom_processor.pipeline.decoding.decode import decode
from darkroom_processor.pipeline.decoding.needs import Needs, needs_of
from darkroom_processor.pipeline.description.describe import describe
from darkroom_processor.pipeline.encoding.encode import encode
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.opening.open_image import open_image
from darkroom_processor.pipeline.operations import apply
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.frames import Frames
from darkroom_processor.pipeline.pixels.raster import Raster

_TILES: Final = (1, 5)
"""Tiles for each side of the two images that determine a price."""
_LARGE_TILES: Final = (7, 9)
"""The same for steps that only apply to large images."""

_OPERATION: Final = TypeAdapter[AnyOperation](AnyOperation)
_OPERATIONS: Final[tuple[dict[str, Any], ...]] = (
    {"op": "crop", "left": 0.1, "top": 0.1, "width": 0.8, "height": 0.8, "unit": "fraction"},
    {"op": "trim"},
    {"op": "rotate", "angle": 30},
    {"op": "rotate", "angle": 90},
    {"op": "flip"},
    {"op": "flop"},
    {"op": "pad", "top": 20, "right": 20, "bottom": 20, "left": 20},
    {"op": "round", "fraction": 0.1},
    {"op": "grayscale"},
    {"op": "flatten"},
    {"op": "blur"},
    {"op": "sharpen"},
    {"op": "adjust", "brightness": 1.1, "saturation": 1.2},
    {"op": "tint", "color": "#204060"},
    {"op": "sepia"},
    {"op": "watermark", "text": "Darkroom"},
    {"op": "watermark", "text": "Darkroom", "tile": True, "angle": -30},
)
_EFFORTS: Final = range(10)
_WITHOUT_EFFORT: Final = (
    Output(format=OutputFormat.JPEG, progressive=True),
    Output(format=OutputFormat.PNG, colors=256),
    Output(format=OutputFormat.GIF),
    Output(format=OutputFormat.TIFF),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A priced step, run on an image with a given number of tiles for each side."""

    name: str
    transparent: bool
    prepare: Callable[[int], Work]
    pixels: Callable[[int], float]
    """Number of pixels by which the step is priced."""
    tiles: tuple[int, int] = _TILES


def steps() -> Iterator[Step]:
    """Yield all priced steps."""
    for transparent in (False, True):
        yield from _decodings(transparent=transparent)
        yield Step(name=DESCRIBE, transparent=transparent, prepare=partial(_describing, transparent), pixels=_pixels)
        yield _resizing(transparent=transparent)
        yield from _operations(transparent=transparent)
        yield from _encodings(transparent=transparent)


def _pixels(tiles: int) -> float:
    return float(TILE[0] * TILE[1] * tiles * tiles)


def _decodings(*, transparent: bool) -> Iterator[Step]:
    for image_format in ImageFormat:
        if transparent and not has_alpha(image_format):
            continue
        for eighths in (1, 2, 3, 4, WHOLE) if image_format is ImageFormat.JPEG else (WHOLE,):
            yield Step(
                name=decoding_name(image_format, eighths),
                transparent=transparent,
                prepare=partial(_decoding, image_format, eighths, transparent),
                pixels=_icon_pixels if image_format is ImageFormat.ICO else _pixels,
            )


def _icon_pixels(tiles: int) -> float:
    return float(icon_side(tiles) ** 2)


def _decoding(image_format: ImageFormat, eighths: int, transparent: bool, tiles: int) -> Work:  # noqa: FBT001 - bound by position
    data = written(image_format, tiles, transparent=transparent)
    scale = 1.0 if eighths == WHOLE else eighths / WHOLE / 1.31
    return lambda: decode(open_image(data), Needs(scale=lambda _: scale))


def _describing(transparent: bool, tiles: int) -> Work:  # noqa: FBT001 - bound by position
    source = open_image(written(ImageFormat.PNG, tiles, transparent=transparent))
    decoded = decode(source, needs_of(Instructions(variants=(), describe=True), source))
    return lambda: describe(source, decoded)


def _resizing(*, transparent: bool) -> Step:
    """Return the step of resizing to half the size, where no shortcut for whole factors applies."""

    def prepare(tiles: int) -> Work:
        operation = _OPERATION.validate_python({"op": "resize", "width": TILE[0] * tiles // 2})
        return _operating(operation, transparent, tiles)

    return Step(name="resize", transparent=transparent, prepare=prepare, pixels=lambda tiles: 1.25 * _pixels(tiles))


def _operations(*, transparent: bool) -> Iterator[Step]:
    for document in _OPERATIONS:
        operation = _OPERATION.validate_python(document)
        yield Step(
            name=operation_name(operation),
            transparent=transparent,
            prepare=partial(_operating, operation, transparent),
            pixels=partial(_touched, operation),
        )


def _touched(operation: AnyOperation, tiles: int) -> float:
    before = ImageSpec(size=(TILE[0] * tiles, TILE[1] * tiles), alpha=Alpha.NONE)
    return before.pixels + spec_after(operation, before).pixels


def _operating(operation: AnyOperation, transparent: bool, tiles: int) -> Work:  # noqa: FBT001 - bound by position
    image, overlays = mosaic(tiles, transparent=transparent), OverlayImages({})
    # A raster caches its converted views, so each run needs a new raster.
    return lambda: apply(operation, Raster(image), overlays)


def _encodings(*, transparent: bool) -> Iterator[Step]:
    thorough = (OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF)
    outputs = [Output(format=name, effort=effort) for name in thorough for effort in _EFFORTS]
    outputs += [Output(format=OutputFormat.WEBP, lossless=True, effort=effort) for effort in _EFFORTS]
    for output in (*outputs, *_WITHOUT_EFFORT):
        yield _encoding_step(output, _TILES, transparent=transparent)
    for effort in _EFFORTS:
        if png_by_the_row(effort, 0):
            yield _encoding_step(Output(format=OutputFormat.PNG, effort=effort), _LARGE_TILES, transparent=transparent)


def _encoding_step(output: Output, tiles: tuple[int, int], *, transparent: bool) -> Step:
    image_format = ImageFormat(output.format.value)
    return Step(
        name=encoding_name(image_format, output, round(_pixels(tiles[0]))),
        transparent=transparent,
        prepare=partial(_encoding, image_format, output, transparent),
        pixels=_pixels,
        tiles=tiles,
    )


def _encoding(image_format: ImageFormat, output: Output, transparent: bool, tiles: int) -> Work:  # noqa: FBT001 - bound by position
    image = mosaic(tiles, transparent=transparent)
    return lambda: encode(Frames((Raster(image),)), output, image_format, KeptMetadata())
