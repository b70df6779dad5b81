"""Headers of AV1 data."""

import random

import pytest

from darkroom_processor.pipeline.containers.av1 import MOST_UNITS, StreamHeaders, read_headers
from darkroom_processor.pipeline.containers.av1.sequence import CodePoints
from darkroom_processor.pipeline.containers.boxes import BrokenBox
from darkroom_processor.pipeline.containers.tracks import read
from tests.support import av1, heif
from tools.testbed import images

DELIMITER = av1.unit(2, b"")


def headers_of(data: bytes) -> StreamHeaders:
    """Read the headers of all of the data."""
    stream = StreamHeaders()
    read_headers(data, 0, len(data), stream)
    return stream


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (4097, 3), (65_536, 65_536)])
@pytest.mark.parametrize("still", [False, True])
def test_a_sequence_header_contains_the_size(size: tuple[int, int], still: object) -> None:
    assert headers_of(DELIMITER + av1.sequence(*size, still=bool(still))).sequence_sizes == {size}


@pytest.mark.parametrize("still", [False, True])
def test_a_sequence_header_may_contain_code_points(still: object) -> None:
    assert headers_of(av1.sequence(8, 8, (12, 13, 1), still=bool(still))).code_points == CodePoints(12, 13, 1)
    assert headers_of(av1.sequence(8, 8, still=bool(still))).code_points is None


def test_sizes_of_all_sequence_headers_are_collected() -> None:
    stream = headers_of(av1.sequence(8, 8, (9, 16, 9)) + DELIMITER + av1.sequence(99, 8, (1, 1, 1)))
    assert stream.sequence_sizes == {(8, 8), (99, 8)}
    assert stream.code_points == CodePoints(9, 16, 9)


def test_a_frame_header_may_contain_its_own_size() -> None:
    stream = headers_of(av1.sequence(64, 64, still=False) + av1.sized_frame(5000, 7))
    assert (stream.sequence_sizes, stream.frame_sizes) == ({(64, 64)}, {(5000, 7)})


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (321, 123)])
def test_pictures_of_a_real_encoder_are_read(size: tuple[int, int]) -> None:
    stream = headers_of(heif.coded(images.photo(*size)).data)
    assert (stream.sequence_sizes, stream.frame_sizes, stream.code_points) == ({size}, set(), CodePoints(1, 13, 6))


def test_frames_of_a_real_encoder_are_read() -> None:
    data = images.animation(64, 48, 5, "AVIF")
    (track,) = read(data)
    stream = StreamHeaders()
    for span in track.samples:
        read_headers(data, span.start, span.end, stream)
    assert (track.size, len(track.samples)) == ((64, 48), 5)
    assert (stream.sequence_sizes, stream.frame_sizes) == ({(64, 48)}, set())


def rewritten(data: bytes, at: int, size_at: int, size: str) -> bytes:
    """Set the bit `at` in the header of the first frame, which announces a size, and insert the size at `size_at`.

    The size has 8 bits, so that the following data keeps its position within bytes.
    """
    start = data.index(b"\x32", data.index(b"mdat"))
    length = data[start + 1] & 0x7F | data[start + 2] << 7
    text = "".join(format(byte, "08b") for byte in data[start + 3 : start + 3 + length])
    text = text[:at] + "1" + text[at + 1 : size_at] + size + text[size_at:]
    longer = bytes([0x32, (length + 1) & 0x7F | 0x80, (length + 1) >> 7]) + int(text, 2).to_bytes(length + 1, "big")
    return data[:start] + longer + data[start + 3 + length :]


def test_a_size_of_a_frame_is_read_where_the_decoder_reads_it() -> None:
    # Width and height have four bits each: 16 × 16, as in the sequence header.
    frames = [images.photo(16, 16).rotate(turn) for turn in (0, 90)]
    data = images.encoded(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    told = rewritten(data, 6, 14, "11111111")
    sizes = bytearray(told)
    for kind, at in ((b"stsz", 12), (b"iloc", 18), (b"mdat", -8)):
        place = told.index(kind) + 4 + at
        sizes[place : place + 4] = (int.from_bytes(told[place : place + 4], "big") + 1).to_bytes(4, "big")
    plain, again = images.opened(data), images.opened(bytes(sizes))
    assert plain.tobytes() == again.tobytes()
    (track,) = read(bytes(sizes))
    stream = StreamHeaders()
    read_headers(bytes(sizes), *track.samples[0], stream)
    assert stream.frame_sizes == {(16, 16)}


def test_too_many_units_are_refused() -> None:
    assert headers_of(DELIMITER * MOST_UNITS).units == MOST_UNITS
    with pytest.raises(BrokenBox):
        headers_of(DELIMITER * (MOST_UNITS + 1))


def test_damaged_headers_are_read_or_raise_broken_box() -> None:
    data = av1.sequence(64, 48, (1, 13, 6), still=False) + av1.sized_frame(60, 40) + av1.unit(5, b"metadata")
    chance = random.Random(7)  # noqa: S311 - damage, not a secret
    for _ in range(3000):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            headers_of(bytes(damaged[: chance.randint(0, len(damaged))]))
        except BrokenBox:
            continue
