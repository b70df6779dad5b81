"""Copies the strips or tiles of the first page of a TIFF into a new file (TIFF 6.0, sections 2 and 8).

A chunk is a strip or a tile.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from zlib_ng import zlib_ng

from darkroom.errors import ImageError
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import jpeg
from darkroom_processor.pipeline.passthrough.differencing import difference
from darkroom_processor.pipeline.passthrough.stream_ends import cut_at_end
from darkroom_processor.pipeline.passthrough.tiff_layouts import is_common, numbers_of
from darkroom_processor.pipeline.passthrough.tiff_page import Page, read_page, write_file
from darkroom_processor.pipeline.tiff.layout import ASSOCIATED, UNASSOCIATED, Compression, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.samples import sixteen_bit_samples, thirty_two_bit_samples
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import Tags, layout_of

_MOST_LZW_BYTES: Final = 8_000_000
"""The most bytes of all LZW chunks. Finding their ends takes about 0.4 s a megabyte."""
_LEVEL: Final = 6
_HORIZONTAL: Final = 2
"""The predictor that stores differences from the previous pixel."""
_GREY_OR_RGB: Final = frozenset({Photometric.WHITE_IS_ZERO, Photometric.BLACK_IS_ZERO, Photometric.RGB})
_MOST_SAMPLES: Final = 40_000_000
"""The most samples of a page that is written in another layout: more would take too long."""
_STRIP_SIZE: Final = 1 << 18
"""Bytes of a strip of a page that is written in another layout, unless one row has more."""


def is_lossless(tags: Tags) -> bool:
    """Whether the page is compressed without loss."""
    return numbers_of(tags, Tag.COMPRESSION) not in {(Compression.OLD_JPEG,), (Compression.JPEG,)}


def bits(tags: Tags) -> int:
    """Return the bits of the largest sample."""
    return max(numbers_of(tags, Tag.BITS_PER_SAMPLE) or (1,))


def copy_coded_pixels(data: bytes, tags: Tags, kept: KeptMetadata) -> bytes | None:
    """Return the first page, which has these tags, in a new file. None if its parts cannot be separated safely.

    Its chunks are copied if common readers decode its layout correctly. Otherwise samples of more than 8 bits are
    written in a layout that they do.
    """
    try:
        layout = layout_of(tags, "little" if data[:2] == b"II" else "big")
        return _copy_chunks(data, tags, layout, kept) if is_common(layout) else _copy_samples(data, tags, layout, kept)
    except ImageError:
        return None


def _copy_chunks(data: bytes, tags: Tags, layout: Layout, kept: KeptMetadata) -> bytes | None:
    found = read_page(data, tags, layout)
    if found is None or layout.compression == Compression.OLD_JPEG:
        return None
    page, chunks = found
    tables = tags.get(Tag.JPEG_TABLES, b"")
    if layout.compression == Compression.JPEG:
        streams = _all(jpeg.stream_of(chunk) for chunk in chunks)
        tables = jpeg.tables_of(tables) if isinstance(tables, bytes) and tables else b""
        return None if streams is None or tables is None else write_file(page, streams, kept, tables)
    if layout.compression == Compression.LZW and sum(map(len, chunks)) > _MOST_LZW_BYTES:
        return None
    sizes = (page.row_bytes * rows for rows in page.rows())
    pieces = _all(cut_at_end(chunk, size, layout.compression) for chunk, size in zip(chunks, sizes, strict=True))
    if pieces is None:
        return None
    compressed = _compressed(page, pieces, kept) if layout.compression == Compression.NONE else ()
    files: list[bytes] = [write_file(page, pieces, kept), *compressed]
    return min(files, key=len)


def _copy_samples(data: bytes, tags: Tags, layout: Layout, kept: KeptMetadata) -> bytes | None:
    """Return a page with interleaved samples of 16 or 32 bits, which common readers support.

    None for samples of 8 bits or less, for other layouts, and for more than _MOST_SAMPLES samples.
    """
    width, height = layout.size
    if layout.samples * width * height > _MOST_SAMPLES:
        return None
    sample_format: tuple[int, ...] = ()
    if layout.kind is Kind.UNSIGNED and layout.bits > 8 and layout.photometric in _GREY_OR_RGB:
        color = layout.photometric == Photometric.RGB or layout.alpha is not None
        samples, bits = (3 if color else 1) + (layout.alpha is not None), 16
        body = sixteen_bit_samples(data, tags, layout)
    elif _fits_thirty_two_bits(layout):
        color, samples, bits, sample_format = False, 1, 32, (layout.kind.value,)
        body = thirty_two_bit_samples(data, tags, layout)
    else:
        return None
    rows = max(_STRIP_SIZE // (samples * bits // 8 * width), 1)
    numbers = {
        Tag.IMAGE_WIDTH: (width,),
        Tag.IMAGE_LENGTH: (height,),
        Tag.BITS_PER_SAMPLE: (bits,) * samples,
        Tag.PHOTOMETRIC_INTERPRETATION: (Photometric.RGB if color else Photometric.BLACK_IS_ZERO,),
        Tag.SAMPLES_PER_PIXEL: (samples,),
        Tag.ROWS_PER_STRIP: (min(rows, height),),
        Tag.EXTRA_SAMPLES: () if layout.alpha is None else (ASSOCIATED if layout.associated else UNASSOCIATED,),
        Tag.SAMPLE_FORMAT: sample_format,
    }
    page = Page(order="little", tags={tag: values for tag, values in numbers.items() if values}, tiled=False)
    step = page.row_bytes * rows
    return min(_compressed(page, [body[at : at + step] for at in range(0, len(body), step)], kept), key=len)


def _fits_thirty_two_bits(layout: Layout) -> bool:
    """Whether the samples are signed numbers or floats, one a pixel, that common readers support in 32 bits."""
    if layout.kind is Kind.UNSIGNED or (layout.kind is Kind.SIGNED and layout.bits > 32):
        return False
    return layout.samples == 1 and layout.photometric == Photometric.BLACK_IS_ZERO


def _all(pieces: Iterable[bytes | None]) -> list[bytes] | None:
    """Return the pieces; None if one of them is None."""
    found = []
    for piece in pieces:
        if piece is None:
            return None
        found.append(piece)
    return found


def _compressed(page: Page, pieces: Sequence[bytes], kept: KeptMetadata) -> Iterator[bytes]:
    """Yield files with the uncompressed chunks compressed by Deflate: without, and with horizontal differencing."""
    depth = page.one(Tag.BITS_PER_SAMPLE, 1)
    tags = {**page.tags, Tag.COMPRESSION: (Compression.DEFLATE,)}
    chunks = [zlib_ng.compress(piece, _LEVEL) for piece in pieces]
    yield write_file(Page(order=page.order, tags=tags, tiled=page.tiled), chunks, kept)
    if depth in {16, 32} and page.one(Tag.SAMPLE_FORMAT, 1) == 1:
        differences = [difference(piece, page.row_bytes, depth, page.chunk_samples, page.order) for piece in pieces]
        tags = {**tags, Tag.PREDICTOR: (_HORIZONTAL,)}
        chunks = [zlib_ng.compress(piece, _LEVEL) for piece in differences]
        yield write_file(Page(order=page.order, tags=tags, tiled=page.tiled), chunks, kept)
