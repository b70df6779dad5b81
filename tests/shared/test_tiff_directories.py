"""The walk through the directories of a TIFF, for a whole file and for a stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom import camera_raw
from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom.tiff_directories import TiffStream, TiffWalk, walked
from tests.support import bombs, drawn_files, raw_files, tiffs

PLAIN: dict[int, tiffs.Tag] = {256: 6, 257: 5, 258: 8, 262: 1}
FILES = raw_files.files()


def streamed(data: bytes, chunk: int) -> TiffWalk:
    stream = TiffStream()
    for start in range(0, len(data), chunk):
        stream.see(data[start : start + chunk])
    return stream.walk


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_pages_and_size_are_read_of_tiff_and_bigtiff(order: str, big: bool) -> None:  # noqa: FBT001 - a parameter of a test
    walk = walked(tiffs.tiff([(PLAIN, [bytes(30)])] * 5, order=order, big=big))
    assert (walk.pages, walk.width, walk.height, walk.raw) == (5, 6, 5, None)


def test_an_endless_chain_has_the_largest_number_of_pages() -> None:
    assert walked(bombs.tiff_chain(3, cyclic=True)).pages == MOST_FRAMES_COUNTED


@pytest.mark.parametrize("name", FILES)
def test_camera_raw_is_recognised_and_named(name: str) -> None:
    data, kind = FILES[name]
    assert walked(data).raw == kind
    assert (f"({kind})" in camera_raw.refusal(kind)) == bool(kind)


@pytest.mark.parametrize("chunk", [1, 7, 64, 100_000])
@pytest.mark.parametrize("name", FILES)
def test_camera_raw_is_recognised_in_a_stream(name: str, chunk: int) -> None:
    data, _ = FILES[name]
    # The maker's name stands before the directory at the end of these files, and may be gone by then.
    assert streamed(data, chunk).raw is not None


@pytest.mark.parametrize("name", raw_files.OTHERS)
def test_camera_raw_without_tiff_is_recognised_by_its_first_bytes(name: str) -> None:
    assert camera_raw.by_magic(raw_files.OTHERS[name][:16]) == name


@pytest.mark.parametrize(
    "tags",
    [
        {**PLAIN, 330: [8, 8]},
        {**PLAIN, 254: 0, 330: [8, 8]},
        {**PLAIN, 254: 1},
        {**PLAIN, **raw_files.maker(b"NIKON CORPORATION")},
    ],
    ids=["a pyramid", "a full picture with reduced ones", "a reduced picture alone", "a scan by a camera's maker"],
)
def test_an_ordinary_tiff_is_not_camera_raw(tags: dict[int, tiffs.Tag]) -> None:
    assert walked(tiffs.tiff([(tags, [bytes(30)])])).raw is None


def test_pixels_that_look_like_a_header_are_not_camera_raw() -> None:
    for pixels in (b"CR\2\0" + bytes(26), b"IIII" * 8):
        assert walked(tiffs.tiff([(PLAIN, [pixels])])).raw is None


def test_the_walk_of_a_stream_ends_at_a_directory_that_has_gone_by() -> None:
    data = bytearray(tiffs.tiff([(PLAIN, [bytes(30)])] * 2))
    first = int.from_bytes(data[4:8], "little")
    # The second directory leads back to the first.
    data[-4:] = first.to_bytes(4, "little")
    walk = streamed(bytes(data), 16)
    assert (walk.pages, walk.wanted) == (2, None)


hostile = st.one_of(
    drawn_files.damaged_files(),
    st.binary(max_size=300).map(lambda tail: b"II*\0\x08\0\0\0" + tail),
    st.binary(max_size=300).map(lambda tail: b"MM\0+\0\x08\0\0" + tail),
)


@given(data=hostile, chunk=st.integers(1, 200))
def test_the_walk_ends_for_every_file(data: bytes, chunk: int) -> None:
    assert walked(data).wanted is None
    assert streamed(data, chunk).pages <= walked(data).pages
