"""The metadata that a variant keeps if it asks for it: profile, EXIF tags and XMP packet."""

import pytest
from PIL import ExifTags, Image

from tests.processor.pipeline.running import picture
from tests.support import profiles
from tools.testbed import images

WIDE = profiles.rgb_profile()
PHOTO = images.photo(60, 45)
FORMATS = ["jpeg", "png", "webp", "avif", "tiff"]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6">Rights</rdf></x:xmpmeta>'
TAGS = {"Make", "Artist", "Copyright", "ISOSpeedRatings", "GPSLatitudeRef"}


def tagged() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.Artist] = "Ansel"
    exif[ExifTags.Base.Copyright] = "All of it"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ISOSpeedRatings] = 200
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return images.encoded(images.marked(40, 30), "JPEG", exif=exif, xmp=XMP, icc_profile=WIDE)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("none", set()),
        ("icc", set()),
        ("copyright", {"Artist", "Copyright"}),
        ("all", {"Make", "Artist", "Copyright", "ISOSpeedRatings", "GPSLatitudeRef"}),
    ],
)
def test_the_requested_metadata_is_kept(name: str, keep: str, kept: set[str]) -> None:
    opened = images.opened(picture(tagged(), [], {"format": name, "keep_metadata": keep}).data)
    exif = opened.getexif()
    found = {ExifTags.TAGS[tag] for tag in (*exif, *exif.get_ifd(ExifTags.IFD.Exif))}
    found |= {ExifTags.GPSTAGS[tag] for tag in exif.get_ifd(ExifTags.IFD.GPSInfo)}
    if name == "tiff":
        kept = kept - {"ISOSpeedRatings", "GPSLatitudeRef"}
    assert found & TAGS == kept
    assert exif.get(ExifTags.Base.Orientation, 1) == 1
    assert ("icc_profile" in opened.info) == (keep in {"icc", "all"})
    assert opened.info.get("xmp") == (XMP.replace(b'"6"', b'"1"') if keep == "all" else None)
    assert opened.size == (30, 40)


PARTS = {
    "jpeg": {b"Exif\0\0": 1, b"ICC_PROFILE\0": 1, b"http://ns.adobe.com/xap/1.0/\0": 1},
    "png": {b"eXIf": 1, b"iCCP": 1, b"XML:com.adobe.xmp\0": 1},
    "webp": {b"EXIF": 1, b"ICCP": 1, b"XMP ": 1},
}
"""Bytes that begin each kind of metadata, and how often they must occur."""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("frames", [1, "all"])
@pytest.mark.parametrize("extra", [{}, {"colors": 16}, {"effort": 9}])
def test_metadata_is_kept_once(name: str, frames: int | str, extra: dict[str, int]) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Ansel-of-the-test"
    metadata = {"exif": exif, "xmp": XMP, "icc_profile": WIDE}
    for source in (
        images.encoded(PHOTO, "JPEG", **metadata),
        images.animation(40, 20, 3, "WEBP", lossless=True, **metadata),
    ):
        made = picture(source, [], {"format": name, "frames": frames, "keep_metadata": "all", **extra}).data
        assert made.count(b"<x:xmpmeta") == 1
        assert made.count(b"Ansel-of-the-test") == 1
        # A PNG compresses the profile. An AVIF stores it for its still image and for the track of an animation.
        animated_avif = name == "avif" and getattr(images.opened(made), "n_frames", 1) > 1
        assert made.count(WIDE) == (0 if name == "png" else 2 if animated_avif else 1)
        for before, times in PARTS.get(name, {}).items():
            assert made.count(before) == times, before


def test_a_broken_block_of_metadata_is_not_kept() -> None:
    source = images.encoded(images.marked(40, 30), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0")
    made = picture(source, [], {"format": "jpeg", "keep_metadata": "all"})
    assert "exif" not in images.opened(made.data).info


def test_an_xmp_packet_too_long_for_a_jpeg_is_not_kept() -> None:
    source = images.encoded(images.marked(40, 30), "WEBP", xmp=b"<x>" + b" " * 70_000)
    made = picture(source, [], {"format": "jpeg", "keep_metadata": "all"})
    assert "xmp" not in images.opened(made.data).info
