"""Images to measure with. They have the same detail at any size, so that each megapixel takes the same work."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image

from bench.estimates.forked import forked
from darkroom.formats import ImageFormat
from darkroom.planner.geometry import Size
from tools.testbed import images

TILE: Final = (360, 294)
_GRAIN: Final = 0.02
"""Strength of the grain. With it, a synthetic photo takes as long to encode as the photo of sharp's benchmark at 720
pixels: within a sixth as PNG, WebP and AVIF at any effort, and 1.3 times as long as TIFF."""

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
"""Formats that are also measured with transparency."""
_OPTIONS: Final[dict[ImageFormat, dict[str, Any]]] = {
    ImageFormat.JPEG: {"quality": 85},
    ImageFormat.AVIF: {"speed": 8},
    ImageFormat.TIFF: {"compression": "tiff_adobe_deflate"},
}
_ICON_SIDE: Final = 256


def has_alpha(image_format: ImageFormat) -> bool:
    """Return whether the format is also measured with transparency."""
    return image_format in _ALPHA


def mosaic(tiles: int, *, transparent: bool) -> Image.Image:
    """Return an image of `tiles` × `tiles` photos."""
    pixels = _made(lambda: _mosaic(tiles, transparent=transparent).tobytes())
    return Image.frombytes(_mode(transparent=transparent), (TILE[0] * tiles, TILE[1] * tiles), pixels)


def written(image_format: ImageFormat, tiles: int, *, transparent: bool) -> bytes:
    """Return the file of a mosaic. An icon is limited to the largest size of icons."""

    def make() -> bytes:
        image = _mosaic(tiles, transparent=transparent)
        if image_format is ImageFormat.ICO:
            side = icon_side(tiles)
            return images.encoded(image.resize((side, side)), "ICO", sizes=[(side, side)])
        return images.encoded(image, image_format.name, **_OPTIONS.get(image_format, {}))

    return _made(make)


def icon_side(tiles: int) -> int:
    """Return the side, in pixels, of the icon that represents a mosaic."""
    return _ICON_SIDE if tiles > 1 else _ICON_SIDE // 4


def photo(image_format: ImageFormat, size: Size, *, transparent: bool = False) -> bytes:
    """Return the file of one photo. Larger photos are smoother, as real ones are."""
    options = _OPTIONS.get(image_format, {})
    return _made(
        lambda: images.encoded(images.photo(*size, _mode(transparent=transparent)), image_format.name, **options)
    )


def animation(size: Size, frames: int) -> bytes:
    """Return an animated GIF: a photo that is shifted from frame to frame."""

    def make() -> bytes:
        first = images.photo(*size)
        others = [first.rotate(0, translate=(7 * number, 0)) for number in range(1, frames)]
        return images.encoded(first, "GIF", save_all=True, append_images=others, duration=80, loop=0)

    return _made(make)


def _made(make: Callable[[], bytes]) -> bytes:
    """Make the file in another process, so that this process keeps no free memory that a measurement would miss."""
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
    """Return photo `number`, a little wider than a tile. All photos differ, since encoders compress repetitions."""
    image = images.photo(TILE[0] + number, TILE[1])
    grain = Image.frombytes("L", image.size, random.Random(number).randbytes(image.width * image.height))  # noqa: S311 - an image, not a secret
    grainy = Image.blend(image, Image.merge("RGB", [grain] * 3), _GRAIN)
    return images.with_alpha(grainy) if mode == "RGBA" else grainy


def _mode(*, transparent: bool) -> str:
    return "RGBA" if transparent else "RGB"
