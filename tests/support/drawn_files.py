"""Draws image files at random, for hypothesis: valid ones of all kinds, hostile ones, and damaged ones."""

import struct
import zlib
from functools import cache
from itertools import takewhile

import numpy as np
from hypothesis import strategies as st
from PIL import ExifTags, Image

from darkroom_processor.pipeline.containers import jpeg, png
from tests.support import animation_samples, bombs, heif, metadata_samples, profiles, raw_files, tiffs
from tools.testbed import images

MOST_EDITS = 6


def _exif() -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = 8
    block[ExifTags.Base.Artist] = "A"
    return block


@cache
def valid() -> dict[str, bytes]:
    """Return small valid files by their special features."""
    levels = np.asarray(images.photo(40, 30)) / 255
    walk = [images.photo(40, 30, "RGBA").rotate(90 * turn) for turn in range(4)]
    pages = [images.marked(20, 10), images.marked(50, 60)]
    return {
        "one pixel": images.encoded(Image.new("RGBA", (1, 1), (9, 8, 7, 6)), "PNG"),
        "one column": images.encoded(images.photo(1, 300), "PNG"),
        "one row": images.jpeg(300, 1),
        "photo": images.encoded(images.photo(157, 93), "JPEG", exif=_exif()),
        "progressive": images.encoded(images.photo(60, 40), "JPEG", progressive=True, subsampling=2),
        "wide gamut": images.encoded(images.photo(60, 40), "JPEG", icc_profile=profiles.rgb_profile()),
        "transparent": images.encoded(images.photo(64, 80, "RGBA"), "WEBP"),
        "transparent, wide gamut": images.encoded(
            images.photo(30, 20, "RGBA"), "PNG", icc_profile=profiles.rgb_profile()
        ),
        "grey": images.encoded(images.photo(90, 33, "L"), "PNG"),
        "grey with a profile": images.encoded(
            images.photo(33, 30, "LA"), "PNG", icc_profile=profiles.gray_profile(profiles.gamma_curve(1.8))
        ),
        "bilevel": images.encoded(images.photo(50, 50).convert("1"), "TIFF", compression="group4"),
        "palette": images.encoded(images.photo(50, 50).quantize(9), "GIF"),
        "named transparency": images.encoded(images.photo(50, 50).quantize(9), "PNG", transparency=3),
        "sixteen bits": images.encoded(images.photo(40, 30, "L").convert("I;16"), "TIFF"),
        "floats": images.encoded(images.photo(40, 30, "L").convert("F"), "TIFF"),
        "twelve bits": tiffs.one_page(levels[..., 0], 12, 1, order=">"),
        "sixteen bits in planes": tiffs.in_planes(levels, 16, 2),
        "big tiff": tiffs.one_page(levels, 32, 2, big=True, order=">", t266=2),
        "cmyk": images.encoded(images.photo(40, 30).convert("CMYK"), "TIFF"),
        "cmyk jpeg": images.encoded(images.photo(40, 30).convert("CMYK"), "JPEG"),
        "lab": images.encoded(Image.new("LAB", (20, 10), (90, 10, 200)), "TIFF"),
        "invisible": images.encoded(Image.new("RGBA", (20, 20)), "PNG"),
        "pages": images.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]),
        **{
            f"animation in {name}": images.encoded(
                walk[0], name, save_all=True, append_images=walk[1:], duration=[0, 10, 33, longest], loop=3
            )
            for name, longest in {"GIF": 655_350, "WEBP": 16_000_001, "PNG": 65_535_000, "AVIF": 70_001}.items()
        },
        "cropped and turned": heif.avif(images.photo(40, 30), heif.clap(20, 10, 4, 5), heif.irot(1), heif.imir(0)),
        "animation in AVIF, cropped": heif.animated(images.animation(24, 16, 2, "AVIF"), heif.clap(12, 8)),
        "grid": heif.grid(heif.coded(images.marked(64, 64)), (64, 64), (100, 80)),
        "alpha without a size": heif.with_alpha(images.photo(24, 16, "RGBA")),
        "HDR by numbers": heif.avif(images.photo(40, 30), heif.nclx(9, 16)),
        **{
            f"PNG with {kind.decode()}": bombs.png_with(bombs.chunk(kind, body))
            for kind, body in {b"cICP": b"\x0c\x10\0\1", b"gAMA": b"\0\1\x86\xa0", b"cHRM": bytes(range(32))}.items()
        },
        **animation_samples.valid(),
        "frames beyond the screen": images.gif_of(
            (40, 30), [(frame, (7 * at, 5 * at)) for at, frame in enumerate(walk)]
        ),
        **{f"{name} with metadata": metadata_samples.with_metadata(name) for name in metadata_samples.FORMATS},
    }


