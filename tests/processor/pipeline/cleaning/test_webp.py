"""WebP files with a wrong size in the RIFF header, and truncated ones."""

import struct

import pytest

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.webp import clean
from tests.processor.pipeline.running import description, image, picture
from tools.testbed import images

XMP = b"<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>"
FILES = {
    "lossy": images.encoded(images.photo(61, 47), "WEBP"),
    "lossless": images.encoded(images.photo(61, 47), "WEBP", lossless=True),
    "transparent": images.encoded(images.photo(61, 47, "RGBA"), "WEBP"),
    "with XMP": images.encoded(images.photo(61, 47), "WEBP", xmp=XMP),
}


def stating(data: bytes, size: int) -> bytes:
    """Return the file with this size in its header."""
    return data[:4] + struct.pack("<I", size) + data[8:]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [0, 4, 30, "one less", "one more", "many more", 2**32 - 1])
def test_a_wrong_size_changes_nothing(name: str, size: int | str) -> None:
    data = FILES[name]
    near = {"one less": len(data) - 9, "one more": len(data) - 7, "many more": len(data) + 5000}
    stated = near[size] if isinstance(size, str) else size
    assert image(stating(data, stated), []).tobytes() == image(data, []).tobytes()


def test_a_correct_size_is_kept_whatever_follows() -> None:
    for data in FILES.values():
        assert clean(data).data is data
        behind = data + b"behind"
        assert clean(behind).data is behind


def test_metadata_after_the_pixels_may_be_truncated() -> None:
    data = FILES["with XMP"]
    for length in range(len(data) - len(XMP) - 8, len(data)):
        assert image(data[:length], []).tobytes() == image(data, []).tobytes()
    assert not description(data[:-4]).has_gps
    assert description(stating(data, 2**32 - 1)).has_gps


@pytest.mark.parametrize("name", ["lossy", "lossless", "transparent"])
def test_a_truncated_file_is_refused(name: str) -> None:
    data = FILES[name]
    for length in range(len(data) - 2, 12, -7):
        with pytest.raises(TruncatedImage):
            picture(data[:length], [])


def test_an_animation_shorter_than_its_header_says_is_refused_as_truncated() -> None:
    data = images.animation(40, 30, 4, "WEBP")
    for length in (data.rindex(b"ANMF"), len(data) - 2, len(data) // 2):
        with pytest.raises(TruncatedImage):
            picture(data[:length], [])
