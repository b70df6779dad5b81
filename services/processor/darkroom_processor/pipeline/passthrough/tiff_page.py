"""Reads the strips or tiles of a TIFF page, and writes a file of one page (TIFF 6.0, sections 2 and 8).

A chunk is a strip or a tile.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.tiff import texts_of
from darkroom_processor.pipeline.passthrough.tiff_layouts import numbers_of, page_tags
from darkroom_processor.pipeline.tiff.layout import Compression, Layout
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import Tags

_ASCII, _SHORT, _LONG, _UNDEFINED = 2, 3, 4, 7
"""Types of values (section 2)."""
_DEFAULTS: Final = {
    Tag.PLANAR_CONFIGURATION: (1,),
    Tag.PREDICTOR: (1,),
    Tag.SAMPLES_PER_PIXEL: (1,),
    Tag.COMPRESSION: (Compression.NONE,),
}
"""Values that need not be written."""

Entry = tuple[int, int, bytes]
"""(type, number of values, bytes of the values) of a directory entry."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """How the pixels of a page are stored."""

    order: Literal["little", "big"]
    tags: dict[int, tuple[int, ...]]
    """The tags that describe the layout, without those that locate the chunks."""
    tiled: bool

    def one(self, tag: int, default: int = 0) -> int:
        """Return the first number of a tag."""
        return self.tags.get(tag, (default,))[0]

    @property
    def chunk_samples(self) -> int:
        """Samples of one pixel in a chunk."""
        return 1 if self.one(Tag.PLANAR_CONFIGURATION, 1) == 2 else self.one(Tag.SAMPLES_PER_PIXEL, 1)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of a chunk, decompressed."""
        width = self.one(Tag.TILE_WIDTH if self.tiled else Tag.IMAGE_WIDTH)
        return -(-width * self.chunk_samples * self.one(Tag.BITS_PER_SAMPLE, 1) // 8)

    def rows(self) -> Iterator[int]:
        """Yield the number of rows of each chunk."""
        height, step = self.one(Tag.IMAGE_LENGTH), self.one(Tag.TILE_LENGTH if self.tiled else Tag.ROWS_PER_STRIP)
        across = -(-self.one(Tag.IMAGE_WIDTH) // self.one(Tag.TILE_WIDTH)) if self.tiled else 1
        planes = self.one(Tag.SAMPLES_PER_PIXEL, 1) if self.one(Tag.PLANAR_CONFIGURATION, 1) == 2 else 1
        for _ in range(planes):
            for top in range(0, height, step):
                yield from [step if self.tiled else min(step, height - top)] * across


def read_page(data: bytes, tags: Tags, layout: Layout) -> tuple[Page, list[bytes]] | None:
    """Return the page that has these tags, and its chunks. None if the tags do not locate all chunks exactly once."""
    tiled = Tag.TILE_OFFSETS in tags
    offsets = numbers_of(tags, Tag.TILE_OFFSETS if tiled else Tag.STRIP_OFFSETS)
    lengths = numbers_of(tags, Tag.TILE_BYTE_COUNTS if tiled else Tag.STRIP_BYTE_COUNTS)
    side_tags = (Tag.TILE_WIDTH, Tag.TILE_LENGTH) if tiled else (Tag.ROWS_PER_STRIP,)
    sides = {tag: numbers_of(tags, tag)[:1] for tag in side_tags}
    if not tiled:
        rows = sides[Tag.ROWS_PER_STRIP]
        sides[Tag.ROWS_PER_STRIP] = (min(*rows, *layout.size[1:]) if rows else layout.size[1],)
    chunks = [data[at : at + length] for at, length in zip(offsets, lengths, strict=False)]
    page = Page(order=layout.order, tags=page_tags(layout, tags) | sides, tiled=tiled)
    if not all(map(any, sides.values())) or sum(map(len, chunks)) > len(data) or len(offsets) != len(lengths):
        return None
    return (page, chunks) if sum(1 for _ in page.rows()) == len(chunks) else None


def write_file(page: Page, chunks: Sequence[bytes], kept: KeptMetadata, tables: bytes = b"") -> bytes:
    """Return a file of one page: header, directory and values, then the chunks. `tables` are shared JPEG tables."""
    mark = "<" if page.order == "little" else ">"
    written = {tag: numbers for tag, numbers in page.tags.items() if _DEFAULTS.get(tag) != numbers}
    entries = {tag: _numbers_entry(numbers, mark) for tag, numbers in written.items()}
    attached = {Tag.JPEG_TABLES: tables, Tag.ICC_PROFILE: kept.icc, Tag.XMP: kept.xmp}
    entries |= {tag: (_UNDEFINED, len(value), value) for tag, value in attached.items() if value}
    for tag, text in texts_of(kept.exif).items():
        value = str(text).encode("utf-8", "replace") + b"\0"
        entries[tag] = (_ASCII, len(value), value)
    offsets_tag, lengths_tag = (
        (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS) if page.tiled else (Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS)
    )
    entries[lengths_tag] = _numbers_entry(tuple(map(len, chunks)), mark)
    # Offsets always have four bytes each, so the size of the directory is known before the offsets are.
    entries[offsets_tag] = (_LONG, len(chunks), bytes(4 * len(chunks)))
    beside = (len(value) + len(value) % 2 for _, _, value in entries.values() if len(value) > 4)
    start = 8 + 2 + 12 * len(entries) + 4 + sum(beside)
    padded = [chunk + bytes(len(chunk) % 2) for chunk in chunks]
    offsets = list(accumulate(map(len, padded), initial=start))[:-1]
    entries[offsets_tag] = (_LONG, len(chunks), struct.pack(f"{mark}{len(offsets)}I", *offsets))
    return b"".join([_directory(entries, mark), *padded[:-1], *chunks[-1:]])


def _directory(entries: Mapping[int, Entry], mark: str) -> bytes:
    """Return the header, the only directory after it, and the values that do not fit into the entries."""
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


def _numbers_entry(numbers: tuple[int, ...], mark: str) -> Entry:
    small = max(numbers) <= 0xFFFF
    packed = struct.pack(f"{mark}{len(numbers)}{'H' if small else 'I'}", *numbers)
    return _SHORT if small else _LONG, len(numbers), packed
