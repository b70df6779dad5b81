"""AVIF: how large its pictures are in truth, how it is cropped, and what its colours are.

Decoders first decode what is there, however large it is, and then scale it to what the file announces. So sizes are
read from the coded data, and a file that announces others is refused (ISO/IEC 23008-12, section 6.5.3.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from darkroom.limits import MAX_FRAMES
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.containers import av1, grid, items, tracks
from darkroom_processor.pipeline.containers.av1 import Stream
from darkroom_processor.pipeline.containers.av1.sequence import Numbers
from darkroom_processor.pipeline.containers.boxes import Box, BrokenBox, walk
from darkroom_processor.pipeline.containers.items import Item, Items, Span
from darkroom_processor.pipeline.containers.tracks import Track
from darkroom_processor.pipeline.headers.clean_aperture import Crop, read_crop

_NONSENSE: Final = "The boxes of the file make no sense, or there are too many of them."
_STILL: Final = b"avif"
_SRGB: Final = Told()


@dataclass(frozen=True, kw_only=True)
class Look:
    """What an AVIF tells before it is decoded."""

    size: Size = (0, 0)
    """(width, height) of the largest picture in it, whatever that is for."""
    crop: Crop | None = None
    """The part of the stored picture that is to be seen; None for all of it."""
    colors: Told = _SRGB
    """Its colours, unless it has a profile."""
    complete: bool = True
    """False when the file is shorter than it says."""
    fault: str = ""
    """Why the file must not be decoded; empty when it may."""


def look(data: bytes) -> Look:
    """Read boxes and headers, in time linear in the bytes. Never raises."""
    try:
        table, moving = items.read(data), tracks.read(data)
        primary = table.picture if table else None
        # Of a file that has both, libavif shows the animation, unless the main brand is that of stills.
        if moving and (primary is None or data[8:12] != _STILL):
            return _look_at_tracks(data, moving, _Coded(data, table))
        if table and primary:
            return _look_at_item(data, table, primary, _Coded(data, table))
        return Look(
            complete=max((box.end for box in walk(data, 0, len(data))), default=0) == len(data), fault=_NONSENSE
        )
    except BrokenBox:
        return Look(fault=_NONSENSE)


class _Coded:
    """The coded data of a file. All together have a budget of units, and of bytes that are joined from parts."""

    def __init__(self, data: bytes, table: Items | None) -> None:
        self._data = data
        self._units = 0
        self._joined = 0
        # Which of them a decoder needs besides the primary one, it knows best.
        pictures = [item for item in (table.items.values() if table else ()) if item.kind == b"av01"]
        self.items = {item.number: self._of_item(item) for item in pictures}
        """What is found in each coded picture, by the number of its item."""

    def _of_item(self, item: Item) -> Stream:
        if len(item.extents) == 1:
            return self.of(item.extents)
        size = sum(span.end - span.start for span in item.extents)
        self._joined += size
        if self._joined > len(self._data):
            raise BrokenBox
        joined = item.data(self._data, size)
        return self._read(joined, [Span(0, len(joined))])

    def of(self, spans: list[Span]) -> Stream:
        """The data at these places, where units begin and end."""
        return self._read(self._data, spans)

    def _read(self, data: bytes, spans: list[Span]) -> Stream:
        stream = Stream(units=self._units)
        for span in spans:
            av1.look(data, span.start, span.end, stream)
        self._units = stream.units
        return stream


def _look_at_tracks(data: bytes, moving: list[Track], coded: _Coded) -> Look:
    """Seen is the first track that is not the alpha of another. Frames over the limit are never decoded."""
    streams = [coded.of(track.samples[: MAX_FRAMES + 1]) for track in moving]
    number = next((at for at, track in enumerate(moving) if not _all(track.properties, b"auxi")), 0)
    seen, stream = moving[number], streams[number]
    return Look(
        size=_largest([*coded.items.values(), *streams], seen.size),
        crop=_crop(data, seen.properties, seen.size),
        colors=_colors(_read_nclx(data, seen.properties) or stream.numbers),
        complete=all(span.end <= len(data) for span in seen.samples[:1]),
        fault=_lie(seen.size, stream),
    )


def _look_at_item(data: bytes, table: Items, primary: Item, coded: _Coded) -> Look:
    size = _announced(data, primary)
    found = grid.read(data, primary) if primary.kind == b"grid" else None
    tiles = table.parts(primary) if found else []
    first = coded.items.get(tiles[0].number if tiles else primary.number)
    return Look(
        size=_largest(list(coded.items.values()), size, found.size if found else size),
        crop=_crop(data, primary.properties, size),
        colors=_colors(_read_nclx(data, primary.properties) or (first.numbers if first else None)),
        complete=all(span.end <= len(data) for item in (primary, *tiles) for span in item.extents),
        fault=next(_faults(data, table, primary, coded), ""),
    )


def _faults(data: bytes, table: Items, primary: Item, coded: _Coded) -> Iterator[str]:
    """What is wrong with the picture's size, and with that of its alpha if this is made of tiles."""
    if primary.number in coded.items:
        fault = _lie(_announced(data, primary), coded.items[primary.number])
        yield from filter(None, [fault])
    alphas = [item for item in table.auxiliaries(primary) if items.is_alpha(data, item)]
    for item in [primary, *alphas]:
        if item.kind == b"grid":
            yield from _faults_of_grid(data, table, item, coded)


