"""The pictures to measure with: as detailed at any size, so that a megapixel is a megapixel."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image

from bench.estimates.forked import forked
from darkroom.formats import ImageFormat
from darkroom.planner.geometry import Size
from tests.support import images

TILE: Final = (360, 294)
_GRAIN: Final = 0.02
"""So large, and with so much grain, a made photo takes as long to encode as the one of sharp's benchmark at 720 pixels:
PNG, WebP and AVIF at any effort within a sixth, and 1.3 times as long as TIFF."""

_ALPHA: Final = frozenset(
    {
        ImageFormat.PNG,
        ImageFormat.WEBP,
        ImageFormat.GIF,
        ImageFormat.TIFF,
        ImageFormat.AVIF,
        ImageFormat.JPEG2000,
        ImageFormat.ICO,
    }
)
"""Formats that are measured with transparency too."""
_OPTIONS: Final[dict[ImageFormat, dict[str, Any]]] = {
    ImageFormat.JPEG: {"quality": 85},
    ImageFormat.AVIF: {"speed": 8},
    ImageFormat.TIFF: {"compression": "tiff_adobe_deflate"},
}
_ICON_SIDE: Final = 256


def has_alpha(image_format: ImageFormat) -> bool:
    """Whether the format is measured with transparency too."""
    return image_format in _ALPHA


def mosaic(tiles: int, *, transparent: bool) -> Image.Image:
    """So many photos across and down."""
    pixels = _made(lambda: _mosaic(tiles, transparent=transparent).tobytes())
    return Image.frombytes(_mode(transparent=transparent), (TILE[0] * tiles, TILE[1] * tiles), pixels)


def written(image_format: ImageFormat, tiles: int, *, transparent: bool) -> bytes:
    """The file of a mosaic. An icon is no larger than icons are."""

    def make() -> bytes:
        image = _mosaic(tiles, transparent=transparent)
        if image_format is ImageFormat.ICO:
            side = icon_side(tiles)
            return images.encoded(image.resize((side, side)), "ICO", sizes=[(side, side)])
        return images.encoded(image, image_format.name, **_OPTIONS.get(image_format, {}))

    return _made(make)


def icon_side(tiles: int) -> int:
    """Pixels of the icon that stands for a mosaic."""
    return _ICON_SIDE if tiles > 1 else _ICON_SIDE // 4


def photo(image_format: ImageFormat, size: Size, *, transparent: bool = False) -> bytes:
    """The file of one photo: the larger, the smoother, as photos are."""
    options = _OPTIONS.get(image_format, {})
    return _made(
        lambda: images.encoded(images.photo(*size, _mode(transparent=transparent)), image_format.name, **options)
    )


def animation(size: Size, frames: int) -> bytes:
    """A GIF that moves: a photo, shifted from frame to frame."""

    def make() -> bytes:
        first = images.photo(*size)
        others = [first.rotate(0, translate=(7 * number, 0)) for number in range(1, frames)]
        return images.encoded(first, "GIF", save_all=True, append_images=others, duration=80, loop=0)

    return _made(make)


def _made(make: Callable[[], bytes]) -> bytes:
    """What is made elsewhere: this process must have no memory to spare that a measurement would then not count."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        forked(lambda: {"bytes": path.write_bytes(make())})
        return path.read_bytes()


def _mosaic(tiles: int, *, transparent: bool) -> Image.Image:
    mode, (width, height) = _mode(transparent=transparent), TILE
    image = Image.new(mode, (width * tiles, height * tiles))
    for number in range(tiles * tiles):
        image.paste(_photo(number, mode), (width * (number % tiles), height * (number // tiles)))
    return image


def _photo(number: int, mode: str) -> Image.Image:
    """One of many, each another: what comes again would be packed as a repetition. A little wider than a tile."""
    image = images.photo(TILE[0] + number, TILE[1])
    grain = Image.frombytes("L", image.size, random.Random(number).randbytes(image.width * image.height))  # noqa: S311 - a picture, not a secret
    grainy = Image.blend(image, Image.merge("RGB", [grain] * 3), _GRAIN)
    return images.with_alpha(grainy) if mode == "RGBA" else grainy


def _mode(*, transparent: bool) -> str:
    return "RGBA" if transparent else "RGB"
