"""Settings and versions of Pillow and the other libraries that work on pixels.

Pillow takes its limits from attributes of its modules, so they hold for the whole process.
"""

from functools import cache
from importlib import metadata
from typing import Final

import PIL
from PIL import Image, ImageFile, PngImagePlugin, features
from zlib_ng import zlib_ng

from darkroom.limits import MAX_PIXELS, MAX_TEXT_BYTES
from darkroom_processor.pipeline.pixels.resampling import VECTORS

_KEPT_BLOCKS = 4
"""Freed blocks of 16 MB that Pillow keeps for the next image. Getting them from the system again takes about 5 % of the
time of an image."""

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
"""The libraries that Pillow reads and writes images with, by Pillow's names for them. Its wheels use the system's zlib,
even where Pillow names another."""


@cache
def library_versions() -> dict[str, str]:
    """Return the version of each library that works on pixels: another version may make other pixels of a recipe."""
    found = {name: features.version(feature) for name, feature in _LIBRARIES.items()}
    if VECTORS:
        found["cykooz-resizer"] = metadata.version("cykooz-resizer")
    found["zlib-ng"] = str(zlib_ng.ZLIBNG_RUNTIME_VERSION)
    return {"pillow": PIL.__version__, **{name: version for name, version in found.items() if version}}


def configure_libraries() -> None:
    """Load all of Pillow's plugins and set its limits. They also hold for nested images, such as a PNG in an ICO."""
    # A sealed child cannot load the module of a format later.
    Image.init()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT_BYTES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.core.set_blocks_max(_KEPT_BLOCKS)  # type: ignore[attr-defined]  # The environment variable is read too early.
