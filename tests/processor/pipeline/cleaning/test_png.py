"""Faults in the side information of a PNG: the picture comes out as if they were not there."""

import struct
import zlib

import pytest
from PIL import ExifTags, Image

from darkroom import limits
from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom_processor.pipeline.cleaning.png import clean
from darkroom_processor.pipeline.containers.png import MAGIC, walk
from tests.processor.pipeline.running import description, image, picture
from tests.support import images, profiles
from tests.support.bombs import chunk

pytestmark = pytest.mark.slow

PHOTO = images.photo(24, 16)
DATA = images.encoded(PHOTO, "PNG")
GREY = images.encoded(PHOTO.convert("L"), "PNG")
INDEXED = images.encoded(PHOTO.quantize(16), "PNG")
PLACES = ["first", "before", "between", "behind"]
XMP = b"<x:xmpmeta>exif:GPSLatitude</x:xmpmeta>"
PACKED = zlib.compress(b"value")


def bad_checksum(kind: bytes, body: bytes) -> bytes:
    """A chunk whose checksum is wrong."""
    return chunk(kind, body)[:-4] + b"\1\2\3\4"


def with_chunk(data: bytes, extra: bytes, place: str) -> bytes:
    """The file with one more chunk: behind its header, before, between or behind its image data."""
    header, *others, end = [bytes(one.file[one.start : one.end]) for one in walk(data)]
    pixels = b"".join(bytes(one.body) for one in walk(data) if one.kind == b"IDAT")
    before = [one for one in others if one[4:8] != b"IDAT"]
    halves = [chunk(b"IDAT", pixels[:50]), chunk(b"IDAT", pixels[50:])]
    parts = {
        "first": [header, extra, *before, *halves, end],
        "before": [header, *before, extra, *halves, end],
        "between": [header, *before, halves[0], extra, halves[1], end],
        "behind": [header, *before, *halves, extra, end],
    }
    return MAGIC + b"".join(parts[place])


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
def test_a_chunk_that_must_be_unique_counts_the_first_time_only(kind: bytes, place: str) -> None:
    data = with_chunk(images.encoded(PHOTO.quantize(16), "PNG", transparency=1), chunk(b"sRGB", b"\0"), "first")
    second = chunk(kind, {b"IHDR": struct.pack(">IIBBBBB", 5, 5, 8, 2, 0, 0, 0)}.get(kind, b"\1"))
    assert image(with_chunk(data, second, place), []).tobytes() == image(data, []).tobytes()


@pytest.mark.parametrize("place", ["between", "behind"])
@pytest.mark.parametrize("data", [DATA, GREY, INDEXED])
def test_nothing_behind_the_start_of_the_pixels_changes_colours(data: bytes, place: str) -> None:
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
def test_transparency_of_more_entries_than_the_palette_has_is_dropped(length: int) -> None:
    data = with_chunk(INDEXED, chunk(b"tRNS", bytes(length)), "before")
    assert image(data, []).tobytes() == image(INDEXED, []).tobytes()


@pytest.mark.parametrize(("kind", "packed"), [("plain", False), ("packed", True)])
@pytest.mark.parametrize("place", PLACES)
def test_xmp_is_read_wherever_it_stands(kind: str, packed: object, place: str) -> None:
    text = b"\1\0\0\0" + zlib.compress(XMP) if packed else b"\0\0\0\0" + XMP
    data = with_chunk(DATA, chunk(b"iTXt", b"XML:com.adobe.xmp\0" + text), place)
    assert clean(data).xmp == XMP
    assert description(data).has_gps
    assert XMP in picture(data, [], {"format": "png", "keep_metadata": "all"}).data


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("as_text", [False, True])
def test_exif_turns_a_picture_wherever_it_stands(place: str, as_text: object) -> None:
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


@pytest.mark.parametrize("place", ["first", "before"])
def test_an_unknown_critical_chunk_before_the_pixels_is_named(place: str) -> None:
    with pytest.raises(UndecodableImage, match="XyZW"):
        clean(with_chunk(DATA, chunk(b"XyZW", b""), place))


def test_damage_of_what_a_picture_needs_names_the_chunk() -> None:
    for data, kind in ((DATA, b"IHDR"), (INDEXED, b"PLTE"), (DATA, b"IDAT")):
        damaged = bytearray(data)
        damaged[data.index(kind) + 5] ^= 1
        with pytest.raises(UndecodableImage, match=kind.decode()):
            clean(bytes(damaged))


@pytest.mark.parametrize(
    "fields",
    [(8, 1, 0, 0, 0), (3, 0, 0, 0, 0), (16, 3, 0, 0, 0), (8, 2, 1, 0, 0), (8, 2, 0, 1, 0), (8, 2, 0, 0, 2), (8,)],
)
def test_a_header_of_no_layout_is_named(fields: tuple[int, ...]) -> None:
    header = chunk(b"IHDR", struct.pack(">II", 24, 16) + bytes(fields))
    with pytest.raises(UndecodableImage, match="IHDR"):
        clean(MAGIC + header + DATA[33:])


