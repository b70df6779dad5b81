"""Files that are accepted or refused. The pipeline raises no errors but its own."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from darkroom import limits
from darkroom.errors import FrameLimit, ImageError, PixelLimit, TruncatedImage, UndecodableImage
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, process
from darkroom_processor.pipeline.opening.open_image import open_image
from tests.processor.pipeline.running import description, image, picture, variant
from tests.support import bombs, profiles, raw_files
from tests.support.corpus import corpus_params
from tests.support.recipes import LOGO
from tools.testbed import images

pytestmark = pytest.mark.slow

LOOK = Instructions(variants=(), describe=True)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "PPM"]


@pytest.mark.parametrize("image_format", FORMATS)
def test_every_supported_format_is_read(image_format: str) -> None:
    data = images.encoded(images.marked(64, 64), image_format)
    assert images.corners(image(data, [])) == {name: name for name in images.CORNERS}
    assert description(data).format == image_format.lower()


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n"],
)
def test_files_without_an_image_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableImage):
        process(data, LOOK)


@pytest.mark.parametrize("image_format", ["PCX", "TGA", "ICNS", "DDS", "SGI", "EPS"])
def test_unsupported_formats_are_refused(image_format: str) -> None:
    with pytest.raises(UndecodableImage):
        process(images.encoded(images.marked(64, 64), image_format), LOOK)


@pytest.mark.parametrize("name", [*raw_files.files(), *raw_files.OTHERS])
def test_camera_raw_is_refused_by_name_instead_of_its_thumbnail(name: str) -> None:
    data, kind = raw_files.files().get(name) or (raw_files.OTHERS[name], name)
    with pytest.raises(UndecodableImage, match="Camera RAW") as refused:
        process(data, LOOK)
    assert kind in refused.value.message


@pytest.mark.parametrize("path", corpus_params("raw/*"))
def test_raw_files_of_the_corpus_are_refused(path: Path) -> None:
    with pytest.raises(UndecodableImage, match="Camera RAW"):
        process(path.read_bytes(), LOOK)


@pytest.mark.parametrize("image_format", FORMATS)
def test_files_of_only_magic_bytes_are_refused(image_format: str) -> None:
    data = images.encoded(images.marked(64, 64), image_format)
    with pytest.raises(ImageError):
        process(data[:16], LOOK)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF", "JPEG2000"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_truncated_files_are_refused(image_format: str, part: float) -> None:
    data = images.encoded(images.photo(200, 150), image_format)
    with pytest.raises((TruncatedImage, UndecodableImage)):
        process(data[: int(len(data) * part)], LOOK)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_file_that_was_cut_is_called_truncated(image_format: str) -> None:
    data = images.encoded(images.photo(200, 150), image_format)
    with pytest.raises(TruncatedImage):
        process(data[: len(data) // 2], LOOK)


def test_a_multi_picture_jpeg_shows_its_first_image() -> None:
    out = io.BytesIO()
    images.marked(64, 48).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    told = description(out.getvalue())
    assert (told.format, told.frames) == ("jpeg", 1)
    assert images.corners(image(out.getvalue(), [{"op": "resize", "width": 16}])) == {
        name: name for name in images.CORNERS
    }


def flood(width: int, height: int) -> bytes:
    """Return a one-bit PNG that announces many pixels but has few bytes."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize("size", [(10_000, 5_001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(PixelLimit):
        process(flood(*size), LOOK)


def test_the_largest_size_within_the_limit_is_accepted() -> None:
    assert open_image(flood(10_000, 5_000)).stored_size == (10_000, 5_000)


MOVING = {"format": "webp", "frames": "all"}


def both_ways(data: bytes) -> tuple[EncodedVariant, EncodedVariant | FailedVariant]:
    """Return the outcomes of a still variant, which must succeed, and of an animated one."""
    variants = (variant([], name="still"), variant([], MOVING, "moving"))
    still, moved = process(data, Instructions(variants=variants, describe=True)).outcomes
    assert isinstance(still, EncodedVariant)
    return still, moved