@cache
def hostile() -> list[bytes]:
    """Return hostile files of less than 50 kB: they must be refused, or decoded cheaply."""
    made = [
        *(data for _, data in bombs.flood_headers()),
        *(data for _, data in bombs.exif_bombs()),
        *(data for _, data, _ in bombs.polyglots()),
        *(data for data, _ in raw_files.files().values()),
        bombs.progressive(20),
        bombs.endless_gif(3, 100, 80),
        bombs.endless_gif(1200, 9, 8),
        bombs.tiff_chain(5),
    ]
    return [data for data in made if len(data) < 50_000]


valid_files = st.sampled_from(sorted(valid())).map(valid().__getitem__)

_NUMBERS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
_POSITIONS = st.one_of(st.integers(0, 200), st.integers(0, 60_000))


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """Draw a file with changed, lost or added parts or bytes. The checksums of a PNG may be corrected afterwards."""
    data = bytearray(draw(st.one_of(valid_files, st.sampled_from(hostile()))))
    for _ in range(draw(st.integers(0, MOST_EDITS))):
        data = _with_parts_changed(draw, bytes(data))
    for _ in range(draw(st.integers(0, MOST_EDITS))):
        _edit(draw, data)
    if data.startswith(bombs.PNG_MAGIC) and draw(st.booleans()):
        _repair(data)
    return bytes(data)


def _with_parts_changed(draw: st.DrawFn, data: bytes) -> bytearray:
    """Lose, double, shorten, rename or insert a chunk of a PNG or a segment of a JPEG. Other files do not change."""
    parts = _parts(data)
    if not parts:
        return bytearray(data)
    here, there = draw(st.integers(0, len(parts) - 1)), draw(st.integers(0, len(parts)))
    kind, body = parts[here]
    match draw(st.sampled_from(["lose", "double", "shorten", "rename", "insert"])):
        case "lose":
            del parts[here]
        case "double":
            parts.insert(there, (kind, body))
        case "shorten":
            parts[here] = kind, body[: draw(st.integers(0, 20))]
        case "rename":
            parts[here] = draw(st.sampled_from(_NAMES[data[:2]])), body
        case _:
            parts.insert(there, (draw(st.sampled_from(_NAMES[data[:2]])), draw(st.binary(max_size=40))))
    return bytearray(_joined(data, parts))


_NAMES: dict[bytes, list[bytes]] = {
    bombs.PNG_MAGIC[:2]: [
        *(b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"pHYs", b"tRNS", b"PLTE"),
        *(b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IHDR", b"IEND", b"prVt", b"text", b"XXXX", b"a\0Bc"),
    ],
    jpeg.START_OF_IMAGE: [bytes([marker]) for marker in (*jpeg.APP, jpeg.COM, 0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA)],
}
"""Names of chunks, or markers of segments, by the first two bytes of the file."""


def _parts(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return names and contents of the chunks of a PNG, or of the segments of a JPEG before its first scan."""
    if data.startswith(bombs.PNG_MAGIC):
        return [(one.kind, bytes(one.body)) for one in png.walk(data)]
    if not data.startswith(jpeg.START_OF_IMAGE):
        return []
    heads = takewhile(lambda one: one.marker not in (jpeg.SOS, jpeg.EOI), jpeg.walk(data))
    return [(bytes([one.marker]), bytes(one.body)) for one in heads]


def _joined(data: bytes, parts: list[tuple[bytes, bytes]]) -> bytes:
    if data.startswith(bombs.PNG_MAGIC):
        return bombs.PNG_MAGIC + b"".join(bombs.chunk(*part) for part in parts)
    scan = next((one.start for one in jpeg.walk(data) if one.marker in (jpeg.SOS, jpeg.EOI)), len(data))
    heads = b"".join(jpeg.segment(kind[0], body) for kind, body in parts)
    return jpeg.START_OF_IMAGE + heads + data[scan:]


def _edit(draw: st.DrawFn, data: bytearray) -> None:
    at = min(draw(_POSITIONS), len(data))
    length = draw(st.integers(1, 40))
    match draw(st.sampled_from(["flip", "number", "cut", "drop", "double", "insert", "graft"])):
        case "flip" if at < len(data):
            data[at] ^= draw(st.integers(1, 255))
        case "number":
            order, size = draw(st.sampled_from("<>")), draw(st.sampled_from("BHI"))
            number = draw(st.sampled_from(_NUMBERS)) & (256 ** struct.calcsize(size) - 1)
            data[at : at + struct.calcsize(size)] = struct.pack(order + size, number)
        case "cut":
            del data[at:]
        case "drop":
            del data[at : at + length]
        case "double":
            data[at:at] = data[at : at + 10 * length]
        case "insert":
            data[at:at] = draw(st.binary(max_size=40))
        case "graft":
            other = draw(valid_files)
            start = min(draw(_POSITIONS), len(other))
            data[at:at] = other[start : start + 20 * length]
        case _:
            pass


def _repair(data: bytearray) -> None:
    """Correct the checksums of all complete chunks."""
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            return
        data[end : end + 4] = struct.pack(">I", zlib.crc32(data[at + 4 : end]))
        at = end + 4
