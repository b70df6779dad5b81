"""Decodes an image file into the frames that viewers show, for comparisons."""

import io
from itertools import groupby

from PIL import Image, ImageSequence

Shown = list[tuple[str, bytes]]


def shown(data: bytes) -> Shown:
    """Return (mode, pixels) of each frame that differs from the previous one. Fully transparent pixels are zero."""
    with Image.open(io.BytesIO(data)) as image:
        first = 1 if getattr(image, "default_image", False) else 0
        frames = [_visible(frame) for number, frame in enumerate(ImageSequence.Iterator(image)) if number >= first]
    return [frame for frame, _ in groupby(frames)]


def _visible(frame: Image.Image) -> tuple[str, bytes]:
    """Convert a frame to `RGBA`. 16-bit grey is not converted."""
    if frame.mode.startswith("I"):
        return frame.mode, frame.tobytes()
    colors = frame.convert("RGBA")
    clear = Image.new("RGBA", frame.size)
    clear.paste(colors, mask=colors.getchannel("A").point([0] + [255] * 255))
    return "RGBA", clear.tobytes()
