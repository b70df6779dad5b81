"""PNG files of our own writer, read by Pillow."""

import pytest
from PIL import Image, ImageCms

from darkroom_processor.pipeline.encoding import png_writer
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from tools.testbed import images

FILTER_TYPES = range(4)


@pytest.mark.parametrize("filter_type", FILTER_TYPES)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(61, 47), (1, 1), (1, 40), (40, 1)])
def test_pixels_survive_every_filter_in_chunks_of_rows(
    filter_type: int, mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = images.photo(*size, "RGBA" if mode == "LA" else mode).convert(mode)
    monkeypatch.setattr(png_writer, "_best_filter", lambda _: filter_type)
    monkeypatch.setattr(png_writer, "_CHUNK_BYTES", 4 * size[0] * 10)
    read = images.opened(png_writer.file_of(source, 5, KeptMetadata()))
    assert (read.format, read.mode, read.size) == ("PNG", mode, size)
    assert read.tobytes() == source.tobytes()


def drawing() -> Image.Image:
    """Draw noise in few colours, in which no pixel is like its neighbours."""
    return images.photo(160, 120).quantize(200, dither=Image.Dither.FLOYDSTEINBERG).effect_spread(40).convert("RGB")


@pytest.mark.parametrize("source", [images.photo(160, 120), drawing(), images.photo(160, 120, "L")])
def test_the_filter_chosen_on_samples_is_as_good_as_the_best(source: Image.Image) -> None:
    chunks = png_writer._row_boxes(source)
    lengths = [len(png_writer._packed(source, filter_type, 5, chunks)) for filter_type in FILTER_TYPES]
    assert lengths[png_writer._best_filter(source)] <= 1.05 * min(lengths)


def test_metadata_is_written() -> None:
    exif = Image.Exif()
    exif[0x13B] = "Ansel"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    read = images.opened(
        png_writer.file_of(images.photo(30, 20), 5, KeptMetadata(exif.tobytes(), icc, b"<x:xmpmeta/>"))
    )
    assert (read.info["icc_profile"], read.info["xmp"]) == (icc, b"<x:xmpmeta/>")
    assert read.getexif()[0x13B] == "Ansel"


def test_higher_levels_compress_more() -> None:
    source = images.photo(160, 120)
    none, some, most = (len(png_writer.file_of(source, level, KeptMetadata())) for level in (0, 3, 9))
    assert none > 160 * 120 * 3 > some > most
