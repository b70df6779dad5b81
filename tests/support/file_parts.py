"""Takes image files apart: which parts there are, and that there are no bytes besides them.

It is written from the specifications, for valid files. A broken file makes an assertion fail.
"""

import struct
from collections.abc import Callable, Iterator

Part = tuple[str, bytes]
"""Name and contents of a part, such as `png IDAT`."""


def parts(data: bytes) -> list[Part]:
    """Return all parts of a file. Together they are the whole file."""
    walk = next(walk for magic, walk in _WALKS.items() if data[: len(magic) + 8].find(magic) in {0, 4, 8})
    return list(walk(data))


def has_only_pixels(data: bytes) -> bool:
    """Whether a file contains an image, or an animation, and nothing else."""
    return all(name in _PIXEL_PARTS or (name in _CHECKED and _CHECKED[name](body)) for name, body in parts(data))


def _jpeg(data: bytes) -> Iterator[Part]:
    at = 2
    while data[at : at + 2] != b"\xff\xd9":
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        assert data[at] == 0xFF
        yield f"jpeg {marker:02x}", data[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDA:
            # Compressed data: 0xff is followed by zero or a restart marker there.
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
    assert at + 2 == len(data), "bytes after the end"


def _png(data: bytes) -> Iterator[Part]:
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield f"png {data[at + 4 : at + 8].decode()}", data[at + 8 : at + 8 + length]
        at += 12 + length
        assert at <= len(data)
        assert (data[at - 8 : at - 4] == b"IEND") == (at == len(data)), "bytes after the end"


def _gif(data: bytes) -> Iterator[Part]:
    at = 13 + _gif_table(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x21:
            end, blocks = _gif_blocks(data, at + 2)
            yield f"gif extension {data[at + 1]:02x}", blocks
        else:
            assert data[at] == 0x2C
            end, blocks = _gif_blocks(data, at + 11 + _gif_table(data[at + 9]))
            yield "gif picture", blocks
        at = end
    assert at + 1 == len(data), "bytes after the end"


def _gif_table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> tuple[int, bytes]:
    """Return the offset after the sub-blocks, and their contents."""
    blocks = b""
    while data[at]:
        blocks += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return at + 1, blocks


def _webp(data: bytes) -> Iterator[Part]:
    assert len(data) == 8 + struct.unpack_from("<I", data, 4)[0], "bytes after the end"
    yield from _webp_chunks(data, 12)


def _webp_chunks(data: bytes, at: int) -> Iterator[Part]:
    while at < len(data):
        kind, (length,) = data[at : at + 4].decode(), struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + length]
        yield f"webp {kind.strip()}", body
        if kind == "ANMF":
            yield from _webp_chunks(body, 16)
        at += 8 + length + length % 2
    assert at == len(data)


def _tiff(data: bytes) -> Iterator[Part]:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    known = [(0, 8), (at, at + 6 + 12 * count)]
    values = {}
    for number in range(count):
        tag, kind, length, _ = struct.unpack_from(f"{order}HHII", data, at + 2 + 12 * number)
        size = _TIFF_SIZES[kind] * length
        (there,) = struct.unpack_from(f"{order}I", data, at + 10 + 12 * number)
        if size > 4:
            known.append((there, there + size))
        else:
            there = at + 10 + 12 * number
        values[tag] = (
            struct.unpack_from(f"{order}{length}{_TIFF_CODES[kind]}", data, there) if kind in _TIFF_CODES else ()
        )
        yield f"tiff {tag}", data[there : there + size]
    places, lengths = (273, 279) if 273 in values else (324, 325)
    known += [(start, start + size) for start, size in zip(values[places], values[lengths], strict=True)]
    assert struct.unpack_from(f"{order}I", data, at + 2 + 12 * count) == (0,), "another page"
    covered = 0
    for start, end in sorted(known):
        # Values begin at even offsets, so one byte of padding is allowed.
        assert start <= covered + 1, "bytes between the parts"
        covered = max(covered, end)
    assert covered >= len(data) - 1, "bytes after the end"


_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 12: 8}
_TIFF_CODES = {3: "H", 4: "I"}


