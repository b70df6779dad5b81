"""Writes pictures through Pillow, one or many."""

import io
from collections.abc import Iterable
from typing import Any

from PIL import Image

from darkroom_processor.pipeline.pixels.frames import Frames


def save(images: Iterable[Image.Image], name: str, **options: Any) -> bytes:
    """The file's bytes in Pillow's format `name`; of several pictures an animation."""
    first, *others = images
    if others:
        options |= {"save_all": True, "append_images": others}
    out = io.BytesIO()
    first.save(out, name, **options)
    return out.getvalue()


def timing(strip: Frames) -> dict[str, Any]:
    """Options of Pillow's `save` for an animation, in formats that count all of its runs; none for one picture."""
    return {"duration": list(strip.durations), "loop": strip.plays} if strip.is_animated else {}


def ensure_room(size: int) -> None:
    """Raises MemoryError when so many bytes are not to be had. For libraries that die of it rather than say so."""
    bytearray(size)


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture as `RGB`, or as `RGBA` when it has transparency, for formats that know no grey."""
    mode = "RGBA" if image.mode.endswith("A") else "RGB"
    return image if image.mode == mode else image.convert(mode)