def test_pixels_of_all_frames_count_only_if_frames_are_kept() -> None:
    still, moved = both_ways(images.animation(1000, 600, 90, "GIF"))
    assert (still.width, still.height) == (1000, 600)
    assert isinstance(moved, FailedVariant)
    assert moved.code == "pixel_limit"
    assert "frames" in moved.message


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG"])
def test_the_number_of_frames_counts_only_if_frames_are_kept(image_format: str) -> None:
    width = limits.MAX_FRAMES + 1
    _, kept = both_ways(images.animation(width, 1, limits.MAX_FRAMES, image_format))
    assert isinstance(kept, EncodedVariant)
    assert getattr(images.opened(kept.data), "n_frames", 1) == limits.MAX_FRAMES
    more = images.animation(width, 1, limits.MAX_FRAMES + 1, image_format)
    _, moved = both_ways(more)
    assert isinstance(moved, FailedVariant)
    assert moved.code == "frame_limit"
    assert description(more).frames == limits.MAX_FRAMES + 1


def test_the_first_of_many_pages_is_processed() -> None:
    data = images.animation(200, 2, 300, "TIFF")
    assert description(data).frames == 300
    assert image(data, []).size == (200, 2)


def test_the_first_frame_of_many_serves_as_an_overlay() -> None:
    mark = variant([{"op": "watermark", "image": LOGO.model_dump()}])
    overlays = {LOGO: bombs.endless_gif(5000, 90, 90)}
    outcomes = process(images.png(64, 64), Instructions(variants=(mark,), describe=False, overlays=overlays)).outcomes
    assert isinstance(outcomes[0], EncodedVariant)


def with_scans(extra: int) -> bytes:
    """Return a progressive JPEG with `extra` copies of its last scan."""
    data = images.encoded(images.photo(64, 64), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * extra + data[-2:]


def test_too_many_scans_are_refused() -> None:
    assert description(with_scans(20)).width == 64
    with pytest.raises(FrameLimit):
        process(with_scans(limits.MAX_SCANS), LOOK)


def test_scan_markers_in_metadata_do_not_count() -> None:
    comment = b"\xff\xda" * 500
    assert description(images.encoded(images.photo(64, 64), "JPEG", comment=comment)).width == 64


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "TIFF", "AVIF", "PNG"])
def test_a_huge_colour_profile_is_dropped(image_format: str) -> None:
    profile = profiles.rgb_profile().ljust(limits.MAX_ICC_BYTES + 1, b"\1")
    told = description(images.encoded(images.marked(8, 8), image_format, icc_profile=profile))
    assert told.icc_profile is None


@pytest.mark.parametrize("path", corpus_params("formats/*.*") + corpus_params("photos/*.*"))
def test_every_file_of_the_corpus_is_read(path: Path) -> None:
    data = path.read_bytes()
    assert description(data).width > 0
    small = picture(data, [{"op": "resize", "width": 32, "height": 32, "fit": "contain"}], {"format": "webp"})
    assert (small.width, small.height) == (32, 32)


@pytest.mark.parametrize("path", corpus_params("formats/pngsuite/*.png"))
def test_every_file_of_pngsuite_is_read(path: Path) -> None:
    data = path.read_bytes()
    assert description(data).width == images.opened(data).width


@pytest.mark.parametrize("path", corpus_params("malformed/*"))
def test_malformed_files_are_refused(path: Path) -> None:
    with pytest.raises((UndecodableImage, TruncatedImage)):
        process(path.read_bytes(), LOOK)


def test_one_pixel_is_enough_for_every_format() -> None:
    data = images.encoded(Image.new("RGBA", (1, 1), (1, 2, 3, 100)), "PNG")
    names = ["jpeg", "png", "webp", "avif", "gif", "tiff", "same", "auto"]
    variants = tuple(variant([{"op": "resize", "width": 100}], {"format": name}, name) for name in names)
    outcomes = process(data, Instructions(variants=variants, describe=True)).outcomes
    assert [outcome.name for outcome in outcomes if isinstance(outcome, EncodedVariant)] == names
