"""Copies of PNGs: the same pixels, and nothing that was hidden beside them."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import png
from tests.support import bombs, png_reference
from tests.support.file_parts import parts
from tests.support.shown_frames import shown
from tools.testbed import images

SECRET = b"SECRET"
HEADER = bombs.chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 4, 8, 0, 0, 0, 0))
ROWS = b"".join(b"\0" + bytes(range(8 * row, 8 * row + 8)) for row in range(4))


def own(data: bytes, *, frames: int = 1) -> bytes:
    made = png.copy_coded_pixels(data, KeptMetadata(), frames=frames)
    assert made is not None
    return made


def file_of(*chunks: bytes) -> bytes:
    return b"".join([bombs.PNG_MAGIC, *chunks, bombs.chunk(b"IEND", b"")])


def packed(data: bytes) -> bytes:
    [stream] = [body for name, body in parts(data) if name == "png IDAT"]
    return stream


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("interlaced", [0, 1])
def test_compressed_grey_scanlines_of_any_depth_are_copied(depth: int, interlaced: int) -> None:
    width, height = 21, 13
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, interlaced)
    passes = [(3, 2), (3, 2), (6, 2), (5, 4), (11, 3), (10, 7), (21, 6)] if interlaced else [(width, height)]
    rows = b"".join((b"\0" + b"\xa5" * -(-across * depth // 8)) * down for across, down in passes)
    stream = zlib.compress(rows)
    data = file_of(bombs.chunk(b"IHDR", header), bombs.chunk(b"IDAT", stream[:9]), bombs.chunk(b"IDAT", stream[9:]))
    made = own(data)
    assert packed(made) == stream
    assert np.array_equal(png_reference.rgba(made), png_reference.rgba(data))


def test_bytes_after_the_compressed_scanlines_are_removed() -> None:
    stream = zlib.compress(ROWS)
    made = own(file_of(HEADER, bombs.chunk(b"IDAT", stream + SECRET), bombs.chunk(b"IDAT", SECRET)))
    assert packed(made) == stream


@pytest.mark.parametrize(
    "stream", [zlib.compress(ROWS + SECRET * 9), zlib.compress(ROWS)[:-4], zlib.compress(ROWS)[:-1]]
)
def test_hidden_rows_and_streams_without_an_end_are_compressed_again(stream: bytes) -> None:
    assert zlib.decompress(packed(own(file_of(HEADER, bombs.chunk(b"IDAT", stream))))) == ROWS


def test_a_file_with_too_few_rows_is_not_copied() -> None:
    data = file_of(HEADER, bombs.chunk(b"IDAT", zlib.compress(ROWS[:-1])))
    assert png.copy_coded_pixels(data, KeptMetadata(), frames=1) is None


def test_a_text_in_unused_colours_of_a_palette_is_removed() -> None:
    image = Image.new("P", (8, 8), 2)
    image.paste(4, (0, 0, 4, 4))
    image.putpalette(bytes(6) + b"\1\2\3" + SECRET[:3] + b"\4\5\6" + SECRET * 20)
    data = images.encoded(image, "PNG", transparency=bytes([9, 9, 77, 9, 9, 9]))
    made = own(data)
    assert SECRET[:3] not in made
    assert shown(made) == shown(data)
    assert dict(parts(made))["png PLTE"] == bytes(6) + b"\1\2\3" + bytes(3) + b"\4\5\6"
    assert dict(parts(made))["png tRNS"] == bytes([255, 255, 77, 255, 9])


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_a_copied_animation_keeps_each_frame(mode: str) -> None:
    frames = [images.photo(20, 10, "RGBA").rotate(180 * turn).quantize(9).convert(mode) for turn in range(3)]
    data = images.encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=[10, 20, 30], loop=3)
    behind = bombs.chunk(b"teSt", SECRET)
    data = data[:-12] + behind + data[-12:]
    made = own(data, frames=3)
    assert SECRET not in made
    assert shown(made) == shown(data)
    first = images.opened(made).info
    assert (first["loop"], first["duration"]) == (3, 10)


def test_a_hidden_picture_outside_the_animation_is_not_copied() -> None:
    control = struct.pack(">IIIIHHBB", 8, 4, 0, 0, 1, 10, 0, 0)
    hidden, seen = zlib.compress(ROWS), zlib.compress(bytes(len(ROWS)), 0)
    data = file_of(
        HEADER,
        bombs.chunk(b"acTL", struct.pack(">II", 2, 0)),
        bombs.chunk(b"IDAT", hidden),
        *(
            bombs.chunk(b"fcTL", struct.pack(">I", number) + control)
            + bombs.chunk(b"fdAT", struct.pack(">I", number + 1) + seen)
            for number in (0, 2)
        ),
    )
    made = own(data, frames=2)
    assert hidden not in made
    assert shown(made) == shown(data)
    assert packed(own(data)) == hidden, "alone, it is what is shown"
