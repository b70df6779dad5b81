"""Hostile files are refused with the right code, or processed within limits, and quickly."""

import struct
import zlib

import pytest

from darkroom import limits
from darkroom.errors import FrameLimit, ImageError, PixelLimit
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, ProcessedImage, process
from tests.processor.pipeline.running import variant
from tests.support import bombs
from tests.support.cpu_limit import within_cpu_limit
from tests.support.file_parts import has_only_pixels
from tools.testbed import images

pytestmark = pytest.mark.slow

SMALL = variant([{"op": "resize", "width": 24}], {"format": "png"})
EVERYTHING = variant([], {"format": "same", "keep_metadata": "all", "frames": "all"}, "all")
WORK = Instructions(variants=(SMALL, EVERYTHING), describe=True)


def run(data: bytes) -> ProcessedImage | ImageError:
    """Process, and accept an error of the pipeline as well as a result."""
    try:
        return process(data, WORK)
    except ImageError as error:
        return error


@pytest.mark.parametrize(("name", "data"), list(bombs.flood_headers()), ids=lambda value: str(value)[:8])
def test_too_many_pixels_are_refused_by_the_header(name: str, data: bytes) -> None:
    with within_cpu_limit(), pytest.raises(PixelLimit):
        process(data, WORK)


def test_real_files_of_too_many_pixels_are_refused() -> None:
    data = bombs.flood_png(14_000, 12_700)
    assert len(data) < 60_000
    with within_cpu_limit(), pytest.raises(PixelLimit):
        process(data, WORK)


@pytest.mark.parametrize("size", [(10_000, 5_000), (50_000_000, 1), (1, 2_000_000), (40_000, 1250)])
def test_the_largest_accepted_images_are_processed(size: tuple[int, int]) -> None:
    data = bombs.flood_png(*size)
    square = {"op": "resize", "width": 24, "height": 24, "fit": "fill", "enlarge": True}
    variants = tuple(variant([{**square, "filter": name}], {"format": "png"}, name) for name in ("lanczos", "nearest"))
    with within_cpu_limit():
        done = process(data, Instructions(variants=variants, describe=True))
    assert [(one.width, one.height) for one in done.outcomes if isinstance(one, EncodedVariant)] == [(24, 24)] * 2


def test_too_many_pixels_in_an_icon_are_refused_by_the_header() -> None:
    nested = dict(bombs.flood_headers())["png"]
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(nested), 22)
    with within_cpu_limit(), pytest.raises(PixelLimit):
        process(b"\0\0\1\0\1\0" + entry + nested, WORK)


def test_too_many_scans_are_refused_quickly() -> None:
    with within_cpu_limit(), pytest.raises(FrameLimit):
        process(bombs.progressive(2000), WORK)


@pytest.mark.parametrize(("before", "jump"), [(b"\xff", 0xE5FF), (b"\xff\xd3", 0xFFE5)])
def test_scans_after_bytes_outside_segments_are_counted(before: bytes, jump: int) -> None:
    # A reader that took these bytes for a segment of this length would find only one scan after it.
    one_scan = b"\xff\xc0\0\x0b\x08\0\x40\0\x40\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0"
    segment = bytearray(b"\xff\xe5\xff\xff" + bytes(0xFFFD))
    start = 2 + jump - len(before)
    segment[start : start + len(one_scan)] = one_scan
    data = bombs.progressive(2000)
    with within_cpu_limit(), pytest.raises(FrameLimit):
        process(data[:2] + before + bytes(segment) + data[2:], WORK)


@pytest.mark.parametrize("marker", [0x01, 0x02, 0xBF])
def test_scans_found_while_searching_a_restart_marker_are_counted(marker: int) -> None:
    data = images.encoded(images.photo(64, 64), "JPEG", progressive=True, restart_marker_blocks=1)
    last = data.rindex(b"\xff\xda")
    scan = data[last : last + 10]
    with within_cpu_limit(), pytest.raises(FrameLimit):
        process(data[:last] + scan + bytes([0xFF, marker, 0xFF, 0]) + scan * 6000 + b"\xff\xd9", WORK)


def test_fill_bytes_and_restart_markers_before_a_segment_are_harmless() -> None:
    plain = images.encoded(images.photo(64, 64), "JPEG", comment=b"\xff\xda" * 500)
    for extra in (b"\xff" * 9, b"\xff\xd3"):
        assert isinstance(process(plain[:2] + extra + plain[2:], WORK), ProcessedImage)


@pytest.mark.parametrize(
    ("frames", "told", "code"),
    [(90, 90, "pixel_limit"), (5000, 5000, "frame_limit"), (400_000, limits.MOST_FRAMES_COUNTED, "frame_limit")],
)
def test_only_the_first_of_very_many_frames_is_decoded(frames: int, told: int, code: str) -> None:
    with within_cpu_limit():
        done = process(bombs.endless_gif(frames), WORK)
    still, moved = done.outcomes
    assert isinstance(still, EncodedVariant)
    assert isinstance(moved, FailedVariant)
    assert moved.code == code
    assert done.description is not None
    assert done.description.frames == told


@pytest.mark.parametrize("pages", [3, 3000, 100_000])
@pytest.mark.parametrize("cyclic", [False, True])
def test_only_the_first_of_very_many_pages_is_decoded(pages: int, cyclic: object) -> None:
    with within_cpu_limit():
        done = process(bombs.tiff_chain(pages, cyclic=bool(cyclic)), WORK)
    assert all(isinstance(outcome, EncodedVariant) for outcome in done.outcomes)
    assert done.description is not None
    assert done.description.frames <= limits.MOST_FRAMES_COUNTED


