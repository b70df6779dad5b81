"""PNGs with faulty side information: the pixels do not change."""

import struct
import zlib

import pytest
from PIL import ExifTags, Image

from darkroom import limits
from darkroom_processor.pipeline.cleaning.png import clean
from tests.processor.pipeline.cleaning.png_files import DATA, GREY, INDEXED, PHOTO, PLACES, bad_checksum, with_chunk
from tests.processor.pipeline.running import description, image, picture
from tests.support import profiles
from tests.support.bombs import chunk
from tools.testbed import images

pytestmark = pytest.mark.slow

XMP = b"<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>"
PACKED = zlib.compress(b"value")

FAULTY = {
    **{
        f"{kind.decode()} with a wrong checksum": bad_checksum(kind, body)
        for kind, body in {
            b"tEXt": b"k\0v",
            b"zTXt": b"k\0\0" + PACKED,
            b"iTXt": b"k\0\0\0\0\0v",
            b"pHYs": struct.pack(">IIB", 1, 1, 1),
            b"gAMA": struct.pack(">I", 45455),
            b"cHRM": bytes(32),
            b"sRGB": b"\0",
            b"iCCP": b"p\0\0" + zlib.compress(profiles.rgb_profile()),
            b"eXIf": b"II*\0\x08\0\0\0\0\0",
            b"tIME": bytes(7),
            b"bKGD": bytes(6),
            b"prVt": b"anything",
            b"tRNS": bytes(6),
            b"acTL": struct.pack(">II", 2, 0),
        }.items()
    },
    **{
        f"{kind.decode()} of {length} bytes": chunk(kind, bytes(length))
        for kind, length in [
            *((kind, length) for kind in (b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"cICP") for length in (0, 3, 50)),
            *(
                (kind, length)
                for kind in (b"tRNS", b"acTL", b"fcTL", b"fdAT", b"mDCV", b"cLLI")
                for length in (0, 1, 70)
            ),
            *((kind, 0) for kind in (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"bKGD", b"hIST", b"sBIT", b"sPLT")),
        ]
    },
    "iCCP packed by another method": chunk(b"iCCP", b"p\0\1" + zlib.compress(profiles.rgb_profile())),
    "iCCP that is not packed": chunk(b"iCCP", b"p\0\0" + profiles.rgb_profile()),
    "iCCP cut": chunk(b"iCCP", b"p\0\0" + zlib.compress(profiles.rgb_profile())[:40]),
    "iCCP without a method": chunk(b"iCCP", b"p\0"),
    "iCCP without a separator": chunk(b"iCCP", b"profile"),
    "iCCP without a name": chunk(b"iCCP", b"\0\0" + zlib.compress(profiles.rgb_profile())),
    "iCCP with a long name": chunk(b"iCCP", b"p" * 80 + b"\0\0" + zlib.compress(profiles.rgb_profile())),
    "iCCP of nonsense": chunk(b"iCCP", b"p\0\0" + zlib.compress(b"nonsense" * 40)),
    "sRGB with an unknown intent": chunk(b"sRGB", b"\xff"),
    "gAMA of nothing": chunk(b"gAMA", bytes(4)),
    "zTXt packed by another method": chunk(b"zTXt", b"k\0\1" + PACKED),
    "zTXt broken": chunk(b"zTXt", b"k\0\0nonsense"),
    "iTXt packed by another method": chunk(b"iTXt", b"k\0\1\1\0\0" + PACKED),
    "iTXt broken": chunk(b"iTXt", b"k\0\1\0\0\0nonsense"),
    "iTXt that is no UTF-8": chunk(b"iTXt", b"k\0\0\0\xff\0\xff\0\xff\xfe"),
    "text over the limit": chunk(b"tEXt", b"workflow\0" + bytes(limits.MAX_TEXT_BYTES + 1)),
    "packed text over the limit": chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(2_000_000))),
    "XMP over the limit": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"x" * 2_000_000),
    **{
        f"text called {keyword}": chunk(b"tEXt", keyword.encode() + b"\0value")
        for keyword in ("interlace", "transparency", "icc_profile", "exif", "xmp", "dpi", "gamma", "bbox", "duration")
    },
    "EXIF of nonsense": chunk(b"eXIf", b"nonsense"),
    "EXIF as text of nonsense": chunk(b"tEXt", b"Raw profile type exif\0\nexif\n  4\nnonsense"),
    **{
        f"a chunk called {kind!r}": chunk(kind, b"anything")
        for kind in (b"a\0Bc", b"ab1d", b"text", b"\xe4BCd", b"    ", b"1234", b"A\xffCD", b"prvt")
    },
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_in_side_information_changes_nothing(name: str, place: str) -> None:
    assert image(with_chunk(DATA, FAULTY[name], place), []).tobytes() == PHOTO.tobytes()


