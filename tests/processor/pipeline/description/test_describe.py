"""The description of a source."""

import base64
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from tests.processor.pipeline.running import description
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.metadata_samples import FORMATS, with_metadata
from tools.testbed import images


def test_a_plain_image_is_described() -> None:
    told = description(images.png(60, 40))
    assert (told.format, told.width, told.height, told.mode) == ("png", 60, 40, "RGB")
    assert (told.has_alpha, told.frames, told.orientation, told.has_gps) == (False, 1, 1, False)
    assert (told.dpi, told.icc_profile, told.exif) == (None, None, {})
    assert len(base64.b64decode(told.thumbhash)) > 15


def test_the_described_size_is_that_of_the_upright_image() -> None:
    told = description(images.jpeg(60, 40, orientation=6))
    assert (told.width, told.height, told.orientation) == (60, 40, 6)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_the_described_mode_is_that_of_the_file(mode: str) -> None:
    told = description(images.png(20, 20, mode))
    assert told.mode == mode
    assert told.has_alpha == mode.endswith("A")


def test_frames_are_counted() -> None:
    assert description(images.animation(20, 20, 7)).frames == 7
    assert description(images.animation(20, 20, 7, "WEBP")).frames == 7
    assert description(images.animation(20, 20, 7, "PNG")).frames == 7
    assert description(images.animation(20, 20, 7, "TIFF")).frames == 7


def test_resolution_and_profile_are_described() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = description(images.jpeg(20, 20, dpi=(300, 150), icc_profile=srgb))
    assert told.dpi == (300, 150)
    assert told.icc_profile == "sRGB built-in"


def test_the_dominant_colour_is_that_of_most_pixels() -> None:
    image = Image.new("RGB", (300, 200), (10, 120, 200))
    image.paste((250, 0, 0), (0, 0, 90, 200))
    assert description(images.encoded(image, "PNG")).dominant_color == "#0a78c8"


def test_transparent_pixels_do_not_count_for_the_dominant_colour() -> None:
    image = Image.new("RGBA", (30, 20), (250, 0, 0, 0))
    image.paste((10, 120, 200, 255), (0, 0, 5, 20))
    assert description(images.encoded(image, "PNG")).dominant_color == "#0a78c8"
    nothing = Image.new("RGBA", (30, 20))
    assert description(images.encoded(nothing, "PNG")).dominant_color == "#000000"


def with_exif(exif: Image.Exif | bytes) -> bytes:
    return images.encoded(images.marked(32, 32), "JPEG", exif=exif)


def test_readable_tags_are_described_without_the_position() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker\0"
    exif[ExifTags.Base.Model] = "Model\x07 1"
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.FNumber] = IFDRational(28, 10)
    camera[ExifTags.Base.ISOSpeedRatings] = 200
    camera[ExifTags.Base.MakerNote] = b"\0" * 100
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude] = (IFDRational(52), IFDRational(22), IFDRational(1))
    told = description(with_exif(exif))
    assert told.exif == {"Make": "Maker", "Model": "Model 1", "FNumber": 2.8, "ISOSpeedRatings": 200}
    assert told.has_gps


def test_a_gps_directory_without_coordinates_is_no_position() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSVersionID] = b"\2\2\0\0"
    assert not description(with_exif(exif)).has_gps