@pytest.mark.parametrize("entries", [None, 0, 257])
def test_a_picture_of_indexes_without_a_palette_is_named(entries: int | None) -> None:
    at = INDEXED.index(b"PLTE") - 4
    (length,) = struct.unpack_from(">I", INDEXED, at)
    palette = b"" if entries is None else chunk(b"PLTE", bytes(3 * entries))
    with pytest.raises(UndecodableImage, match="PLTE"):
        clean(INDEXED[:at] + palette + INDEXED[at + 12 + length :])


def test_a_damaged_palette_that_no_pixel_uses_is_dropped() -> None:
    for data in (DATA, GREY):
        assert (
            image(with_chunk(data, bad_checksum(b"PLTE", bytes(30)), "before"), []).tobytes()
            == image(data, []).tobytes()
        )


def test_a_file_without_image_data_is_damaged_if_it_has_its_end_and_cut_if_not() -> None:
    header = DATA[: DATA.index(b"IDAT") - 4]
    with pytest.raises(UndecodableImage, match="IDAT"):
        clean(header + chunk(b"IEND", b""))
    for cut in (header, header + b"\0\0", header + chunk(b"tEXt", b"k\0v")[:-1], MAGIC):
        with pytest.raises(TruncatedImage):
            clean(cut)


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"\0\0",
        DATA[-12:-4],
        DATA[-12:-4] + b"\1\2\3\4",
        chunk(b"IEND", b"contents"),
        chunk(b"IENE", b""),
        bytes(30),
    ],
)
@pytest.mark.parametrize("data", [DATA, GREY, INDEXED])
def test_a_missing_or_wrong_end_changes_nothing(data: bytes, end: bytes) -> None:
    assert image(data[:-12] + end, []).tobytes() == image(data, []).tobytes()


@pytest.mark.parametrize("behind", [b"", b"\0\0", b"\1\2\3\4", b"\1\2\3\4 and more"])
@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("output", ["png", "same"])
def test_all_rows_are_a_whole_picture_whatever_stands_behind_them(mode: str, behind: bytes, output: str) -> None:
    """The checksum of the packed rows is wrong or missing, which Pillow refuses."""
    picture = Image.new(mode, (16, 16), 77)
    data = images.encoded(picture, "PNG")
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    packed = data[at + 4 : at + 4 + length]
    unsound = data[: at - 4] + chunk(b"IDAT", packed[:-4] + behind) + chunk(b"IEND", b"")
    made = image(unsound, [], {"format": output})
    assert made.convert("RGBA").tobytes() == image(data, [], {"format": output}).convert("RGBA").tobytes()
    with pytest.raises(TruncatedImage):
        image(data[: at - 4] + chunk(b"IDAT", packed[: -4 - len(packed) // 3]) + chunk(b"IEND", b""), [])


@pytest.mark.parametrize("options", [{}, {"compress_level": 0}, {"compress_level": 9}])
def test_a_cut_file_comes_out_whole_or_is_called_truncated(options: dict[str, int]) -> None:
    data = images.encoded(PHOTO, "PNG", **options)
    outcomes = set()
    for length in range(len(data) - 1, len(data) - 80, -1):
        try:
            assert image(data[:length], []).tobytes() == PHOTO.tobytes()
            outcomes.add("whole")
        except TruncatedImage:
            outcomes.add("truncated")
    assert outcomes == {"whole", "truncated"}


def animated(damage: bytes) -> bytes:
    """An animation of three frames; the first chunk of this kind behind its pixels is damaged."""
    data = bytearray(images.animation(24, 16, 3, "PNG"))
    data[data.index(damage, data.index(b"IDAT")) + 10] ^= 1
    return bytes(data)


@pytest.mark.parametrize("damage", [b"fcTL", b"fdAT"])
def test_an_animation_with_a_damaged_chunk_is_a_still_picture(damage: bytes) -> None:
    told = description(animated(damage))
    assert (told.frames, told.width) == (1, 24)


def test_an_animation_that_is_sound_keeps_all_its_frames() -> None:
    data = images.animation(24, 16, 3, "PNG")
    assert clean(data).data is data
    extra = chunk(b"tEXt", b"k\0v")
    at = data.index(b"fdAT") - 4
    assert clean(data[:at] + extra + data[at:]).data == data


def test_chunks_of_an_animation_without_its_control_are_dropped() -> None:
    data = images.animation(24, 16, 3, "PNG")
    at = data.index(b"acTL") - 4
    assert description(data[:at] + data[at + 20 :]).frames == 1