@pytest.mark.parametrize("place", ["before", "between", "behind"])
@pytest.mark.parametrize("kind", [b"tRNS", b"PLTE", b"IHDR", b"acTL", b"sRGB"])
def test_only_the_first_of_repeated_unique_chunks_is_used(kind: bytes, place: str) -> None:
    data = with_chunk(images.encoded(PHOTO.quantize(16), "PNG", transparency=1), chunk(b"sRGB", b"\0"), "first")
    second = chunk(kind, {b"IHDR": struct.pack(">IIBBBBB", 5, 5, 8, 2, 0, 0, 0)}.get(kind, b"\1"))
    assert image(with_chunk(data, second, place), []).tobytes() == image(data, []).tobytes()


@pytest.mark.parametrize("place", ["between", "behind"])
@pytest.mark.parametrize("data", [DATA, GREY, INDEXED])
def test_chunks_after_the_start_of_the_pixels_do_not_change_colours(data: bytes, place: str) -> None:
    plain = image(data, []).tobytes()
    red, green, blue = PHOTO.getpixel((0, 0))  # type: ignore[misc]
    level = PHOTO.convert("L").getpixel((0, 0))
    extras = [
        chunk(b"tRNS", struct.pack(">HHH", red, green, blue)),
        chunk(b"tRNS", struct.pack(">H", level)),
        chunk(b"tRNS", bytes(16)),
        chunk(b"PLTE", bytes(48)),
        chunk(b"iCCP", b"p\0\0" + zlib.compress(profiles.rgb_profile())),
        chunk(b"gAMA", struct.pack(">I", 100_000)),
        chunk(b"XXXX", b"unknown, and critical"),
    ]
    for extra in extras:
        assert image(with_chunk(data, extra, place), []).tobytes() == plain


@pytest.mark.parametrize("length", [0, 17, 200, 300])
def test_transparency_with_more_entries_than_the_palette_is_dropped(length: int) -> None:
    data = with_chunk(INDEXED, chunk(b"tRNS", bytes(length)), "before")
    assert image(data, []).tobytes() == image(INDEXED, []).tobytes()


@pytest.mark.parametrize(("kind", "packed"), [("plain", False), ("packed", True)])
@pytest.mark.parametrize("place", PLACES)
def test_xmp_is_read_at_any_position(kind: str, packed: object, place: str) -> None:
    text = b"\1\0\0\0" + zlib.compress(XMP) if packed else b"\0\0\0\0" + XMP
    data = with_chunk(DATA, chunk(b"iTXt", b"XML:com.adobe.xmp\0" + text), place)
    assert clean(data).xmp == XMP
    assert description(data).has_gps
    assert XMP in picture(data, [], {"format": "png", "keep_metadata": "all"}).data


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("as_text", [False, True])
def test_exif_orientation_is_applied_at_any_position(place: str, as_text: object) -> None:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = 6
    contents = block.tobytes()
    extra = chunk(b"eXIf", contents.removeprefix(b"Exif\0\0"))
    if as_text:
        extra = chunk(
            b"zTXt",
            b"Raw profile type exif\0\0" + zlib.compress(f"\nexif\n {len(contents)}\n{contents.hex()}\n".encode()),
        )
    assert image(with_chunk(DATA, extra, place), []).size == (16, 24)


def test_a_file_without_faults_is_not_copied() -> None:
    assert clean(DATA).data is DATA
    extra = chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)) + chunk(b"prVt", b"anything") + chunk(b"tIME", bytes(7))
    data = with_chunk(DATA, extra, "before")
    assert clean(data).data is data
    assert description(data).dpi == (72.01, 72.01)
