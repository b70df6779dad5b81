"""Reads the images of a GIF as the frames of an animation.

Each image is decoded from its own data only. Where the standard is silent, this does what browsers do (Blink's
GIFImageReader, Firefox's nsGIFDecoder2, Wuffs): disposal method 4 means 3, and 5 to 7 mean 0. The logical screen grows
to hold the first image, but not later ones.
"""

from functools import partial
from typing import Final

from PIL import Image

from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom_processor.pipeline.animations.animation import Animation, Disposal, StoredFrame
from darkroom_processor.pipeline.containers import gif
from darkroom_processor.pipeline.containers.gif import StoredImage

_DISPOSALS: Final = {2: Disposal.CLEAR, 3: Disposal.RESTORE, 4: Disposal.RESTORE}
_BLOCK: Final = 255
"""The most bytes of a data sub-block."""
_COLORS: Final = 256
_GRAYS: Final = bytes(level for level in range(_COLORS) for _ in range(3))
"""The colour table of a grey image: each index is its level. An image without any table is decoded with this one."""


def read(data: bytes) -> Animation:
    """Read the frames. Raises TruncatedImage if there is none, and UndecodableImage if the first one has no pixels."""
    structure = gif.read(data)
    if not structure.images:
        raise TruncatedImage("The file is truncated: it ends before the first frame of the GIF.")
    begin = structure.images[0]
    if not all(begin.size):
        raise UndecodableImage("The first frame of the GIF has no pixels: its width or height is 0.")
    is_gray = all(_GRAYS.startswith(image.table) for image in structure.images)
    return Animation(
        size=(
            max(structure.screen[0], begin.place[0] + begin.size[0]),
            max(structure.screen[1], begin.place[1] + begin.size[1]),
        ),
        is_gray=is_gray,
        frames=tuple(
            StoredFrame(
                place=image.place,
                size=image.size,
                over=True,
                disposal=_DISPOSALS.get(image.control.disposal, Disposal.KEEP),
                milliseconds=10 * image.control.hundredths,
                decode=partial(_decode, data, image, is_gray=is_gray),
            )
            for image in structure.images
        ),
        plays=_plays(structure.repetitions),
    )


def _plays(repetitions: int | None) -> int:
    """Return how often the animation runs, as browsers count: once without the extension, 0 for ever."""
    return 1 if repetitions is None else repetitions and repetitions + 1


def _decode(data: bytes, image: StoredImage, *, is_gray: bool) -> Image.Image:
    """Decode the image as `L`, `LA`, `RGB` or `RGBA`. Raises TruncatedImage if pixels are missing."""
    indexes = _indexes(data, image)
    transparent = image.control.transparent
    if is_gray:
        if transparent is None:
            return indexes
        opaque = indexes.point([0 if index == transparent else 255 for index in range(_COLORS)])
        return Image.merge("LA", (indexes, opaque))
    # Indexes beyond the colour table are black.
    table = (image.table or _GRAYS).ljust(len(_GRAYS), b"\0")
    if transparent is None:
        indexes.putpalette(table)
        return indexes.convert("RGB")
    alphas = bytearray(b"\xff" * _COLORS)
    alphas[transparent] = 0
    entries = bytearray(4 * _COLORS)
    entries[0::4], entries[1::4], entries[2::4], entries[3::4] = table[0::3], table[1::3], table[2::3], alphas
    indexes.putpalette(bytes(entries), "RGBA")
    return indexes.convert("RGBA")


def _indexes(data: bytes, image: StoredImage) -> Image.Image:
    codes = data[image.start : image.end] if image.end <= len(data) else _ended(image.codes(data))
    try:
        return Image.frombytes("L", image.size, codes, "gif", image.code_bits, int(image.interlaced), -1)
    except ValueError as error:
        if "not enough" in str(error):
            raise TruncatedImage("The file is truncated: it ends before the last pixel.") from error
        raise


def _ended(codes: bytes) -> bytes:
    """Return the codes of a truncated image in complete sub-blocks: they may contain all of its pixels."""
    blocks = (codes[at : at + _BLOCK] for at in range(0, len(codes), _BLOCK))
    return b"".join([*(bytes([len(block)]) + block for block in blocks), b"\0"])
