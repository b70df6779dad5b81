"""What Pillow is told, once. It takes its limits from attributes of its modules, and they hold for the process."""

from functools import cache
from importlib import metadata
from typing import Final

import PIL
from PIL import Image, ImageFile, PngImagePlugin, features
from zlib_ng import zlib_ng

from darkroom.limits import MAX_PIXELS, MAX_TEXT_BYTES
from darkroom_processor.pipeline.pixels.resampling import VECTORS

_KEPT_BLOCKS = 4
"""Freed blocks of 16 MB that are kept for the next picture: to get them from the system anew costs some 5 % of the
time of a picture."""

_LIBRARIES: Final = {
    "libjpeg-turbo": "libjpeg_turbo",
    "libwebp": "webp",
    "libavif": "avif",
    "zlib": "zlib",
    "libtiff": "libtiff",
    "openjpeg": "jpg_2000",
    "lcms2": "littlecms2",
    "freetype": "freetype2",
}
"""What Pillow reads and writes pictures with, and its names for it. Its wheels use the system's zlib, whatever else
Pillow says of it."""


@cache
def library_versions() -> dict[str, str]:
    """Versions of Pillow, its libraries and what else works on pixels: with others a recipe may look otherwise."""
    found = {name: features.version(feature) for name, feature in _LIBRARIES.items()}
    if VECTORS:
        found["cykooz-resizer"] = metadata.version("cykooz-resizer")
    found["zlib-ng"] = str(zlib_ng.ZLIBNG_RUNTIME_VERSION)
    return {"pillow": PIL.__version__, **{name: version for name, version in found.items() if version}}


def configure_libraries() -> None:
    """Set the limits. They also reach what is nested, such as a PNG inside an ICO."""
    # All formats at once: a sealed child could not load the module of one later.
    Image.init()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT_BYTES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.core.set_blocks_max(_KEPT_BLOCKS)  # type: ignore[attr-defined]  # The environment variable is read too early.
