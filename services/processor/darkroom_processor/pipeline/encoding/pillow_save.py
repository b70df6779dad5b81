"""Saves images through Pillow."""

import io
from collections.abc import Iterable
from typing import Any

from PIL import Image

from darkroom_processor.pipeline.pixels.frames import Frames


def save(images: Iterable[Image.Image], name: str, **options: Any) -> bytes:
    """Return the bytes of a file in Pillow's format `name`. Several images become an animation."""
    first, *others = images
    if others:
        options |= {"save_all": True, "append_images": others}
    out = io.BytesIO()
    first.save(out, name, **options)
    return out.getvalue()


def timing(frames: Frames) -> dict[str, Any]:
    """Return the options of Pillow's `save` for durations and plays; none for a still image.

    They suit formats that count how often an animation plays. GIF counts how often it repeats.
    """
    return {"duration": list(frames.durations), "loop": frames.plays} if frames.is_animated else {}


def ensure_room(size: int) -> None:
    """Raises MemoryError if `size` bytes cannot be allocated. Call it before a library that would crash instead."""
    bytearray(size)


def as_rgb(image: Image.Image) -> Image.Image:
    """Return the image as `RGB`, or as `RGBA` if it has alpha, for formats without grey."""
    mode = "RGBA" if image.mode.endswith("A") else "RGB"
    return image if image.mode == mode else image.convert(mode)
