"""The EXIF orientation, checked by the colours of the corners."""

from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.processor.pipeline.running import description, image, picture
from tests.support.bombs import chunk
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed import images

pytestmark = pytest.mark.slow

UPRIGHT = {name: name for name in images.CORNERS}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("width", [None, 30, 120])
def test_every_orientation_becomes_upright(orientation: int, width: int | None) -> None:
    source = images.jpeg(600, 400, orientation)
    shown = image(source, [{"op": "resize", "width": width}] if width else [])
    assert shown.size == ((600, 400) if width is None else (width, round(width * 2 / 3)))
    assert images.corners(shown) == UPRIGHT


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_counts_in_every_format_with_exif(image_format: str, orientation: int) -> None:
    stored = images.opened(images.jpeg(64, 32, orientation))
    exif = Image.Exif()
    exif[images.ORIENTATION_TAG] = orientation
    source = images.encoded(stored.copy(), image_format, exif=exif)
    shown = image(source, [])
    assert shown.size == (64, 32)
    assert images.corners(shown) == UPRIGHT
    told = description(source)
    assert (told.width, told.height, told.orientation) == (64, 32, orientation)


def test_the_orientation_comes_before_the_operations() -> None:
    # The file is stored on its side. Upright it has 400 × 600 pixels, of which this is the upper third.
    source = images.jpeg(400, 600, 6)
    shown = image(source, [{"op": "crop", "width": 400, "height": 200}])
    assert shown.size == (400, 200)
    assert images.nearest_corner(shown.getpixel((20, 100))) == "top_left"
    assert images.nearest_corner(shown.getpixel((380, 100))) == "top_right"


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_an_invalid_orientation_counts_as_upright(value: int) -> None:
    exif = Image.Exif()
    exif[images.ORIENTATION_TAG] = value
    source = images.encoded(images.marked(60, 40), "JPEG", exif=exif)
    assert images.corners(image(source, [])) == UPRIGHT
    assert description(source).orientation == 1


@needs_corpus
@pytest.mark.parametrize("name", ["landscape", "portrait"])
@pytest.mark.parametrize("width", [None, 150])
def test_all_orientations_of_one_photo_look_the_same(name: str, width: int | None) -> None:
    operations = [{"op": "resize", "width": width}] if width else []
    files = [CORPUS / "orientation" / f"{name}-{number}.jpg" for number in range(1, 9)]
    shown = [image(file.read_bytes(), operations, {"format": "png", "effort": 1}) for file in files]
    assert {one.size for one in shown} == {shown[0].size}
    for other in shown[1:]:
        # Each file was compressed on its own, so they differ by their noise: at most 4 levels of 255 on average.
        assert max(ImageStat.Stat(ImageChops.difference(shown[0], other)).mean) < 4


def test_a_result_has_no_orientation_left() -> None:
    made = picture(images.jpeg(60, 40, 6), [], {"format": "jpeg"})
    assert dict(images.opened(made.data).getexif()) == {}


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def with_xmp(image_format: str) -> bytes:
    """Return a file of `marked` with an orientation in its XMP only."""
    marked = images.marked(64, 32)
    options: dict[str, Any] = {"TIFF": {"tiffinfo": {700: XMP}}}.get(image_format, {"xmp": XMP})
    data = images.encoded(marked, image_format, **options)
    if image_format == "PNG":
        return data[:33] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP) + data[33:]
    if image_format == "GIF":
        at = 13 + (3 << (data[10] & 7) + 1)
        block = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0"
        return data[:at] + block + data[at:]
    if image_format == "JPEG2000":
        uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
        return data[:32] + (24 + len(XMP)).to_bytes(4, "big") + b"uuid" + uuid + XMP + data[32:]
    return data


@pytest.mark.parametrize("output", [{"format": "png"}, {"format": "same"}])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "JPEG2000"])
def test_an_orientation_in_xmp_is_ignored(image_format: str, output: dict[str, str]) -> None:
    data = with_xmp(image_format)
    assert b'tiff:Orientation="6"' in data
    assert description(data).orientation == 1
    shown = image(data, [], output)
    assert shown.size == (64, 32)
    assert images.corners(shown) == UPRIGHT
