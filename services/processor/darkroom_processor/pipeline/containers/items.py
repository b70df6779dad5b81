"""Items of AVIF and HEIC: images and metadata, as the `meta` box lists them (ISO/IEC 14496-12, section 8.11).

`read` takes linear time, and MOST_ENTRIES bounds its tables. It accepts what libavif accepts: a table that occurs
twice, or has an unknown version, makes the file unreadable for both.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from darkroom_processor.pipeline.containers.boxes import MOST_ENTRIES, Box, BrokenBox, Fields, walk

_ONCE: Final = frozenset({b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"idat"})
_IN_FILE: Final = 0
_IN_IDAT: Final = 1
"""Values of `construction_method` (section 8.11.3)."""
_ALPHA: Final = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")


class Span(NamedTuple):
    """The bytes of the file from `start` up to `end`. A span may reach beyond the end of a truncated file."""

    start: int
    end: int


@dataclass(kw_only=True)
class Item:
    """An image, or a block of metadata."""

    number: int
    """`item_ID`."""
    kind: bytes = b""
    """`item_type`: `av01`, `hvc1`, `grid`, `Exif`, `mime`; empty if the item has no `infe` box."""
    content_type: bytes = b""
    """Media type of a `mime` item. XMP has `application/rdf+xml`."""
    entry: Box | None = None
    """Its `infe` box."""
    extents: list[Span] = field(default_factory=list)
    """Extents of its data in the file, in order. They may overlap each other and those of other items."""
    properties: list[Box] = field(default_factory=list)
    """Its property boxes in the order in which they apply."""

    def property(self, kind: bytes) -> Box | None:
        """Return the first property of this kind; None if there is none."""
        return next((box for box in self.properties if box.kind == kind), None)

    def data(self, file: bytes, most: int) -> bytes:
        """Return the first `most` bytes of the item's data."""
        parts = []
        for span in self.extents:
            part = file[span.start : min(span.end, span.start + most)]
            most -= len(part)
            parts.append(part)
            if most <= 0:
                break
        return b"".join(parts)


class Reference(NamedTuple):
    """A reference from one item to others."""

    kind: bytes
    """`auxl` from an auxiliary image, such as alpha; `cdsc` from metadata; `dimg` from a grid to its tiles."""
    source: int
    targets: tuple[int, ...]


@dataclass(kw_only=True)
class Items:
    """The items of a file."""

    meta: Box
    primary: int | None = None
    """The number of the primary item: the image to show."""
    items: dict[int, Item] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    _extents: int = 0

    def item(self, number: int) -> Item:
        """Return the item with this number. It is added if it does not exist."""
        return self.items.setdefault(number, Item(number=number))

    def claim_extents(self, count: int) -> int:
        """Return the same count. Raises BrokenBox if all items together would have more than MOST_ENTRIES extents."""
        self._extents += count
        if self._extents > MOST_ENTRIES:
            raise BrokenBox
        return count

    def targets(self, kind: bytes, source: int) -> list[int]:
        """Return the numbers of the items that `source` refers to by this kind, in order, repetitions included."""
        return [target for one in self.references if (one.kind, one.source) == (kind, source) for target in one.targets]

    @property
    def primary_item(self) -> Item | None:
        """The image to show."""
        return None if self.primary is None else self.items.get(self.primary)

    def tiles(self, grid: Item) -> list[Item]:
        """Return the tiles of a grid in order, each one as often as the grid refers to it."""
        return [self.items[number] for number in self.targets(b"dimg", grid.number) if number in self.items]

    def auxiliaries(self, of: Item) -> list[Item]:
        """Return the images that belong to this one: alpha, depth or a gain map."""
        numbers = [one.source for one in self.references if one.kind == b"auxl" and of.number in one.targets]
        return [self.items[number] for number in numbers if number in self.items]


def read(data: bytes) -> Items | None:
    """Read the tables of the first `meta` box. None if there is none, or it is broken. Never raises."""
    try:
        meta = next((box for box in walk(data, 0, len(data)) if box.kind == b"meta"), None)
        return _read_meta(data, meta) if meta else None
    except BrokenBox:
        return None


def is_alpha(data: bytes, item: Item) -> bool:
    """Whether an item is the alpha plane of another one (ISO/IEC 23008-12, section 6.5.8)."""
    box = item.property(b"auxC")
    return box is not None and data[box.body + 4 : box.end].split(b"\0", 1)[0] in _ALPHA


