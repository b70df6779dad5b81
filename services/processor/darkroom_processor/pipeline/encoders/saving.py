"""Writes pictures through Pillow, one or many."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from darkroom_processor.pipeline.strip import Strip


def save(strip: Strip, name: str, prepare: Callable[[Image.Image], Image.Image], **options: Any) -> bytes:
    """The file's bytes in Pillow's format `name`, each picture prepared for it first."""
    first, *others = map(prepare, strip.images)
    if others:
        options |= {"save_all": True, "append_images": others, "duration": list(strip.durations)}
        # A GIF that says nothing about it plays once, and cannot say so otherwise.
        if (name, strip.plays) != ("GIF", 1):
            options["loop"] = strip.plays
    out = io.BytesIO()
    first.save(out, name, **options)
    return out.getvalue()


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture as `RGB`, or as `RGBA` when it has transparency, for formats that know no grey."""
    mode = "RGBA" if image.mode.endswith("A") else "RGB"
    return image if image.mode == mode else image.convert(mode)