def _faults_of_grid(data: bytes, table: Items, item: Item, coded: _Coded) -> Iterator[str]:
    found, numbers = grid.read(data, item), table.targets(b"dimg", item.number)
    if found is None or len(numbers) != found.rows * found.columns or len(numbers) != len(set(numbers)):
        yield "The picture is a grid, and has not one tile for each place of it."
        return
    announced = _announced(data, item)
    if found.size != announced:
        yield f"The file announces {_told(announced)}, and the grid in it has {_told(found.size)}."
    tiles = [(table.item(number), coded.items[number]) for number in numbers if number in coded.items]
    sizes = {size for _, stream in tiles for size in stream.announced}
    if len(sizes) > 1 or not all(found.fits(size) for size in sizes):
        yield f"The picture is a grid of {_told(found.size)}, which its tiles do not fit."
    yield from filter(None, (_lie(_announced(data, tile), stream) for tile, stream in tiles))


def _lie(announced: Size, stream: Stream) -> str:
    """What to tell of a picture of another size than was announced; empty when it is of this size."""
    others = stream.announced - {announced}
    return f"The file announces {_told(announced)}, and the picture in it has {_told(max(others))}." if others else ""


def _told(size: Size) -> str:
    return f"{size[0]} × {size[1]} pixels"


def _largest(streams: list[Stream], *sizes: Size) -> Size:
    found = {size for stream in streams for size in stream.announced | stream.frames}
    return max(*sizes, *found, key=lambda size: size[0] * size[1])


def _all(properties: list[Box], kind: bytes) -> list[Box]:
    return [box for box in properties if box.kind == kind]


def _announced(data: bytes, item: Item) -> Size:
    """The size that the item's `ispe` announces; (0, 0) without one."""
    box = item.property(b"ispe")
    body = data[box.body + 4 : box.end] if box else b""
    return int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")


def _crop(data: bytes, properties: list[Box], size: Size) -> Crop | None:
    return next((read_crop(data, box, size) for box in _all(properties, b"clap")), None)


def _colors(numbers: Numbers | None) -> Told:
    """The range, and the matrix from luma and chroma, are what the decoder undoes."""
    return Told.by_codes(numbers.primaries, numbers.transfer) if numbers else _SRGB


def _read_nclx(data: bytes, properties: list[Box]) -> Numbers | None:
    """The first colours that are told by numbers (ISO/IEC 14496-12, section 12.1.5)."""
    for box in _all(properties, b"colr"):
        body = data[box.body : box.end]
        if body[:4] == b"nclx" and len(body) >= 10:
            return Numbers(*(int.from_bytes(body[at : at + 2], "big") for at in (4, 6, 8)))
    return None