def _read_meta(data: bytes, meta: Box) -> Items:
    items = Items(meta=meta)
    boxes: dict[bytes, Box] = {}
    for box in walk(data, meta.body + 4, meta.end):
        if box.kind in _ONCE and box.kind in boxes:
            raise BrokenBox
        boxes[box.kind] = box
    if b"pitm" in boxes:
        fields = Fields(data, boxes[b"pitm"])
        items.primary = fields.number(4 if fields.version_and_flags()[0] else 2)
    if b"iinf" in boxes:
        _read_entries(data, boxes[b"iinf"], items)
    if b"iloc" in boxes:
        _read_locations(Fields(data, boxes[b"iloc"]), items, boxes.get(b"idat"))
    if b"iref" in boxes:
        _read_references(data, boxes[b"iref"], items)
    if b"iprp" in boxes:
        _read_properties(data, boxes[b"iprp"], items)
    return items


def _read_entries(data: bytes, iinf: Box, items: Items) -> None:
    """Read the types of the items from `iinf` and the `infe` boxes in it (section 8.11.6)."""
    fields = Fields(data, iinf)
    fields.count(4 if fields.version_and_flags()[0] else 2)
    for box in walk(data, fields.at, iinf.end):
        if box.kind == b"infe":
            _read_entry(Fields(data, box), box, items)


def _read_entry(fields: Fields, box: Box, items: Items) -> None:
    version, _ = fields.version_and_flags()
    if version not in {2, 3}:
        raise BrokenBox
    item = items.item(fields.number(2 if version == 2 else 4))
    fields.number(2)
    item.kind, item.entry = fields.raw(4), box
    fields.text()
    item.content_type = fields.text() if item.kind == b"mime" else b""


def _read_locations(fields: Fields, items: Items, idat: Box | None) -> None:
    """Read where the data of the items is (section 8.11.3).

    Items that are constructed from other items (`construction_method` 2) get no extents: libavif does not read them.
    """
    version, _ = fields.version_and_flags()
    if version > 2:
        raise BrokenBox
    sizes = fields.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(fields.count(2 if version < 2 else 4)):
        item = items.item(fields.number(2 if version < 2 else 4))
        method = fields.number(2) & 15 if version else _IN_FILE
        fields.number(2)
        base = fields.number(base_size)
        for _ in range(items.claim_extents(fields.number(2))):
            fields.number(index_size if version else 0)
            start = base + fields.number(offset_size)
            length = fields.number(length_size)
            if method == _IN_IDAT and idat:
                item.extents.append(Span(idat.body + start, min(idat.body + start + length, idat.end)))
            elif method == _IN_FILE:
                item.extents.append(Span(start, start + length))


def _read_references(data: bytes, iref: Box, items: Items) -> None:
    """Read how items refer to each other (section 8.11.12)."""
    fields = Fields(data, iref)
    size = 4 if fields.version_and_flags()[0] else 2
    total = 0
    for box in walk(data, fields.at, iref.end):
        reference = Fields(data, box)
        source = reference.number(size)
        count = reference.number(2)
        total += count
        if total > MOST_ENTRIES:
            raise BrokenBox
        items.references.append(Reference(box.kind, source, tuple(reference.number(size) for _ in range(count))))


def _read_properties(data: bytes, iprp: Box, items: Items) -> None:
    """Read the properties from `ipco`, and which items have them from each `ipma` (ISO/IEC 23008-12, section 9.3)."""
    boxes = list(walk(data, iprp.body, iprp.end))
    known = [prop for box in boxes if box.kind == b"ipco" for prop in walk(data, box.body, box.end)]
    total = 0
    for ipma in (box for box in boxes if box.kind == b"ipma"):
        fields = Fields(data, ipma)
        version, flags = fields.version_and_flags()
        for _ in range(fields.count(4)):
            item = items.item(fields.number(4 if version else 2))
            if item.properties:
                raise BrokenBox
            count = fields.number(1)
            total += count
            if total > MOST_ENTRIES:
                raise BrokenBox
            # The highest bit says whether a reader must know the property (`essential`).
            indexes = (fields.number(2) & 0x7FFF if flags & 1 else fields.number(1) & 0x7F for _ in range(count))
            item.properties += [known[index - 1] for index in indexes if 0 < index <= len(known)]