def ifd(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """Return an EXIF block: a little-endian TIFF header and one directory of (tag, type, count, value) entries."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


def test_described_exif_is_limited_in_number_and_length() -> None:
    tags = [tag for tag in ExifTags.Base if tag not in {ExifTags.Base.ExifOffset, ExifTags.Base.GPSInfo}][:120]
    text_at = 8 + 2 + 12 * len(tags) + 4
    told = description(with_exif(ifd(*[(tag, 2, 300, text_at) for tag in tags]) + b"x" * 300 * len(tags)))
    assert len(told.exif) == 64
    assert max(len(str(value)) for value in told.exif.values()) == 256


@pytest.mark.parametrize(
    "block",
    [
        b"Exif\0\0",
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        ifd((0x010F, 2, 0xFFFFFFFF, 0xFFFFFFF0)),
        ifd((0x0112, 2, 4, 0x41414141)),
        ifd((0x0112, 5, 1, 8)),
        ifd((0x8769, 4, 1, 8)),
        ifd((0x8769, 4, 1, 0xFFFFFFFF), (0x8825, 4, 1, 0xFFFFFFFF)),
        ifd((0x8825, 2, 4, 0x41414141)),
        ifd((0x011A, 5, 1, 8), (0x0128, 3, 1, 2)),
        ifd(following=8),
        ifd(*[(0x9000 + number, 99, 7, 7) for number in range(500)]),
    ],
    ids=range(12),
)
def test_a_hostile_exif_block_never_fails_the_job(block: bytes) -> None:
    told = description(with_exif(block))
    assert (told.width, told.height) == (32, 32)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("wrong", [b"XX*\0", b"II*\0\xff\xff\xff\xff"])
def test_broken_exif_never_fails_the_job_in_any_format(image_format: str, wrong: bytes) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker of many things"
    data = bytearray(images.encoded(images.marked(64, 32), image_format, exif=exif))
    at = data.index(exif.tobytes().removeprefix(b"Exif\0\0"))
    data[at : at + len(wrong)] = wrong
    if image_format == "PNG":
        chunk = data.index(b"eXIf")
        end = chunk + 4 + int.from_bytes(data[chunk - 4 : chunk], "big")
        data[end : end + 4] = struct.pack(">I", zlib.crc32(data[chunk:end]))
    told = description(bytes(data))
    assert (told.width, told.height, told.exif) == (64, 32, {})


@pytest.mark.parametrize("image_format", FORMATS)
def test_every_format_is_described_completely_without_its_position(image_format: str) -> None:
    told = description(with_metadata(image_format))
    size = (32, 32) if image_format == "ICO" else (32, 24)
    assert (told.format, told.width, told.height, told.orientation) == (image_format.lower(), *size, 1)
    assert told.frames == (2 if image_format in {"PNG", "WEBP", "GIF"} else 1)
    assert len(told.dominant_color) == 7
    assert len(base64.b64decode(told.thumbhash)) > 15
    tagged = image_format in {"JPEG", "PNG", "WEBP", "TIFF", "AVIF"}
    expected = {"Make": "SECRET-MAKER", "Artist": "SECRET-ARTIST", "ImageDescription": "SECRET-DESCRIPTION"}
    assert told.exif.items() >= (expected if tagged else {}).items()
    assert told.icc_profile == ("SECRET-PROFILE" if tagged else None)
    assert told.dpi == ((211, 211) if image_format in {"JPEG", "PNG", "TIFF", "BMP"} else None)
    # Pillow writes no position into a TIFF. Another test does that.
    assert told.has_gps == (tagged and image_format != "TIFF")
    assert "5223" not in told.model_dump_json(), "coordinates are private"


def test_a_position_in_a_tiff_is_noticed_too() -> None:
    pixel = [
        (256, 4, 1, 1),
        (257, 4, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (279, 4, 1, 1),
    ]
    place_at = 8 + 2 + 12 * (len(pixel) + 1) + 4
    place = struct.pack("<HHHIII", 1, 2, 5, 3, place_at + 18, 0) + struct.pack("<6I", 52, 1, 23, 1, 1, 1)
    told = description(ifd(*pixel, (34853, 4, 1, place_at)).removeprefix(b"Exif\0\0") + place)
    assert (told.has_gps, told.exif) == (True, {})


def test_a_position_in_xmp_is_noticed_too() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf exif:GPSLatitude="52,23.1N"/></x:xmpmeta>'
    assert description(images.encoded(images.marked(32, 32), "JPEG", xmp=xmp)).has_gps


@needs_corpus
def test_the_camera_of_a_photo_is_described() -> None:
    told = description((CORPUS / "photos/camera-canon-40d.jpg").read_bytes())
    assert told.exif["Make"] == "Canon"
    assert told.exif["Model"] == "Canon EOS 40D"
    assert not any(name.startswith("GPS") for name in told.exif)


@needs_corpus
@pytest.mark.parametrize("name", ["gps-dscn0010.jpg", "gps-dscn0012.jpg", "gps-dscn0021.jpg"])
def test_positions_in_photos_are_noticed(name: str) -> None:
    told = description((CORPUS / "photos" / name).read_bytes())
    assert told.has_gps
    assert "GPSInfo" not in told.exif