@pytest.mark.parametrize(("name", "data"), list(bombs.text_bombs()), ids=lambda value: str(value)[:8])
def test_text_that_decompresses_to_very_much_is_dropped(name: str, data: bytes) -> None:
    with within_cpu_limit():
        done = process(data, WORK)
    assert all(isinstance(outcome, EncodedVariant) and len(outcome.data) < 10_000 for outcome in done.outcomes)


def test_a_profile_that_decompresses_to_very_much_is_dropped() -> None:
    with within_cpu_limit():
        done = process(bombs.profile_bomb(), WORK)
    assert done.description is not None
    assert done.description.icc_profile is None


def test_only_some_of_very_many_compressed_chunks_are_decompressed() -> None:
    packed = zlib.compress(bytes(900_000), 9)
    profile, packet = b"icc\0\0" + packed[:-1], b"XML:com.adobe.xmp\0\1\0\0\0" + packed[:-1]
    data = bombs.png_with(*[bombs.chunk(b"iCCP", profile), bombs.chunk(b"iTXt", packet)] * 2000)
    with within_cpu_limit():
        assert isinstance(process(data, WORK), ProcessedImage)


@pytest.mark.parametrize(("name", "data"), list(bombs.exif_bombs()), ids=lambda value: str(value)[:16])
def test_hostile_exif_never_fails_the_job(name: str, data: bytes) -> None:
    with within_cpu_limit():
        done = process(data, WORK)
    assert done.description is not None
    assert all(isinstance(outcome, EncodedVariant) for outcome in done.outcomes)


@pytest.mark.parametrize(("name", "data", "payload"), list(bombs.polyglots()), ids=lambda value: str(value)[:24])
def test_only_the_image_of_a_polyglot_file_remains(name: str, data: bytes, payload: bytes) -> None:
    done = process(data, Instructions(variants=(SMALL, variant([], {"format": "same"}, "same")), describe=True))
    for outcome in done.outcomes:
        assert isinstance(outcome, EncodedVariant)
        assert payload not in outcome.data
        assert has_only_pixels(outcome.data)


def _shortest(image_format: str) -> bytes:
    """Return a file that no encoder makes smaller."""
    picture = images.photo(48, 32)
    match image_format:
        case "JPEG" | "WEBP" | "AVIF":
            return images.encoded(
                picture, image_format, quality=1, **({"optimize": True} if image_format == "JPEG" else {})
            )
        case "TIFF":
            return images.encoded(picture, "TIFF", compression="jpeg", quality=1)
        case _:
            return images.encoded(picture.quantize(2), image_format)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("payload", [b"<html><script>alert('PAYLOAD')</script></html>", b"<?php system('PAYLOAD'); ?>"])
def test_only_the_image_of_a_copied_polyglot_file_remains(image_format: str, payload: bytes) -> None:
    plain = _shortest(image_format)
    polyglots = [plain + payload]
    match image_format:
        case "JPEG":
            segment = b"\xff\xfe" + struct.pack(">H", 2 + len(payload)) + payload
            polyglots += [plain[:2] + segment + plain[2:], plain[:20] + payload + plain[20:]]
        case "PNG":
            polyglots += [plain[:33] + bombs.chunk(kind, payload) + plain[33:] for kind in (b"prVt", b"tEXt", b"pHYs")]
        case "GIF":
            comment = b"\x21\xfe" + bytes([len(payload)]) + payload + b"\0"
            polyglots += [plain[:-1] + comment + plain[-1:]]
        case "WEBP":
            chunk = b"PRIV" + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2)
            polyglots += [b"RIFF" + struct.pack("<I", len(plain) - 8 + len(chunk)) + plain[8:] + chunk]
        case "AVIF":
            box = struct.pack(">I", 8 + len(payload))
            polyglots = [plain + box + kind + payload for kind in (b"free", b"skip", b"mdat", b"uuid")]
        case _:
            pass
    for data in polyglots:
        [made] = process(
            data, Instructions(variants=(variant([], {"format": "same", "quality": 75}),), describe=False)
        ).outcomes
        assert isinstance(made, EncodedVariant)
        assert b"PAYLOAD" not in made.data
        assert has_only_pixels(made.data)
        assert len(made.data) <= len(plain)


@pytest.mark.parametrize(
    "image_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "JPEG2000", "BMP", "ICO", "PPM"]
)
def test_a_file_truncated_at_any_kilobyte_is_handled(image_format: str) -> None:
    data = images.encoded(images.photo(160, 120), image_format)
    lengths = range(0, len(data), max(1024, len(data) // 40))
    for length in lengths:
        assert isinstance(run(data[:length]), ProcessedImage | ImageError)


@pytest.mark.parametrize(
    "image_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "JPEG2000", "BMP", "ICO", "PPM"]
)
def test_any_damaged_byte_of_a_header_is_handled(image_format: str) -> None:
    data = images.encoded(images.marked(32, 32), image_format)
    for at in range(min(len(data), 400)):
        damaged = bytearray(data)
        damaged[at] ^= (0xFF, 0x01, 0x80)[at % 3]
        with within_cpu_limit():
            assert isinstance(run(bytes(damaged)), ProcessedImage | ImageError)
