"""JPEGs with faulty application segments, and JPEGs without an end marker."""

import struct

import pytest
from PIL import ExifTags, Image

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.jpeg import clean, is_profile, without_faults
from darkroom_processor.pipeline.containers.jpeg import segment
from tests.processor.pipeline.running import description, image, picture
from tests.support import profiles
from tools.testbed import images

pytestmark = pytest.mark.slow

PHOTO = images.encoded(images.photo(64, 48), "JPEG")
BARE = without_faults(PHOTO)[:2] + PHOTO[20:]
"""The JPEG without application segments."""
CMYK = images.encoded(images.photo(40, 30).convert("CMYK"), "JPEG")
PROFILE = profiles.rgb_profile()


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """Return the file with these segments at its start."""
    return data[:2] + b"".join(segments) + data[2:]


def part(number: int, count: int, contents: bytes) -> bytes:
    """Return a segment with a part of a profile."""
    return segment(0xE2, b"ICC_PROFILE\0" + bytes((number, count)) + contents)


def exif_of(*entries: tuple[int, int, int, int], tail: bytes = b"") -> bytes:
    """Return a segment with an EXIF block of these entries, valid or not."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + bytes(4) + tail)


FAULTY = {
    **{
        f"{name!r} of APP{app} and {length} bytes": segment(0xE0 + app, (name + bytes(20))[:length])
        for app, name in [
            (0, b"JFIF\0"),
            (0, b"JFXX\0"),
            (1, b"Exif\0\0"),
            (1, b"http://ns.adobe.com/xap/1.0/\0"),
            (2, b"ICC_PROFILE\0"),
            (2, b"MPF\0"),
            (2, b"FPXR\0"),
            (13, b"Photoshop 3.0\0"),
            (14, b"Adobe"),
        ]
        for length in sorted({len(name) - 1, len(name), len(name) + 1, len(name) + 2, len(name) + 6, 0})
    },
    **{
        f"a Photoshop resource cut at {length}": segment(
            0xED, b"Photoshop 3.0\0" + (b"8BIM\x03\xed\0\0" + struct.pack(">I", 16) + bytes(16))[:length]
        )
        for length in range(4, 29)
    },
    "a multi-picture index of nonsense": segment(0xE2, b"MPF\0nonsense"),
    "a multi-picture index without entries": segment(
        0xE2, b"MPF\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0xB001, 4, 1, 2) + bytes(4)
    ),
    "a multi-picture index without a number": segment(
        0xE2, b"MPF\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0xB000, 7, 4, 0) + bytes(4)
    ),
    "a multi-picture index of a negative number": segment(
        0xE2, b"MPF\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIi", 0xB001, 9, 1, -2) + bytes(4)
    ),
    "EXIF of nonsense": segment(0xE1, b"Exif\0\0nonsense"),
    "EXIF with an empty resolution": exif_of((0x011A, 5, 0, 0), (0x011B, 5, 0, 0), (0x0128, 3, 1, 2)),
    "EXIF with a resolution of text": exif_of((0x011A, 2, 4, 0x00414141), (0x0128, 3, 1, 2)),
    "EXIF with a resolution of nothing": exif_of((0x011A, 5, 1, 62), (0x0128, 3, 1, 3), tail=bytes(8)),
    "EXIF with values beyond its end": exif_of((0x010F, 2, 400, 60_000), (0x011A, 5, 1, 60_000), (0x0128, 3, 1, 2)),
    "EXIF that points to itself": exif_of((0x8769, 4, 1, 8), (0x8825, 4, 1, 8)),
    "a length that does not count itself": b"\xff\xe1\0\0",
    "a comment without contents": segment(0xFE, b""),
    "a profile without its second part": part(1, 2, PROFILE),
    "a profile without its first part": part(2, 2, PROFILE),
    "a profile with a part twice": part(1, 2, PROFILE) + part(1, 2, PROFILE),
    "a profile whose parts count differently": part(1, 2, PROFILE[:100]) + part(2, 3, PROFILE[100:]),
    "a profile of parts from zero": part(0, 2, PROFILE[:100]) + part(1, 2, PROFILE[100:]),
    "a profile with a part that is cut": part(1, 2, PROFILE) + segment(0xE2, b"ICC_PROFILE\0\2"),
    "a profile of nonsense": part(1, 1, b"nonsense" * 30),
    "a profile that is cut": part(1, 1, PROFILE[:200]),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_in_a_segment_changes_nothing(name: str) -> None:
    for data in (PHOTO, BARE, CMYK):
        assert image(with_segments(data, FAULTY[name]), []).tobytes() == image(data, []).tobytes()
    assert description(with_segments(PHOTO, FAULTY[name])).icc_profile is None


def test_a_faulty_segment_removes_no_other_segment() -> None:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = 6
    xmp = b"<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>"
    data = images.encoded(images.photo(64, 48), "JPEG", exif=block, icc_profile=PROFILE, xmp=xmp)
    for fault in (segment(0xE2, b"MPF\0nonsense"), segment(0xED, b"Photoshop 3.0\08BIM\0\0"), segment(0xEE, b"Adobe")):
        told = description(with_segments(data, fault))
        assert (told.orientation, told.icc_profile, told.has_gps) == (6, "Wide", True)
        kept = picture(with_segments(data, fault), [], {"format": "jpeg", "keep_metadata": "all"})
        assert xmp in kept.data


def test_an_empty_resolution_keeps_the_orientation() -> None:
    data = with_segments(BARE, exif_of((0x0112, 3, 1, 6), (0x011A, 5, 0, 0), (0x0128, 3, 1, 2)))
    assert image(data, []).size == (48, 64)


def test_a_profile_needs_all_of_its_parts_in_any_order() -> None:
    parts = [part(1, 3, PROFILE[:90]), part(2, 3, PROFILE[90:200]), part(3, 3, PROFILE[200:])]
    for order in ((0, 1, 2), (2, 0, 1)):
        assert description(with_segments(PHOTO, *(parts[at] for at in order))).icc_profile == "Wide"
    assert description(with_segments(PHOTO, parts[0], parts[2])).icc_profile is None
    assert is_profile([])


def test_an_end_marker_is_added_only_if_it_is_missing() -> None:
    assert clean(PHOTO).data is PHOTO
    behind = PHOTO + b"behind the end"
    assert clean(behind).data is behind
    assert clean(PHOTO[:-2]).data == PHOTO
    assert not clean(PHOTO[:-2]).ended


def test_the_end_marker_of_a_thumbnail_is_not_that_of_the_image() -> None:
    data = with_segments(PHOTO, segment(0xE1, b"Exif\0\0" + PHOTO))
    assert clean(data).ended
    with pytest.raises(TruncatedImage):
        image(data[: len(data) // 2 + len(PHOTO) // 2], [])
