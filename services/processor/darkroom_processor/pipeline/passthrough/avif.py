"""Copies the coded pictures of an AVIF into new boxes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from darkroom_processor.pipeline.containers import av1, grid, items, tracks
from darkroom_processor.pipeline.containers.boxes import Box, BrokenBox
from darkroom_processor.pipeline.containers.items import Item, Items
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import avif_tracks
from darkroom_processor.pipeline.passthrough.box_writer import Media, box, full_box, hdlr

_EXIF_HEAD: Final = b"Exif\0\0"
_STILL: Final = b"avif"
_DROPPED: Final = frozenset({b"pasp", b"clli", b"mdcv", b"cclv", b"amve"})
"""Properties that do not change the pixels that decoders show."""
_BODY_BYTES: Final = {b"ispe": 12, b"av1C": 4}
"""Bytes of a property that are copied, by its type. What follows is dropped."""
_ESSENTIAL: Final = b"av1C"
_MOST_PROPERTIES: Final = 127
_PROFILES: Final = (b"MA1B", b"MA1A")


class _Unclear(Exception):
    """The parts that the picture needs cannot be separated from the rest of the file."""


@dataclass
class _ItemWriter:
    """Collects the items of a new file, and writes their tables."""

    media: Media
    entries: list[bytes] = field(default_factory=list)
    """The `infe` box of each item."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """(offset in the media, length in bytes) of each item's data."""
    properties: list[bytes] = field(default_factory=list)
    associations: list[list[int]] = field(default_factory=list)
    """Indexes of the properties of each item, from 1."""
    references: list[bytes] = field(default_factory=list)

    def add(self, kind: bytes, data: bytes, properties: list[bytes], more: bytes = b"") -> int:
        """Add an item and return its number. `more` is put at the end of its `infe` box."""
        number = len(self.entries) + 1
        fields = number.to_bytes(2, "big") + bytes(2) + kind + b"\0" + more
        self.entries.append(full_box(b"infe", fields, version=2))
        self.places.append((self.media.add(data), len(data)))
        for one in properties:
            if one not in self.properties:
                self.properties.append(one)
        self.associations.append([self.properties.index(one) + 1 for one in properties])
        return number

    def refer(self, kind: bytes, source: int, targets: list[int]) -> None:
        """Add a reference from one item to others."""
        numbers = (number.to_bytes(2, "big") for number in (source, len(targets), *targets))
        self.references.append(box(kind, b"".join(numbers)))

    def meta(self, start: int) -> bytes:
        """Return the `meta` box. The media begin at offset `start`. The first item is the primary one."""
        parts = [
            hdlr(b"pict"),
            full_box(b"pitm", (1).to_bytes(2, "big")),
            full_box(b"iloc", b"".join(self._locations(start))),
            full_box(b"iinf", len(self.entries).to_bytes(2, "big") + b"".join(self.entries)),
        ]
        if self.references:
            parts.append(full_box(b"iref", b"".join(self.references)))
        associations = full_box(b"ipma", b"".join(self._associations()))
        parts.append(box(b"iprp", box(b"ipco", b"".join(self.properties)) + associations))
        return full_box(b"meta", b"".join(parts))

    def _locations(self, start: int) -> Iterator[bytes]:
        # Offsets and lengths have four bytes each, and there is no base offset. Each item has one extent.
        yield b"\x44\0" + len(self.places).to_bytes(2, "big")
        for number, (at, length) in enumerate(self.places, 1):
            yield number.to_bytes(2, "big") + b"\0\0\0\1" + (start + at).to_bytes(4, "big") + length.to_bytes(4, "big")

    def _associations(self) -> Iterator[bytes]:
        rows = [(number, indexes) for number, indexes in enumerate(self.associations, 1) if indexes]
        yield len(rows).to_bytes(4, "big")
        for number, indexes in rows:
            marked = (index | 0x80 * (self.properties[index - 1][4:8] == _ESSENTIAL) for index in indexes)
            yield number.to_bytes(2, "big") + bytes([len(indexes), *marked])


def is_lossless(data: bytes) -> bool:
    """Whether the first frame or tile is coded without loss (see `av1.is_lossless`). True if the boxes are broken."""
    with suppress(BrokenBox):
        table, av1_tracks = items.read(data), tracks.read(data)
        primary = table.primary_item if table else None
        if av1_tracks and (primary is None or data[8:12] != _STILL):
            return any(av1.is_lossless(data[one.start : one.end]) for track in av1_tracks for one in track.samples[:1])
        if table and primary:
            coded = [table.item(number) for number in table.targets(b"dimg", primary.number)] or [primary]
            return any(av1.is_lossless(one.data(data, len(data))) for one in coded[:1])
    return True


