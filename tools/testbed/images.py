"""Makes small, deterministic images for tests and benchmarks. They show what was done to them."""

import io
import random
import struct
from typing import Any

from PIL import Image, ImageDraw

ORIENTATION_TAG = 0x0112

RED, GREEN, BLUE, YELLOW = (230, 20, 20), (20, 180, 20), (20, 20, 230), (230, 230, 20)
CORNERS = {"top_left": RED, "top_right": GREEN, "bottom_right": BLUE, "bottom_left": YELLOW}
"""The colours of `marked` by corner."""

# How a camera stores an upright picture with each EXIF orientation: the inverse of what a viewer does.
_STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def marked(width: int, height: int) -> Image.Image:
    """Return a picture whose quarters have the colours of `CORNERS`."""
    image = Image.new("RGB", (width, height), RED)
    across, down = width // 2, height // 2
    image.paste(GREEN, (across, 0, width, down))
    image.paste(BLUE, (across, down, width, height))
    image.paste(YELLOW, (0, down, across, height))
    return image


def corners(image: Image.Image) -> dict[str, str]:
    """Return the corner of `marked` that is shown in each corner, by the nearest colour."""
    picture = image.convert("RGB")
    across, down = image.width // 8, image.height // 8
    right, bottom = image.width - 1 - across, image.height - 1 - down
    places = {
        "top_left": (across, down),
        "top_right": (right, down),
        "bottom_right": (right, bottom),
        "bottom_left": (across, bottom),
    }
    return {name: nearest_corner(picture.getpixel(place)) for name, place in places.items()}


def nearest_corner(pixel: Any) -> str:
    """Return the corner of `marked` whose colour is nearest to the pixel's."""
    return min(CORNERS, key=lambda name: sum((a - b) ** 2 for a, b in zip(CORNERS[name], pixel, strict=True)))


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture like a photo: smooth shades, edges and a little noise. It depends only on the size."""
    shades = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    image = Image.merge("RGB", [shade.resize((width, height), Image.Resampling.BICUBIC) for shade in shades])
    draw = ImageDraw.Draw(image)
    chance = random.Random(width * 10_007 + height)  # noqa: S311 - a picture, not a secret
    for _ in range(24):
        x, y = chance.randrange(width), chance.randrange(height)
        size = chance.randint(1, max(1, min(width, height) // 4))
        color = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x - size, y - size, x + size, y + size), color)
    noise = Image.frombytes("L", (64, 64), chance.randbytes(4096)).resize((width, height))
    image = Image.blend(image, Image.merge("RGB", [noise] * 3), 0.06)
    return with_alpha(image) if mode == "RGBA" else image.convert(mode)


def with_alpha(image: Image.Image) -> Image.Image:
    """Return the picture with alpha: opaque in the middle, and fading towards the edges."""
    faded = image.convert("RGBA")
    faded.putalpha(Image.radial_gradient("L").resize(image.size).point(lambda level: 255 - level))
    return faded


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """Return the bytes of a file that Pillow writes."""
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def jpeg(width: int, height: int, orientation: int | None = None, **options: Any) -> bytes:
    """Return a JPEG that shows `marked(width, height)`, stored with this EXIF orientation."""
    image = marked(width, height)
    if orientation is not None:
        transposition = _STORED_AS[orientation]
        image = image.transpose(transposition) if transposition is not None else image
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        options["exif"] = exif.tobytes()
    return encoded(image, "JPEG", **{"quality": 95, "subsampling": 0, **options})


def png(width: int, height: int, mode: str = "RGB", **options: Any) -> bytes:
    """Return a PNG of `marked` in this mode."""
    return encoded(marked(width, height).convert(mode), "PNG", **options)


def webp(width: int, height: int, **options: Any) -> bytes:
    """Return a WebP of `marked`."""
    return encoded(marked(width, height), "WEBP", **options)


def animation(width: int, height: int, frames: int, image_format: str = "GIF", **options: Any) -> bytes:
    """Return an animation in which a bar moves from left to right, 40 ms a frame. By default it runs for ever."""
    pictures = []
    for number in range(frames):
        picture = Image.new("RGB", (width, height), YELLOW)
        left = number * width // frames
        ImageDraw.Draw(picture).rectangle((left, 0, left + width // frames, height), BLUE)
        pictures.append(picture)
    settings = {"save_all": True, "append_images": pictures[1:], "duration": 40, "loop": 0, **options}
    if settings["loop"] is None:
        del settings["loop"]
    return encoded(pictures[0], image_format, **settings)


def opened(data: bytes) -> Image.Image:
    """Decode a file and return its picture."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def gif_of(screen: tuple[int, int], parts: list[tuple[Image.Image, tuple[int, int]]]) -> bytes:
    """Return a GIF of these frames, each at its (left, top). Unlike Pillow's, they may reach beyond the screen."""
    data = b"GIF89a" + struct.pack("<HHBBB", *screen, 0, 0, 0)
    for picture, place in parts:
        single = encoded(picture.convert("RGB").quantize(256), "GIF")
        table = 3 << (single[10] & 7) + 1
        at = single.index(b",", 13 + table)
        descriptor = struct.pack("<BHHHHB", 0x2C, *place, *picture.size, 0x80 | single[10] & 7)
        data += descriptor + single[13 : 13 + table] + single[at + 10 : -1]
    return data + b";"
