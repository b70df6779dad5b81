"""GIF."""

from typing import Any, Final

from PIL import Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoders import palette
from darkroom_processor.pipeline.encoders.saving import save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

_CLEAR_BEFORE_NEXT: Final = 2
_OPAQUE_FROM: Final = 128


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:  # noqa: ARG001 - GIF holds no metadata
    """The best colours, one for transparency among them if needed, which is on or off."""
    colors = output.colors or palette.MOST_COLORS
    options: dict[str, Any] = {"disposal": _CLEAR_BEFORE_NEXT} if strip.has_alpha else {}
    return save(strip, "GIF", lambda image: _indexed(image, colors), **options)


def _indexed(image: Image.Image, colors: int) -> Image.Image:
    if image.mode == "L":
        return image
    if not image.mode.endswith("A"):
        return palette.reduced(image, colors)
    indexed = palette.reduced(image.convert("RGB"), max(2, colors) - 1)
    hidden = image.getchannel("A").point([255 if level < _OPAQUE_FROM else 0 for level in range(256)])
    transparent = 1 + max(index for index, pixels in enumerate(indexed.histogram()) if pixels)
    indexed.putpalette([*(indexed.getpalette() or [])[: 3 * transparent], 0, 0, 0])
    indexed.paste(transparent, mask=hidden)
    indexed.info["transparency"] = transparent
    return indexed
