"""Makes animations, processes them, and reads the results back, for tests."""

from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from tests.processor.pipeline.running import picture
from tools.testbed import images

ANIMATED = ["gif", "webp", "png", "avif"]
LOSSLESS = {"format": "webp", "lossless": True, "frames": "all"}

Levels = Any


def moving(data: bytes, operations: list[dict[str, Any]], **output: Any) -> bytes:
    """Return the animation that the pipeline makes of an animation."""
    made = picture(data, operations, {"frames": "all", **output})
    assert images.opened(made.data).size == (made.width, made.height)
    return made.data


def frames(data: bytes) -> list[Image.Image]:
    """Return each frame as it is shown, as `RGBA`."""
    return [frame.convert("RGBA") for frame in ImageSequence.Iterator(images.opened(data))]


def durations(data: bytes) -> list[int]:
    """Return the duration of each frame, in milliseconds."""
    opened, shown = images.opened(data), []
    for number in range(getattr(opened, "n_frames", 1)):
        opened.seek(number)
        opened.load()
        shown.append(round(opened.info["duration"]))
    return shown


def plays(data: bytes) -> int:
    """Return how often it plays according to the file; 0 for ever. GIF counts repetitions, or says nothing if none."""
    if data.startswith(b"GIF"):
        at = data.find(b"NETSCAPE2.0\3\1")
        repetitions = int.from_bytes(data[at + 13 : at + 15], "little") if at > 0 else None
        return 1 if repetitions is None else repetitions and repetitions + 1
    if data.startswith(b"RIFF"):
        return int.from_bytes(data[(at := data.index(b"ANIM") + 12) : at + 2], "little")
    return int.from_bytes(data[(at := data.index(b"acTL") + 8) : at + 4], "big")


def levels(shown: Image.Image) -> Levels:
    """Return premultiplied levels, in which the colours of transparent pixels do not count."""
    return np.asarray(shown.convert("RGBa")).astype(int)


def assembled(stills: list[Image.Image], image_format: str, **options: Any) -> bytes:
    """Return an animation of these images."""
    settings = {"save_all": True, "append_images": stills[1:], "duration": 40, "loop": 0, **options}
    return images.encoded(stills[0], image_format, **settings)
