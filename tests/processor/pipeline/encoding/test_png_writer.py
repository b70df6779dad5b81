"""PNG files that are written here rather than by Pillow, which reads them."""

import pytest
from PIL import Image, ImageCms

from darkroom_processor.pipeline.encoding import png_writer
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from tests.support import images

WAYS = range(4)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(61, 47), (1, 1), (1, 40), (40, 1)])
def test_pixels_come_back_in_whichever_way_and_however_many_rows_at_a_time(
    way: int, mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = images.photo(*size, "RGBA" if mode == "LA" else mode).convert(mode)
    monkeypatch.setattr(png_writer, "_best_filter", lambda _: way)
    monkeypatch.setattr(png_writer, "_CHUNK_BYTES", 4 * size[0] * 10)
    read = images.opened(png_writer.file_of(source, 5, KeptMetadata()))
    assert (read.format, read.mode, read.size) == ("PNG", mode, size)
    assert read.tobytes() == source.tobytes()


def drawing() -> Image.Image:
    """Noise in few colours, which neighbours tell nothing of."""
    return images.photo(160, 120).quantize(200, dither=Image.Dither.FLOYDSTEINBERG).effect_spread(40).convert("RGB")


@pytest.mark.parametrize("source", [images.photo(160, 120), drawing(), images.photo(160, 120, "L")])
def test_the_way_that_is_found_on_samples_is_as_short_as_the_best(source: Image.Image) -> None:
    bands = png_writer._row_boxes(source)
    lengths = [len(png_writer._packed(source, way, 5, bands)) for way in WAYS]
    assert lengths[png_writer._best_filter(source)] <= 1.05 * min(lengths)


def test_metadata_goes_into_the_file() -> None:
    exif = Image.Exif()
    exif[0x13B] = "Ansel"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    read = images.opened(
        png_writer.file_of(images.photo(30, 20), 5, KeptMetadata(exif.tobytes(), icc, b"<x:xmpmeta/>"))
    )
    assert (read.info["icc_profile"], read.info["xmp"]) == (icc, b"<x:xmpmeta/>")
    assert read.getexif()[0x13B] == "Ansel"


def test_levels_take_from_no_packing_to_most() -> None:
    source = images.photo(160, 120)
    none, some, most = (len(png_writer.file_of(source, level, KeptMetadata())) for level in (0, 3, 9))
    assert none > 160 * 120 * 3 > some > most
