"""TIFF: the strips or tiles of the first page in a file with a directory of our own (TIFF 6.0, sections 2 and 8)."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from zlib_ng import zlib_ng

from darkroom.errors import ImageError
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.tiff import texts_of
from darkroom_processor.pipeline.passthrough import jpeg
from darkroom_processor.pipeline.passthrough.tiff_chunks import difference, ended
from darkroom_processor.pipeline.passthrough.tiff_layouts import is_common, numbers_of, page_tags
from darkroom_processor.pipeline.tiff.layout import ASSOCIATED, UNASSOCIATED, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.samples import measurements, sixteen_bits
from darkroom_processor.pipeline.tiff.tags import Tags, layout_of

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_SAMPLES, _ROWS, _PLANES, _PREDICTOR, _TILE_WIDTH, _TILE_HEIGHT = 277, 278, 284, 317, 322, 323
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _JPEG_TABLES = 273, 279, 324, 325, 347
_XMP, _ICC = 700, 34675
_EXTRA_SAMPLES, _SAMPLE_FORMAT = 338, 339
_DEFAULTS: Final = {_PLANES: (1,), _PREDICTOR: (1,), _SAMPLES: (1,), _COMPRESSION: (1,)}
"""What need not be written."""
_RAW, _OLD_JPEG, _JPEG, _DEFLATE = 1, 6, 7, 8
_SHORT, _LONG, _BYTES, _TEXT = 3, 4, 7, 2
_LZW: Final = 5
_MOST_LZW_BYTES: Final = 8_000_000
"""Bytes of all LZW chunks above which their ends are not looked for: that takes some 0.4 s a megabyte."""
_LEVEL: Final = 6
_HORIZONTAL: Final = 2
_LAID_ANEW: Final = frozenset({Photometric.WHITE_IS_ZERO, Photometric.BLACK_IS_ZERO, Photometric.RGB})
_MOST_ANEW: Final = 40_000_000
"""The most samples of a page that are written in another layout: more would take too long."""
_STRIP_SIZE: Final = 1 << 18
"""Bytes of a strip that is written in another layout, unless a row has more."""


@dataclass(frozen=True, kw_only=True)
class _Page:
    """How the pixels of a page lie."""

    order: Literal["little", "big"]
    tags: dict[int, tuple[int, ...]]
    tiled: bool
    chunks: tuple[bytes, ...]

    def one(self, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        return self.tags.get(tag, (default,))[0]

    @property
    def chunk_samples(self) -> int:
        """Samples of one pixel in a chunk."""
        return 1 if self.one(_PLANES, 1) == 2 else self.one(_SAMPLES, 1)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of a chunk, unpacked."""
        width = self.one(_TILE_WIDTH if self.tiled else _WIDTH)
        return -(-width * self.chunk_samples * self.one(_BITS, 1) // 8)

    def rows(self) -> Iterator[int]:
        """Yield the number of rows of each chunk."""
        height, step = self.one(_HEIGHT), self.one(_TILE_HEIGHT if self.tiled else _ROWS)
        across = -(-self.one(_WIDTH) // self.one(_TILE_WIDTH)) if self.tiled else 1
        planes = self.one(_SAMPLES, 1) if self.one(_PLANES, 1) == 2 else 1
        for _ in range(planes):
            for top in range(0, height, step):
                yield from [step if self.tiled else min(step, height - top)] * across


def is_lossless(tags: Tags) -> bool:
    """Whether the page is packed without loss."""
    return numbers_of(tags, _COMPRESSION) not in {(_OLD_JPEG,), (_JPEG,)}


def bits(tags: Tags) -> int:
    """Return the bits of the largest sample."""
    return max(numbers_of(tags, _BITS) or (1,))


def own_file(data: bytes, tags: Tags, kept: KeptMetadata) -> bytes | None:
    """The first page, which has these tags, in a new file; None when it cannot be told from the rest.

    Its strips or tiles are kept if common readers get them right. Else samples of more than 8 bits are laid anew.
    """
    try:
        layout = layout_of(tags, "little" if data[:2] == b"II" else "big")
        return _kept_chunks(data, tags, layout, kept) if is_common(layout) else _laid_anew(data, tags, layout, kept)
    except ImageError:
        return None


def _kept_chunks(data: bytes, tags: Tags, layout: Layout, kept: KeptMetadata) -> bytes | None:
    page = _page(data, tags, layout)
    if page is None or layout.compression == _OLD_JPEG:
        return None
    tables = tags.get(_JPEG_TABLES, b"")
    if layout.compression == _JPEG:
        streams = _whole(jpeg.stream_of(chunk) for chunk in page.chunks)
        tables = jpeg.tables_of(tables) if isinstance(tables, bytes) and tables else b""
        return None if streams is None or tables is None else _written(page, streams, kept, tables)
    if layout.compression == _LZW and sum(map(len, page.chunks)) > _MOST_LZW_BYTES:
        return None
    sizes = (page.row_bytes * rows for rows in page.rows())
    chunks = zip(page.chunks, sizes, strict=True)
    pieces = _whole(ended(chunk, size, layout.compression) for chunk, size in chunks)
    if pieces is None:
        return None
    packed = _packed(page, pieces, kept) if layout.compression == _RAW else ()
    files: list[bytes] = [_written(page, pieces, kept), *packed]
    return min(files, key=len)


def _laid_anew(data: bytes, tags: Tags, layout: Layout, kept: KeptMetadata) -> bytes | None:
    """A page of samples in the order of pixels, as deep as common readers know them; None for what has 8 bits."""
    width, height = layout.size
    if layout.samples * width * height > _MOST_ANEW:
        return None
    numbers: tuple[int, ...] = ()
    if layout.kind is Kind.UNSIGNED and layout.bits > 8 and layout.photometric in _LAID_ANEW:
        color = layout.photometric == Photometric.RGB or layout.alpha is not None
        samples, bits = (3 if color else 1) + (layout.alpha is not None), 16
        body = sixteen_bits(data, tags, layout)
    elif _is_measured(layout):
        color, samples, bits, numbers = False, 1, 32, (layout.kind.value,)
        body = measurements(data, tags, layout)
    else:
        return None
    rows = max(_STRIP_SIZE // (samples * bits // 8 * width), 1)
    told = {
        _WIDTH: (width,),
        _HEIGHT: (height,),
        _BITS: (bits,) * samples,
        _PHOTOMETRIC: (Photometric.RGB if color else Photometric.BLACK_IS_ZERO,),
        _SAMPLES: (samples,),
        _ROWS: (min(rows, height),),
        _EXTRA_SAMPLES: () if layout.alpha is None else (ASSOCIATED if layout.associated else UNASSOCIATED,),
        _SAMPLE_FORMAT: numbers,
    }
    page = _Page(order="little", tags={tag: value for tag, value in told.items() if value}, tiled=False, chunks=())
    step = page.row_bytes * rows
    return min(_packed(page, [body[at : at + step] for at in range(0, len(body), step)], kept), key=len)


def _is_measured(layout: Layout) -> bool:
    """Whether it has numbers without a white that common readers can get in 32 bits."""
    if layout.kind is Kind.UNSIGNED or (layout.kind is Kind.SIGNED and layout.bits > 32):
        return False
    return layout.samples == 1 and layout.photometric == Photometric.BLACK_IS_ZERO


def _whole(pieces: Iterable[bytes | None]) -> list[bytes] | None:
    """The pieces if there are all of them."""
    found = []
    for piece in pieces:
        if piece is None:
            return None
        found.append(piece)
    return found


def _page(data: bytes, tags: Tags, layout: Layout) -> _Page | None:
    tiled = _TILES in tags
    offsets = numbers_of(tags, _TILES if tiled else _STRIPS)
    lengths = numbers_of(tags, _TILE_BYTES if tiled else _STRIP_BYTES)
    sides = {tag: numbers_of(tags, tag)[:1] for tag in ((_TILE_WIDTH, _TILE_HEIGHT) if tiled else (_ROWS,))}
    if not tiled:
        sides[_ROWS] = (min(*sides[_ROWS], *layout.size[1:]) if sides[_ROWS] else layout.size[1],)
    chunks = tuple(data[at : at + length] for at, length in zip(offsets, lengths, strict=False))
    page = _Page(order=layout.order, tags=page_tags(layout, tags) | sides, tiled=tiled, chunks=chunks)
    if not all(map(any, sides.values())) or sum(map(len, chunks)) > len(data) or len(offsets) != len(lengths):
        return None
    return page if sum(1 for _ in page.rows()) == len(chunks) else None


def _packed(page: _Page, pieces: Sequence[bytes], kept: KeptMetadata) -> Iterator[bytes]:
    """What was not packed, by Deflate: as it is, and as differences of neighbours."""
    depth = page.one(_BITS, 1)
    tags = {**page.tags, _COMPRESSION: (_DEFLATE,)}
    packed = [zlib_ng.compress(piece, _LEVEL) for piece in pieces]
    yield _written(_Page(order=page.order, tags=tags, tiled=page.tiled, chunks=()), packed, kept)
    if depth in {16, 32} and page.one(_SAMPLE_FORMAT, 1) == 1:
        unlike = [difference(piece, page.row_bytes, depth, page.chunk_samples, page.order) for piece in pieces]
        tags = {**tags, _PREDICTOR: (_HORIZONTAL,)}
        packed = [zlib_ng.compress(piece, _LEVEL) for piece in unlike]
        yield _written(_Page(order=page.order, tags=tags, tiled=page.tiled, chunks=()), packed, kept)


def _written(page: _Page, pieces: Sequence[bytes], kept: KeptMetadata, tables: bytes = b"") -> bytes:
    """A file of one page: its header, directory and values, then the chunks."""
    mark = "<" if page.order == "little" else ">"
    entries = {tag: _of_numbers(numbers, mark) for tag, numbers in page.tags.items() if _DEFAULTS.get(tag) != numbers}
    attached = {_JPEG_TABLES: tables, _ICC: kept.icc, _XMP: kept.xmp}
    entries |= {tag: (_BYTES, len(value), value) for tag, value in attached.items() if value}
    for tag, text in texts_of(kept.exif).items():
        value = str(text).encode("utf-8", "replace") + b"\0"
        entries[tag] = (_TEXT, len(value), value)
    places, sizes = (_TILES, _TILE_BYTES) if page.tiled else (_STRIPS, _STRIP_BYTES)
    lengths = [len(piece) for piece in pieces]
    entries[sizes] = _of_numbers(tuple(lengths), mark)
    # Offsets take four bytes each, whatever they are.
    entries[places] = (_LONG, len(pieces), bytes(4 * len(pieces)))
    beside = (len(value) + len(value) % 2 for _, _, value in entries.values() if len(value) > 4)
    start = 8 + 2 + 12 * len(entries) + 4 + sum(beside)
    padded = [piece + bytes(len(piece) % 2) for piece in pieces]
    offsets = list(accumulate(map(len, padded), initial=start))[:-1]
    entries[places] = (_LONG, len(pieces), struct.pack(f"{mark}{len(offsets)}I", *offsets))
    return b"".join([_directory(entries, mark), *padded[:-1], *pieces[-1:]])


def _directory(entries: Mapping[int, tuple[int, int, bytes]], mark: str) -> bytes:
    """The header, the only directory behind it, and the values that do not fit into it."""
    at = 8 + 2 + 12 * len(entries) + 4
    rows, values = [], []
    for tag, (kind, count, value) in sorted(entries.items()):
        field = value.ljust(4, b"\0")
        if len(value) > 4:
            field = struct.pack(f"{mark}I", at)
            values.append(value + bytes(len(value) % 2))
            at += len(values[-1])
        rows.append(struct.pack(f"{mark}HHI", tag, kind, count) + field)
    head = (b"II" if mark == "<" else b"MM") + struct.pack(f"{mark}HIH", 42, 8, len(rows))
    return b"".join([head, *rows, bytes(4), *values])


def _of_numbers(numbers: tuple[int, ...], mark: str) -> tuple[int, int, bytes]:
    small = max(numbers) <= 0xFFFF
    packed = struct.pack(f"{mark}{len(numbers)}{'H' if small else 'I'}", *numbers)
    return _SHORT if small else _LONG, len(numbers), packed
