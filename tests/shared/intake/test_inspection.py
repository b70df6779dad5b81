"""Tests of the checks of a file before it is decoded."""

import hashlib
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from darkroom.errors import ImageTooLarge, MalformedRequest, RequestError, UnsupportedMediaType, UploadTooLarge
from darkroom.formats import ImageFormat
from darkroom.intake.inspection import HEAD_BYTES, Inspection
from darkroom.limits import MAX_PIXELS
from tests.support import raw_files, tiffs
from tests.support.corpus import corpus_params
from tests.support.cpu_limit import within_cpu_limit
from tools.testbed import images

MIB = 1024 * 1024


def inspect(data: bytes, *, chunk: int = 4096, max_bytes: int = 10 * MIB) -> Inspection:
    inspection = Inspection(max_bytes=max_bytes)
    for start in range(0, len(data), chunk):
        inspection.see(data[start : start + chunk])
    inspection.end()
    return inspection


def png_of(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims this size."""
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + struct.pack(">II", width, height)
        + b"\x08\x02\x00\x00\x00"
        + b"\x00" * 32
    )


@pytest.mark.parametrize("chunk", [1, 7, 31, 32, 33, 100_000])
def test_size_hash_and_format_do_not_depend_on_the_chunks(chunk: int) -> None:
    data = images.jpeg(64, 48)
    inspection = inspect(data, chunk=chunk)
    assert inspection.size == len(data)
    assert inspection.sha256 == hashlib.sha256(data).hexdigest()
    assert inspection.format is ImageFormat.JPEG


def test_the_first_32_bytes_decide_the_format() -> None:
    inspection = Inspection(max_bytes=MIB)
    inspection.see(images.png(8, 8)[:31])
    assert inspection.format is None
    inspection.see(b"\x00")
    assert inspection.format is ImageFormat.PNG


def test_a_shorter_file_is_recognized_at_its_end() -> None:
    assert inspect(b"P1 1 1 1").format is ImageFormat.PPM


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"<svg/>", b"x", b"\x00" * 100, b"MZ" * 50])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedMediaType, match="Unsupported image format"):
        inspect(data)


def test_other_files_are_refused_before_they_end() -> None:
    inspection = Inspection(max_bytes=MIB)
    with pytest.raises(UnsupportedMediaType):
        inspection.see(b"#!" * 16)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(MalformedRequest, match="empty"):
        inspect(b"")


def test_one_byte_over_the_limit_is_refused() -> None:
    data = images.jpeg(64, 48)
    assert inspect(data, max_bytes=len(data)).size == len(data)
    with pytest.raises(UploadTooLarge) as caught:
        inspect(data, chunk=len(data), max_bytes=len(data) - 1)
    assert caught.value.fields == {"limit": len(data) - 1, "actual": len(data)}


def test_too_many_pixels_are_refused_by_the_header() -> None:
    with pytest.raises(ImageTooLarge) as caught:
        inspect(png_of(10_000, 10_000))
    assert caught.value.fields == {"limit": MAX_PIXELS, "actual": 100_000_000}


def test_exactly_the_limit_of_pixels_passes() -> None:
    inspect(png_of(10_000, 5_000))


def test_too_many_pixels_are_refused_before_the_file_ends() -> None:
    inspection = Inspection(max_bytes=MIB)
    with pytest.raises(ImageTooLarge):
        inspection.see(png_of(10_000, 10_000) + b"\x00" * HEAD_BYTES)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("JPEG", {}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("BMP", {}),
        ("TIFF", {}),
        ("AVIF", {"quality": 10, "speed": 10}),
        ("JPEG2000", {}),
        ("PPM", {}),
    ],
)
def test_the_size_is_found_in_every_usual_format(
    name: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = images.encoded(images.marked(120, 90), name, **options)
    inspect(data)
    monkeypatch.setattr("darkroom.intake.inspection.MAX_PIXELS", 120 * 90 - 1)
    with pytest.raises(ImageTooLarge) as caught:
        inspect(data)
    assert caught.value.fields["actual"] == 120 * 90


def test_an_os2_bitmap_is_left_to_the_processor() -> None:
    bitmap = b"BM" + struct.pack("<IHHI", 26 + 4, 0, 0, 26) + struct.pack("<IHHHH", 12, 100, 100, 1, 24) + b"\x00" * 400
    assert inspect(bitmap).format is ImageFormat.BMP


@pytest.mark.parametrize("path", corpus_params("[fop]*/**/*.*"))
def test_valid_images_of_other_projects_pass(path: Path) -> None:
    with Image.open(path) as image:
        assert image.width * image.height < MAX_PIXELS
    inspect(path.read_bytes())


HOSTILE = {
    "JPEG of empty segments": b"\xff\xd8" + b"\xff\xe1\x00\x02" * HEAD_BYTES,
    "JPEG of fill bytes": b"\xff\xd8" + b"\xff" * HEAD_BYTES,
    "PPM of digits": b"P6 " + b"1" * HEAD_BYTES,
    "PPM of a comment": b"P6 #" + b"x" * HEAD_BYTES,
    "AVIF of empty extents": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"
    + struct.pack(">I4sI", 100_012, b"meta", 0)
    + struct.pack(">I4s", 100_000, b"iloc")
    + b"\x01\x00\x00\x00\x00\x00\xff\xff"
    + b"\x00\x01\x00\x00\x00\x00\xff\xff" * 12_498,
    "AVIF of empty boxes": b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif" + b"\x00\x00\x00\x08abcd" * 16_000,
    "TIFF of entries": b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x01" * HEAD_BYTES,
    "JPEG 2000 of empty boxes": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00\x00\x00\x08abcd" * 16_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_reading_a_crafted_slow_header_ends(data: bytes) -> None:
    with within_cpu_limit(), suppress(RequestError):
        inspect(data[: 2 * HEAD_BYTES], chunk=65536)


@pytest.mark.parametrize("chunk", [1, 4096, MIB])
@pytest.mark.parametrize("name", raw_files.files())
def test_camera_raw_that_looks_like_a_tiff_is_refused_by_name(name: str, chunk: int) -> None:
    data, kind = raw_files.files()[name]
    with pytest.raises(UnsupportedMediaType, match="Camera RAW") as refused:
        inspect(data, chunk=chunk)
    if chunk == MIB and kind:
        assert f"({kind})" in refused.value.message


@pytest.mark.parametrize("name", raw_files.OTHERS)
def test_other_camera_raw_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=rf"Camera RAW \({name}\)"):
        inspect(raw_files.OTHERS[name])


@pytest.mark.parametrize("path", corpus_params("raw/*"))
def test_camera_files_are_refused_by_name(path: Path) -> None:
    kind = path.suffix[1:].upper()
    with pytest.raises(UnsupportedMediaType, match=rf"Camera RAW \({kind}\)"):
        inspect(path.read_bytes())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_the_size_of_a_tiff_is_found_wherever_its_directory_is(order: str, big: bool) -> None:  # noqa: FBT001 - a parameter
    small: dict[int, tiffs.Tag] = {256: 500, 257: 400, 258: 8, 262: 1}
    pixels = bytes(HEAD_BYTES + 70_000)
    assert inspect(tiffs.tiff([(small, [pixels])], order=order, big=big)).format is ImageFormat.TIFF
    with pytest.raises(ImageTooLarge):
        inspect(tiffs.tiff([({**small, 256: 65_000, 257: 65_000}, [pixels])], order=order, big=big))