def copy_coded_pixels(data: bytes, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """Return the image, or an animation of `frames` frames, in a new file.

    None if its parts cannot be separated safely, or if an animation should keep metadata.
    """
    try:
        table, av1_tracks = items.read(data), tracks.read(data)
        primary = table.primary_item if table else None
        is_animation = bool(av1_tracks) and (primary is None or data[8:12] != _STILL)
        if is_animation:
            return avif_tracks.copy_coded_pixels(data, frames=frames) if frames > 1 and kept == KeptMetadata() else None
        if table is None or primary is None or frames > 1:
            return None
        return _still(data, table, primary, kept)
    except (BrokenBox, _Unclear):
        return None


def _still(data: bytes, table: Items, primary: Item, kept: KeptMetadata) -> bytes:
    writer = _ItemWriter(Media())
    colors = [box(b"colr", b"prof" + kept.icc)] if kept.icc else []
    image = _add_image(data, table, primary, writer, colors)
    alphas = [item for item in table.auxiliaries(primary) if items.is_alpha(data, item)]
    for alpha in alphas[:1]:
        number = _add_image(data, table, alpha, writer, [])
        writer.refer(b"auxl", number, [image])
        if alpha.number in table.targets(b"prem", primary.number):
            writer.refer(b"prem", image, [number])
    _add_metadata(writer, image, kept)
    if len(writer.properties) > _MOST_PROPERTIES:
        raise _Unclear
    brands = [b"avif", b"mif1", b"miaf", *(brand for brand in _PROFILES if brand in _brands(data))]
    head = box(b"ftyp", b"avif" + bytes(4) + b"".join(brands))
    return writer.media.file_of(lambda start: head + writer.meta(start))


def _add_image(data: bytes, table: Items, item: Item, writer: _ItemWriter, colors: list[bytes]) -> int:
    """Add an image item, and its tiles if it is a grid. Return its number in the new file."""
    properties = [*_properties(data, item), *colors]
    if item.kind == b"av01":
        return writer.add(b"av01", _coded(data, item), properties)
    tiles = [table.item(number) for number in table.targets(b"dimg", item.number)]
    found = grid.read(data, item)
    if item.kind != b"grid" or found is None or any(tile.kind != b"av01" or table.auxiliaries(tile) for tile in tiles):
        raise _Unclear
    number = writer.add(b"grid", grid.to_bytes(found), properties)
    added = [writer.add(b"av01", _coded(data, tile), _properties(data, tile)) for tile in tiles]
    writer.refer(b"dimg", number, added)
    return number


def _coded(data: bytes, item: Item) -> bytes:
    size = sum(span.end - span.start for span in item.extents)
    coded = item.data(data, size)
    if size > len(data) or len(coded) != size:
        raise _Unclear
    return av1.without_metadata(coded)


def _properties(data: bytes, item: Item) -> list[bytes]:
    """Return the properties that the decoder needs, without other bytes in their boxes. Only the first of each type."""
    found = [_property(data, one) for one in item.properties if one.kind not in _DROPPED]
    first = {one[4:8]: one for one in reversed(found) if one}
    return [one for one in found if one and first[one[4:8]] is one]


def _property(data: bytes, one: Box) -> bytes | None:
    body = data[one.body : one.end]
    match one.kind:
        case b"ispe" | b"av1C" if len(body) >= _BODY_BYTES[one.kind]:
            return box(one.kind, body[: _BODY_BYTES[one.kind]])
        case b"pixi" if len(body) > 4:
            return box(b"pixi", body[: 5 + body[4]])
        case b"colr":
            return box(b"colr", body[:11]) if body[:4] == b"nclx" and len(body) >= 11 else None
        case b"auxC":
            kind, end, _ = body[4:].partition(b"\0")
            return full_box(b"auxC", kind + end)
        case _:
            # Unknown properties, and those that rotate, mirror or crop.
            raise _Unclear


def _add_metadata(writer: _ItemWriter, image: int, kept: KeptMetadata) -> None:
    if kept.exif:
        # The first four bytes are the offset of the TIFF header: 0 (ISO/IEC 23008-12, annex A.2.1).
        number = writer.add(b"Exif", bytes(4) + kept.exif.removeprefix(_EXIF_HEAD), [])
        writer.refer(b"cdsc", number, [image])
    if kept.xmp:
        number = writer.add(b"mime", kept.xmp, [], more=b"application/rdf+xml\0")
        writer.refer(b"cdsc", number, [image])


def _brands(data: bytes) -> list[bytes]:
    end = min(int.from_bytes(data[:4], "big"), 256)
    return [data[at : at + 4] for at in range(16, end, 4)]
