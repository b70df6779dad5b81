"""AVIF: the coded pictures that are shown, in new boxes."""

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
"""Properties that change no pixel of what decoders show."""
_BODY_BYTES: Final = {b"ispe": 12, b"av1C": 4}
"""Bytes of a property that matter, by its kind; others may be longer."""
_ESSENTIAL: Final = b"av1C"
_MOST_PROPERTIES: Final = 127
_PROFILES: Final = (b"MA1B", b"MA1A")


class _Unclear(Exception):
    """The picture cannot be told from the rest."""


@dataclass
class _Written:
    """Items on their way into a new file."""

    media: Media
    entries: list[bytes] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    """Where the bytes of each item begin in the media, and how many there are."""
    properties: list[bytes] = field(default_factory=list)
    owners: list[list[int]] = field(default_factory=list)
    """CodePoints of the properties of each item, from 1."""
    references: list[bytes] = field(default_factory=list)

    def add(self, kind: bytes, data: bytes, properties: list[bytes], more: bytes = b"") -> int:
        """Add an item. Returns its number."""
        number = len(self.entries) + 1
        fields = number.to_bytes(2, "big") + bytes(2) + kind + b"\0" + more
        self.entries.append(full_box(b"infe", fields, version=2))
        self.places.append((self.media.add(data), len(data)))
        for one in properties:
            if one not in self.properties:
                self.properties.append(one)
        self.owners.append([self.properties.index(one) + 1 for one in properties])
        return number

    def refer(self, kind: bytes, source: int, targets: list[int]) -> None:
        """Say what an item has to do with others."""
        numbers = (number.to_bytes(2, "big") for number in (source, len(targets), *targets))
        self.references.append(box(kind, b"".join(numbers)))

    def meta(self, start: int) -> bytes:
        """The box of all items, whose media begin at `start`. The first one is the picture."""
        parts = [
            hdlr(b"pict"),
            full_box(b"pitm", (1).to_bytes(2, "big")),
            full_box(b"iloc", b"".join(self._locations(start))),
            full_box(b"iinf", len(self.entries).to_bytes(2, "big") + b"".join(self.entries)),
        ]
        if self.references:
            parts.append(full_box(b"iref", b"".join(self.references)))
        parts.append(box(b"iprp", box(b"ipco", b"".join(self.properties)) + full_box(b"ipma", b"".join(self._owned()))))
        return full_box(b"meta", b"".join(parts))

    def _locations(self, start: int) -> Iterator[bytes]:
        # Offsets and lengths in four bytes each, no base; then one extent an item.
        yield b"\x44\0" + len(self.places).to_bytes(2, "big")
        for number, (at, length) in enumerate(self.places, 1):
            yield number.to_bytes(2, "big") + b"\0\0\0\1" + (start + at).to_bytes(4, "big") + length.to_bytes(4, "big")

    def _owned(self) -> Iterator[bytes]:
        owners = [(number, owned) for number, owned in enumerate(self.owners, 1) if owned]
        yield len(owners).to_bytes(4, "big")
        for number, owned in owners:
            marks = (index | 0x80 * (self.properties[index - 1][4:8] == _ESSENTIAL) for index in owned)
            yield number.to_bytes(2, "big") + bytes([len(owned), *marks])


def is_lossless(data: bytes) -> bool:
    """Whether the picture is coded without loss, or as near to it as there is. True if the file does not tell."""
    with suppress(BrokenBox):
        table, moving = items.read(data), tracks.read(data)
        picture = table.primary_item if table else None
        if moving and (picture is None or data[8:12] != _STILL):
            return any(av1.is_lossless(data[one.start : one.end]) for track in moving for one in track.samples[:1])
        if table and picture:
            coded = [table.item(number) for number in table.targets(b"dimg", picture.number)] or [picture]
            return any(av1.is_lossless(one.data(data, len(data))) for one in coded[:1])
    return True


def own_file(data: bytes, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """The picture, or the animation of so many frames, in a new file; None when it cannot be told from the rest."""
    try:
        table, moving = items.read(data), tracks.read(data)
        picture = table.primary_item if table else None
        is_animation = bool(moving) and (picture is None or data[8:12] != _STILL)
        if is_animation:
            return avif_tracks.own_file(data, frames=frames) if frames > 1 and kept == KeptMetadata() else None
        if table is None or picture is None or frames > 1:
            return None
        return _still(data, table, picture, kept)
    except (BrokenBox, _Unclear):
        return None


def _still(data: bytes, table: Items, picture: Item, kept: KeptMetadata) -> bytes:
    written = _Written(Media())
    colors = [box(b"colr", b"prof" + kept.icc)] if kept.icc else []
    primary = _add_picture(data, table, picture, written, colors)
    alphas = [item for item in table.auxiliaries(picture) if items.is_alpha(data, item)]
    for alpha in alphas[:1]:
        number = _add_picture(data, table, alpha, written, [])
        written.refer(b"auxl", number, [primary])
        if alpha.number in table.targets(b"prem", picture.number):
            written.refer(b"prem", primary, [number])
    _add_metadata(written, primary, kept)
    if len(written.properties) > _MOST_PROPERTIES:
        raise _Unclear
    brands = [b"avif", b"mif1", b"miaf", *(brand for brand in _PROFILES if brand in _brands(data))]
    head = box(b"ftyp", b"avif" + bytes(4) + b"".join(brands))
    return written.media.file_of(lambda start: head + written.meta(start))


def _add_picture(data: bytes, table: Items, item: Item, written: _Written, colors: list[bytes]) -> int:
    """Add a picture, and its tiles if it is a grid. Returns its number."""
    properties = [*_properties(data, item), *colors]
    if item.kind == b"av01":
        return written.add(b"av01", _coded(data, item), properties)
    tiles = [table.item(number) for number in table.targets(b"dimg", item.number)]
    found = grid.read(data, item)
    if item.kind != b"grid" or found is None or any(tile.kind != b"av01" or table.auxiliaries(tile) for tile in tiles):
        raise _Unclear
    number = written.add(b"grid", grid.to_bytes(found), properties)
    written.refer(
        b"dimg", number, [written.add(b"av01", _coded(data, tile), _properties(data, tile)) for tile in tiles]
    )
    return number


def _coded(data: bytes, item: Item) -> bytes:
    size = sum(span.end - span.start for span in item.extents)
    coded = item.data(data, size)
    if size > len(data) or len(coded) != size:
        raise _Unclear
    return av1.without_metadata(coded)


def _properties(data: bytes, item: Item) -> list[bytes]:
    """The properties of a picture that its decoder needs, without what else there may be in their boxes."""
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
            # Among them those that turn and crop.
            raise _Unclear


def _add_metadata(written: _Written, primary: int, kept: KeptMetadata) -> None:
    if kept.exif:
        # Four bytes say how far it is to the block.
        number = written.add(b"Exif", bytes(4) + kept.exif.removeprefix(_EXIF_HEAD), [])
        written.refer(b"cdsc", number, [primary])
    if kept.xmp:
        number = written.add(b"mime", kept.xmp, [], more=b"application/rdf+xml\0")
        written.refer(b"cdsc", number, [primary])


def _brands(data: bytes) -> list[bytes]:
    end = min(int.from_bytes(data[:4], "big"), 256)
    return [data[at : at + 4] for at in range(16, end, 4)]
