"""What Pillow is told, once. It takes its limits from attributes of its modules, and they hold for the process."""

from PIL import Image, ImageFile, PngImagePlugin

from darkroom.limits import MAX_PIXELS, MAX_TEXT_BYTES

_KEPT_BLOCKS = 4
"""Freed blocks of 16 MB that are kept for the next picture: to get them from the system anew costs some 5 % of the
time of a picture."""


def set_up() -> None:
    """Set the limits. They also reach what is nested, such as a PNG inside an ICO."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT_BYTES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.core.set_blocks_max(_KEPT_BLOCKS)  # type: ignore[attr-defined]  # The environment variable is read too early.
