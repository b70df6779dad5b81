"""PNGs whose pixels are damaged or truncated, or whose end or animation is faulty."""

import struct

import pytest
from PIL import Image

from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom_processor.pipeline.cleaning.png import clean
from darkroom_processor.pipeline.containers.png import MAGIC
from tests.processor.pipeline.cleaning.png_files import DATA, GREY, INDEXED, PHOTO, bad_checksum, with_chunk
from tests.processor.pipeline.running import description, image
from tests.support.bombs import chunk
from tools.testbed import images

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("place", ["first", "before"])
def test_the_error_names_an_unknown_critical_chunk(place: str) -> None:
    with pytest.raises(UndecodableImage, match="XyZW"):
        clean(with_chunk(DATA, chunk(b"XyZW", b""), place))


def test_the_error_names_a_damaged_chunk_that_the_pixels_need() -> None:
    for data, kind in ((DATA, b"IHDR"), (INDEXED, b"PLTE"), (DATA, b"IDAT")):
        damaged = bytearray(data)
        damaged[data.index(kind) + 5] ^= 1
        with pytest.raises(UndecodableImage, match=kind.decode()):
            clean(bytes(damaged))


@pytest.mark.parametrize(
    "fields",
    [(8, 1, 0, 0, 0), (3, 0, 0, 0, 0), (16, 3, 0, 0, 0), (8, 2, 1, 0, 0), (8, 2, 0, 1, 0), (8, 2, 0, 0, 2), (8,)],
)
def test_a_header_with_an_unknown_layout_is_refused(fields: tuple[int, ...]) -> None:
    header = chunk(b"IHDR", struct.pack(">II", 24, 16) + bytes(fields))
    with pytest.raises(UndecodableImage, match="IHDR"):
        clean(MAGIC + header + DATA[33:])


@pytest.mark.parametrize("entries", [None, 0, 257])
def test_an_indexed_image_without_a_valid_palette_is_refused(entries: int | None) -> None:
    at = INDEXED.index(b"PLTE") - 4
    (length,) = struct.unpack_from(">I", INDEXED, at)
    palette = b"" if entries is None else chunk(b"PLTE", bytes(3 * entries))
    with pytest.raises(UndecodableImage, match="PLTE"):
        clean(INDEXED[:at] + palette + INDEXED[at + 12 + length :])


def test_a_damaged_palette_is_dropped_if_pixels_are_not_indexes() -> None:
    for data in (DATA, GREY):
        assert (
            image(with_chunk(data, bad_checksum(b"PLTE", bytes(30)), "before"), []).tobytes()
            == image(data, []).tobytes()
        )


def test_a_file_without_image_data_is_damaged_with_an_end_and_truncated_without() -> None:
    header = DATA[: DATA.index(b"IDAT") - 4]
    with pytest.raises(UndecodableImage, match="IDAT"):
        clean(header + chunk(b"IEND", b""))
    for cut in (header, header + b"\0\0", header + chunk(b"tEXt", b"k\0v")[:-1], MAGIC):
        with pytest.raises(TruncatedImage):
            clean(cut)


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"\0\0",
        DATA[-12:-4],
        DATA[-12:-4] + b"\1\2\3\4",
        chunk(b"IEND", b"contents"),
        chunk(b"IENE", b""),
        bytes(30),
    ],
)
@pytest.mark.parametrize("data", [DATA, GREY, INDEXED])
def test_a_missing_or_wrong_end_does_not_change_the_pixels(data: bytes, end: bytes) -> None:
    assert image(data[:-12] + end, []).tobytes() == image(data, []).tobytes()


@pytest.mark.parametrize("behind", [b"", b"\0\0", b"\1\2\3\4", b"\1\2\3\4 and more"])
@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("output", ["png", "same"])
def test_a_stream_with_all_scanlines_is_complete_whatever_follows(mode: str, behind: bytes, output: str) -> None:
    """The checksum of the compressed scanlines is wrong or missing. Pillow alone refuses such a file."""
    picture = Image.new(mode, (16, 16), 77)
    data = images.encoded(picture, "PNG")
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    packed = data[at + 4 : at + 4 + length]
    unsound = data[: at - 4] + chunk(b"IDAT", packed[:-4] + behind) + chunk(b"IEND", b"")
    made = image(unsound, [], {"format": output})
    assert made.convert("RGBA").tobytes() == image(data, [], {"format": output}).convert("RGBA").tobytes()
    with pytest.raises(TruncatedImage):
        image(data[: at - 4] + chunk(b"IDAT", packed[: -4 - len(packed) // 3]) + chunk(b"IEND", b""), [])


@pytest.mark.parametrize("options", [{}, {"compress_level": 0}, {"compress_level": 9}])
def test_a_truncated_file_is_decoded_completely_or_refused(options: dict[str, int]) -> None:
    data = images.encoded(PHOTO, "PNG", **options)
    outcomes = set()
    for length in range(len(data) - 1, len(data) - 80, -1):
        try:
            assert image(data[:length], []).tobytes() == PHOTO.tobytes()
            outcomes.add("whole")
        except TruncatedImage:
            outcomes.add("truncated")
    assert outcomes == {"whole", "truncated"}


def animated(damage: bytes) -> bytes:
    """Return an animation of three frames. The first chunk of this type after its image data is damaged."""
    data = bytearray(images.animation(24, 16, 3, "PNG"))
    data[data.index(damage, data.index(b"IDAT")) + 10] ^= 1
    return bytes(data)


@pytest.mark.parametrize("damage", [b"fcTL", b"fdAT"])
def test_an_animation_with_a_damaged_chunk_becomes_a_still_picture(damage: bytes) -> None:
    told = description(animated(damage))
    assert (told.frames, told.width) == (1, 24)


def test_a_valid_animation_keeps_all_its_frames() -> None:
    data = images.animation(24, 16, 3, "PNG")
    assert clean(data).data is data
    extra = chunk(b"tEXt", b"k\0v")
    at = data.index(b"fdAT") - 4
    assert clean(data[:at] + extra + data[at:]).data == data


def test_animation_chunks_without_animation_control_are_dropped() -> None:
    data = images.animation(24, 16, 3, "PNG")
    at = data.index(b"acTL") - 4
    assert description(data[:at] + data[at + 20 :]).frames == 1