def _avif(data: bytes) -> Iterator[Part]:
    yield from _boxes(data, 0)


def _boxes(data: bytes, at: int) -> Iterator[Part]:
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        assert 8 <= length <= len(data) - at
        name, body = f"avif {kind.decode()}", data[at + 8 : at + length]
        yield name, body
        if name in _CONTAINERS:
            yield from _boxes(body, _CONTAINERS[name])
        at += length
    assert at == len(data)


_CONTAINERS = {
    **dict.fromkeys(
        (f"avif {kind}" for kind in ("iprp", "ipco", "moov", "trak", "mdia", "minf", "dinf", "stbl", "edts", "tref")), 0
    ),
    "avif meta": 4,
    "avif iinf": 6,
    "avif dref": 8,
    "avif stsd": 8,
    "avif av01": 78,
}
"""Boxes that contain boxes, and the bytes of their own fields before these."""

_WALKS: dict[bytes, Callable[[bytes], Iterator[Part]]] = {
    b"\xff\xd8\xff": _jpeg,
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF8": _gif,
    b"WEBP": _webp,
    b"II*\0": _tiff,
    b"MM\0*": _tiff,
    b"ftyp": _avif,
}

_PIXEL_PARTS = {
    # Tables, frames and scans. No comments, and no application segments; JFIF and Adobe are checked below.
    *(f"jpeg {marker}" for marker in ("c0", "c2", "c4", "da", "db", "dd")),
    *(f"png {kind}" for kind in ("IHDR", "PLTE", "tRNS", "IDAT", "IEND", "acTL", "fcTL", "fdAT")),
    # `f9` is the graphic control extension.
    *("gif picture", "gif extension f9"),
    *(f"webp {kind}" for kind in ("VP8", "VP8L", "ALPH", "ANIM", "ANMF")),
    # Size, bits, compression, colours, strips or tiles, planes, predictor, palette, alpha, format, JPEG tables.
    *(f"tiff {tag}" for tag in (256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 293, 317, 320, 322, 323, 324, 325)),
    *(f"tiff {tag}" for tag in (338, 339, 347, 530)),
    *(f"avif {kind}" for kind in ("ftyp", "meta", "pitm", "iloc", "iinf", "iref", "auxl", "mdat", "free")),
    *(f"avif {kind}" for kind in ("iprp", "ipco", "ipma", "ispe", "pixi", "av1C", "auxC", "auxi", "pasp")),
    *(
        f"avif {kind}"
        for kind in ("moov", "mvhd", "trak", "tkhd", "tref", "mdia", "mdhd", "minf", "vmhd", "dinf", "dref")
    ),
    *(
        f"avif {kind}"
        for kind in ("url ", "stbl", "stsd", "av01", "stts", "stsc", "stsz", "stco", "stss", "ccst", "edts", "elst")
    ),
}
_CHECKED: dict[str, Callable[[bytes], bool]] = {
    # A version, no density, no thumbnail.
    "jpeg e0": lambda body: body[:5] == b"JFIF\0" and body[7:] == b"\0\0\1\0\1\0\0",
    # The number of a colour transform.
    "jpeg ee": lambda body: body[:11] == b"Adobe\0\x64\0\0\0\0" and len(body) == 12,
    "gif extension ff": lambda body: body[:11] == b"NETSCAPE2.0" and len(body) == 14,
    # No profile, EXIF or XMP among what it announces.
    "webp VP8X": lambda body: not body[0] & 0b00101100,
    # Pictures and their alpha, and no items of other types.
    "avif infe": lambda body: body[8:12] in {b"av01", b"grid"},
    "avif hdlr": lambda body: body[8:12] in {b"pict", b"auxv"},
    # Code points for the colour space instead of a profile.
    "avif colr": lambda body: body[:4] == b"nclx",
}
