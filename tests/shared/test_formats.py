"""Recognising formats by their first bytes."""

import io
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom.formats import SNIFF_BYTES, ImageFormat, sniff
from tests.support.corpus import corpus_params

PILLOW_NAMES = {
    ImageFormat.JPEG: "JPEG",
    ImageFormat.PNG: "PNG",
    ImageFormat.WEBP: "WEBP",
    ImageFormat.GIF: "GIF",
    ImageFormat.TIFF: "TIFF",
    ImageFormat.BMP: "BMP",
    ImageFormat.AVIF: "AVIF",
    ImageFormat.JPEG2000: "JPEG2000",
    ImageFormat.ICO: "ICO",
    ImageFormat.PPM: "PPM",
}


def written(image_format: ImageFormat, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (16, 16)).save(out, PILLOW_NAMES[image_format])
    return out.getvalue()


@pytest.mark.parametrize("image_format", ImageFormat)
def test_files_written_by_pillow_are_recognised(image_format: ImageFormat) -> None:
    assert sniff(written(image_format)[:SNIFF_BYTES]) is image_format


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_each_kind_of_ppm_is_recognised(mode: str) -> None:
    assert sniff(written(ImageFormat.PPM, mode)) is ImageFormat.PPM


@pytest.mark.parametrize("codec", ["jp2", "j2k"])
def test_both_containers_of_jpeg_2000_are_recognised(codec: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "JPEG2000", no_jp2=codec == "j2k")
    assert sniff(out.getvalue()[:SNIFF_BYTES]) is ImageFormat.JPEG2000


def test_a_big_endian_tiff_is_recognised() -> None:
    assert sniff(b"MM\x00*" + bytes(28)) is ImageFormat.TIFF


@pytest.mark.parametrize("head", [b"II+\x00\x08\x00\x00\x00", b"MM\x00+\x00\x08\x00\x00"])
def test_a_bigtiff_is_recognised(head: bytes) -> None:
    assert sniff(head + bytes(24)) is ImageFormat.TIFF


@pytest.mark.parametrize(
    ("head", "image_format"),
    [
        (b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1miafMA1B", ImageFormat.AVIF),
        (b"\x00\x00\x00\x2cftypavis\x00\x00\x00\x00avismsf1iso8mif1", ImageFormat.AVIF),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf\x00\x00", ImageFormat.AVIF),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x00", None),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", None),
    ],
)
def test_avif_is_told_apart_from_similar_formats(head: bytes, image_format: ImageFormat | None) -> None:
    assert sniff(head) is image_format


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><svg/>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0",
        b"PK\x03\x04",
        b"\x7fELF",
        b"BMW makes cars, and this is no picture.",
        b"BM",
        b"P7\nWIDTH 1",
        b"P0 1",
        b"P6",
        b"P",
        b"PNG\r\n\x1a\n",
        b"\xff\xd8",
        b"GIF90a",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"RIFF\x00\x00\x00\x00",
        b"\x00\x01\x00\x00\x00\x0f\x00\x80",
        b"8BPS\x00\x01",
        b"\xff\x0a",
        b" \xff\xd8\xff",
    ],
)
def test_unsupported_files_are_not_recognised(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(("front", "back"), [*product(ImageFormat, ImageFormat)])
def test_only_the_first_bytes_decide(front: ImageFormat, back: ImageFormat) -> None:
    polyglot = written(front)[:SNIFF_BYTES] + written(back)
    assert sniff(polyglot) is front
    assert sniff(polyglot[:SNIFF_BYTES]) is front


@pytest.mark.parametrize("image_format", ImageFormat)
def test_no_prefix_is_taken_for_another_format(image_format: ImageFormat) -> None:
    data = written(image_format)
    told = [sniff(data[:length]) for length in range(SNIFF_BYTES + 1)]
    assert set(told) == {None, image_format}
    first = told.index(image_format)
    assert all(one is image_format for one in told[first:]), "more bytes never make it less clear"


@given(st.binary(max_size=64))
def test_further_bytes_change_nothing(data: bytes) -> None:
    assert sniff(data) == sniff(data[:SNIFF_BYTES]) or sniff(data[:SNIFF_BYTES]) is None


@pytest.mark.parametrize("path", corpus_params("formats/*.*"))
def test_images_from_other_programs_are_recognised(path: Path) -> None:
    with Image.open(path) as image:
        expected = "JPEG" if image.format == "MPO" else image.format
    told = sniff(path.read_bytes()[:SNIFF_BYTES])
    assert told is not None
    assert PILLOW_NAMES[told] == expected


def test_each_format_has_its_own_media_type_and_extension() -> None:
    assert len({image_format.media_type for image_format in ImageFormat}) == len(ImageFormat)
    assert len({image_format.extension for image_format in ImageFormat}) == len(ImageFormat)
    assert (ImageFormat.JPEG.media_type, ImageFormat.JPEG.extension) == ("image/jpeg", "jpg")
