"""Copies of TIFFs: the strips or tiles of the first page up to their ends, with a new directory."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from darkroom.jobs import VariantWarning
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import tiff
from darkroom_processor.pipeline.passthrough.differencing import difference
from tests.processor.pipeline.running import variant
from tests.support import metadata_samples
from tests.support.file_parts import has_only_pixels
from tools.testbed import images

SECRET = b"SECRET"
PHOTO = images.photo(61, 83)
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F"]
PACKED = [None, "tiff_lzw", "packbits", "tiff_adobe_deflate", "tiff_deflate", "lzma", "zstd"]
LOSSY: list[tuple[str, str | None]] = [("RGB", "jpeg"), ("L", "jpeg")]
FAX: list[tuple[str, str | None]] = [("1", "group3"), ("1", "group4")]
KEPT = [*((mode, packed) for mode in MODES for packed in PACKED), *LOSSY]


def page(mode: str, packed: str | None, **options: Any) -> bytes:
    source = PHOTO if mode in {"P", "RGB", "RGBA", "LA"} else PHOTO.convert("L")
    image = source.convert(mode)
    if packed:
        options["compression"] = packed
    return images.encoded(image, "TIFF", **options)


def opened(data: bytes) -> TiffImageFile:
    image = Image.open(io.BytesIO(data))
    assert isinstance(image, TiffImageFile)
    return image


def own(data: bytes, kept: KeptMetadata | None = None) -> bytes:
    made = tiff.copy_coded_pixels(data, opened(data).tag_v2, kept or KeptMetadata())
    assert made is not None
    return made


def same(one: bytes, other: bytes) -> bool:
    first, second = images.opened(one), images.opened(other)
    return (first.mode, first.size, first.tobytes()) == (second.mode, second.size, second.tobytes())


@pytest.mark.parametrize(("mode", "packed"), KEPT)
def test_a_copied_page_has_the_same_pixels_in_no_more_bytes(mode: str, packed: str | None) -> None:
    data = page(mode, packed, dpi=(72, 72), description="SECRET")
    made = own(data + SECRET)
    assert SECRET not in made
    assert same(made, data)
    assert len(made) < len(data)
    assert has_only_pixels(made)


@pytest.mark.parametrize(("mode", "packed"), KEPT + FAX)
def test_optimizing_loses_nothing_and_adds_no_bytes(mode: str, packed: str | None) -> None:
    data = page(mode, packed)
    [made] = process(data, Instructions(variants=(variant([], {"format": "same"}),), describe=False)).outcomes
    assert isinstance(made, EncodedVariant)
    assert len(made.data) <= len(data)
    assert VariantWarning.LARGER_THAN_SOURCE not in made.warnings
    deep = mode in {"I;16", "I", "F"}
    shown = (images.opened(file) if deep else images.opened(file).convert("RGBA") for file in (made.data, data))
    assert len({image.tobytes() for image in shown}) == 1


def test_only_the_first_of_several_pages_is_copied() -> None:
    data = images.encoded(PHOTO, "TIFF", save_all=True, append_images=[PHOTO.rotate(180)], compression="tiff_lzw")
    made = own(data)
    assert same(made, data)
    assert getattr(Image.open(io.BytesIO(made)), "n_frames", 0) == 1


def directory(entries: dict[int, tuple[int, int, int]], chunks: bytes) -> bytes:
    rows = b"".join(
        struct.pack(">HHII", tag, kind, count, value) for tag, (kind, count, value) in sorted(entries.items())
    )
    return b"MM\0*" + struct.pack(">IH", 8, len(entries)) + rows + bytes(4) + chunks


@pytest.mark.parametrize(
    ("compression", "packed"),
    [
        (1, bytes(range(64))),
        (8, zlib.compress(bytes(range(64)))),
        (32773, b"".join(bytes([15, *range(at, at + 16)]) for at in (0, 16, 32, 48))),
    ],
)
def test_bytes_after_the_data_of_a_tile_are_removed(compression: int, packed: bytes) -> None:
    short, long = 3, 4
    entries = {
        256: (short, 1, 5 << 16),
        257: (short, 1, 3 << 16),
        258: (short, 1, 8 << 16),
        259: (short, 1, compression << 16),
        262: (short, 1, 1 << 16),
        322: (short, 1, 16 << 16),
        323: (long, 1, 4),
        324: (long, 1, 8 + 2 + 12 * 9 + 4),
        325: (long, 1, len(packed) + len(SECRET)),
    }
    data = directory(entries, packed + SECRET)
    made = own(data)
    assert SECRET not in made
    assert same(made, data)


@pytest.mark.parametrize("name", ["tiff_adobe_deflate", "packbits", "tiff_lzw", "lzma", "zstd"])
def test_chunks_that_decompress_to_another_size_are_not_copied(name: str) -> None:
    data = page("L", name)
    tags = dict(opened(data).tag_v2)
    assert tiff.copy_coded_pixels(data, tags | {256: 60}, KeptMetadata()) is None or name == "zstd"
    assert (
        tiff.copy_coded_pixels(data, tags | {279: tuple(3 for _ in opened(data).tag_v2[279])}, KeptMetadata()) is None
    )


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize(("bits", "samples"), [(8, 1), (8, 3), (16, 1), (16, 4), (32, 2)])
def test_differences_add_up_to_the_samples(bits: int, samples: int, order: Any) -> None:
    size = bits // 8
    row_bytes = 7 * samples * size
    rows = bytes(at * at * 37 % 251 for at in range(2 * row_bytes))
    made = difference(rows, row_bytes, bits, samples, order)
    for start in (0, row_bytes):
        numbers = [int.from_bytes(made[at : at + size], order) for at in range(start, start + row_bytes, size)]
        for at in range(samples, len(numbers)):
            numbers[at] = (numbers[at] + numbers[at - samples]) % (1 << bits)
        assert b"".join(number.to_bytes(size, order) for number in numbers) == rows[start : start + row_bytes]


def test_kept_metadata_is_written_as_tags() -> None:
    exif = Image.Exif()
    exif[0x013B] = "the artist"
    made = own(page("RGB", "jpeg"), KeptMetadata(exif=exif.tobytes(), icc=b"a profile", xmp=b"<x/>"))
    info = images.opened(made)
    assert (info.info["icc_profile"], info.getexif()[0x013B], info.info["xmp"]) == (b"a profile", "the artist", b"<x/>")


def test_no_metadata_is_copied() -> None:
    data = metadata_samples.with_metadata("TIFF")
    made = own(data)
    assert SECRET not in made
    assert has_only_pixels(made)
    assert same(made, data)
