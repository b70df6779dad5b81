"""Reads the sizes, the crop and the colours of an AVIF.

Decoders decode the coded picture at its real size, and then scale it to the announced size. So sizes are read from the
coded data, and a file that announces other sizes is refused (ISO/IEC 23008-12, section 6.5.3.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from darkroom.limits import MAX_FRAMES
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.containers import av1, grid, items, tracks
from darkroom_processor.pipeline.containers.av1 import StreamHeaders
from darkroom_processor.pipeline.containers.av1.sequence import CodePoints
from darkroom_processor.pipeline.containers.boxes import Box, BrokenBox, walk
from darkroom_processor.pipeline.containers.items import Item, Items, Span
from darkroom_processor.pipeline.containers.tracks import Track
from darkroom_processor.pipeline.headers.clean_aperture import Crop, read_crop

_NONSENSE: Final = "The file is damaged: its boxes are broken, or there are too many of them."
_STILL: Final = b"avif"
_SRGB: Final = ColorSpace()


@dataclass(frozen=True, kw_only=True)
class AvifHeader:
    """Facts about an AVIF that are known before it is decoded."""

    size: Size = (0, 0)
    """(width, height) of the largest picture in it: image, tile, alpha or thumbnail."""
    crop: Crop | None = None
    """The part of the stored picture to show; None for all of it."""
    color_space: ColorSpace = _SRGB
    """Its colour space, unless it has a profile."""
    complete: bool = True
    """False if the file is shorter than it announces."""
    fault: str = ""
    """The reason why the file must not be decoded; empty if it may be."""


def read_header(data: bytes) -> AvifHeader:
    """Read boxes and headers. The time is linear in the bytes. Never raises."""
    try:
        table, av1_tracks = items.read(data), tracks.read(data)
        primary = table.primary_item if table else None
        # If a file has both, libavif shows the animation, unless the major brand is `avif`.
        if av1_tracks and (primary is None or data[8:12] != _STILL):
            return _header_of_tracks(data, av1_tracks, _CodedData(data, table))
        if table and primary:
            return _header_of_item(data, table, primary, _CodedData(data, table))
        return AvifHeader(
            complete=max((box.end for box in walk(data, 0, len(data))), default=0) == len(data), fault=_NONSENSE
        )
    except BrokenBox:
        return AvifHeader(fault=_NONSENSE)


class _CodedData:
    """Reads the headers in the coded data of a file.

    The whole file has one budget of units, and one of bytes that are joined from several extents.
    """

    def __init__(self, data: bytes, table: Items | None) -> None:
        self._data = data
        self._units = 0
        self._joined = 0
        # A decoder may decode any of them besides the primary one, so all are read.
        pictures = [item for item in (table.items.values() if table else ()) if item.kind == b"av01"]
        self.items = {item.number: self._of_item(item) for item in pictures}
        """The headers of each coded picture, by the number of its item."""

    def _of_item(self, item: Item) -> StreamHeaders:
        if len(item.extents) == 1:
            return self.of(item.extents)
        size = sum(span.end - span.start for span in item.extents)
        self._joined += size
        if self._joined > len(self._data):
            raise BrokenBox
        joined = item.data(self._data, size)
        return self._read(joined, [Span(0, len(joined))])

    def of(self, spans: list[Span]) -> StreamHeaders:
        """Read the data at these places. Units begin and end at the edges of a span."""
        return self._read(self._data, spans)

    def _read(self, data: bytes, spans: list[Span]) -> StreamHeaders:
        stream = StreamHeaders(units=self._units)
        for span in spans:
            av1.read_headers(data, span.start, span.end, stream)
        self._units = stream.units
        return stream


def _header_of_tracks(data: bytes, av1_tracks: list[Track], coded: _CodedData) -> AvifHeader:
    """Read the header of an animation. The first track that is not an alpha plane is shown.

    Frames beyond MAX_FRAMES are never decoded, so their headers are not read.
    """
    streams = [coded.of(track.samples[: MAX_FRAMES + 1]) for track in av1_tracks]
    number = next((at for at, track in enumerate(av1_tracks) if not _all(track.properties, b"auxi")), 0)
    shown, stream = av1_tracks[number], streams[number]
    return AvifHeader(
        size=_largest([*coded.items.values(), *streams], shown.size),
        crop=_crop(data, shown.properties, shown.size),
        color_space=_color_space(_read_nclx(data, shown.properties) or stream.code_points),
        complete=all(span.end <= len(data) for span in shown.samples[:1]),
        fault=_size_fault(shown.size, stream),
    )


def _header_of_item(data: bytes, table: Items, primary: Item, coded: _CodedData) -> AvifHeader:
    size = _announced(data, primary)
    found = grid.read(data, primary) if primary.kind == b"grid" else None
    tiles = table.tiles(primary) if found else []
    first = coded.items.get(tiles[0].number if tiles else primary.number)
    return AvifHeader(
        size=_largest(list(coded.items.values()), size, found.size if found else size),
        crop=_crop(data, primary.properties, size),
        color_space=_color_space(_read_nclx(data, primary.properties) or (first.code_points if first else None)),
        complete=all(span.end <= len(data) for item in (primary, *tiles) for span in item.extents),
        fault=next(_faults(data, table, primary, coded), ""),
    )


def _faults(data: bytes, table: Items, primary: Item, coded: _CodedData) -> Iterator[str]:
    """Yield what is wrong with the size of the image, and with its grid and the grid of its alpha plane."""
    if primary.number in coded.items:
        fault = _size_fault(_announced(data, primary), coded.items[primary.number])
        yield from filter(None, [fault])
    alphas = [item for item in table.auxiliaries(primary) if items.is_alpha(data, item)]
    for item in [primary, *alphas]:
        if item.kind == b"grid":
            yield from _faults_of_grid(data, table, item, coded)


def _faults_of_grid(data: bytes, table: Items, item: Item, coded: _CodedData) -> Iterator[str]:
    found, numbers = grid.read(data, item), table.targets(b"dimg", item.number)
    if found is None or len(numbers) != found.rows * found.columns or len(numbers) != len(set(numbers)):
        yield "The image is a grid whose number of tiles is not rows × columns."
        return
    announced = _announced(data, item)
    if found.size != announced:
        yield f"The file announces {_pixels(announced)}, but its grid has {_pixels(found.size)}."
    tiles = [(table.item(number), coded.items[number]) for number in numbers if number in coded.items]
    sizes = {size for _, stream in tiles for size in stream.sequence_sizes}
    if len(sizes) > 1 or not all(found.fits(size) for size in sizes):
        yield f"The image is a grid of {_pixels(found.size)}, which its tiles do not fit."
    yield from filter(None, (_size_fault(_announced(data, tile), stream) for tile, stream in tiles))


def _size_fault(announced: Size, stream: StreamHeaders) -> str:
    """Return the fault of a coded picture that has another size than announced; empty if the sizes agree."""
    others = stream.sequence_sizes - {announced}
    if not others:
        return ""
    return f"The file announces {_pixels(announced)}, but its coded picture has {_pixels(max(others))}."


def _pixels(size: Size) -> str:
    return f"{size[0]} × {size[1]} pixels"


def _largest(streams: list[StreamHeaders], *sizes: Size) -> Size:
    found = {size for stream in streams for size in stream.sequence_sizes | stream.frame_sizes}
    return max(*sizes, *found, key=lambda size: size[0] * size[1])


def _all(properties: list[Box], kind: bytes) -> list[Box]:
    return [box for box in properties if box.kind == kind]


def _announced(data: bytes, item: Item) -> Size:
    """Return the size that the item's `ispe` announces; (0, 0) if it has none."""
    box = item.property(b"ispe")
    body = data[box.body + 4 : box.end] if box else b""
    return int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")


def _crop(data: bytes, properties: list[Box], size: Size) -> Crop | None:
    return next((read_crop(data, box, size) for box in _all(properties, b"clap")), None)


def _color_space(numbers: CodePoints | None) -> ColorSpace:
    """Return the colour space of these code points.

    The decoder already undoes the matrix coefficients and the narrow range.
    """
    return ColorSpace.from_code_points(numbers.primaries, numbers.transfer) if numbers else _SRGB


def _read_nclx(data: bytes, properties: list[Box]) -> CodePoints | None:
    """Read the code points of the first `colr` box of type `nclx` (ISO/IEC 14496-12, section 12.1.5)."""
    for box in _all(properties, b"colr"):
        body = data[box.body : box.end]
        if body[:4] == b"nclx" and len(body) >= 10:
            return CodePoints(*(int.from_bytes(body[at : at + 2], "big") for at in (4, 6, 8)))
    return None
