"""Pillow as a contestant, used as in its own handbook: `thumbnail`, `fit` and `pad`, one after another."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageOps

from bench.engine.measuring import serve


def _opened(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data)))


def _saved(image: Image.Image, image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def _wide(data: bytes, width: int, image_format: str, **options: Any) -> bytes:
    image = Image.open(io.BytesIO(data))
    image.thumbnail((width, image.height), Image.Resampling.LANCZOS)
    return _saved(ImageOps.exif_transpose(image), image_format, **options)


def _letterboxed(data: bytes) -> list[bytes]:
    boxed = ImageOps.pad(_opened(data), (256, 256), Image.Resampling.LANCZOS, color="white")
    return [_saved(boxed.rotate(-angle), "JPEG", quality=90) for angle in (0, 90, 180, 270, 360)]


def _squares(data: bytes) -> list[bytes]:
    image = _opened(data)
    fitted = (ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS) for side in (64, 128, 256, 512))
    return [_saved(square, "WEBP", quality=80) for square in fitted]


def _widths(data: bytes) -> list[bytes]:
    formats = ("WEBP", "JPEG")
    return [_wide(data, width, name, quality=80) for width in (320, 640, 1280, 1920) for name in formats]


_CASES: dict[str, Callable[[bytes], list[bytes]]] = {
    "jpeg 720 jpeg": lambda data: [_wide(data, 720, "JPEG", quality=80)],
    "jpeg 720 webp": lambda data: [_wide(data, 720, "WEBP", quality=80)],
    "jpeg 720 avif": lambda data: [_wide(data, 720, "AVIF", quality=50, max_threads=1)],
    "png 720 png": lambda data: [_wide(data, 720, "PNG")],
    "grayscale": lambda data: [_saved(_opened(data).convert("L"), "JPEG", quality=80)],
    "augment": _letterboxed,
    "thumbnails": _squares,
    "web": _widths,
}


def main() -> None:
    """Answer requests."""
    Image.init()
    serve(lambda data, name: _CASES[name](data))


if __name__ == "__main__":
    main()
