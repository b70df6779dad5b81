"""Edits the item tables of AVIF files that libavif would refuse. The coded data stays where it is."""

from collections.abc import Iterable
from typing import Final

from darkroom_processor.pipeline.containers.boxes import Box, Fields, walk
from darkroom_processor.pipeline.containers.items import Item, Items

_UNKNOWN: Final = b"none"
"""An item type that no reader knows."""
_KIND_AT: Final = {2: 8, 3: 10}
"""Offset of `item_type` in the contents of an `infe` box, by its version."""
_MOST_INDEX: Final = 127
"""The highest property index that one byte can store, beside the bit `essential`."""


def hide_items(data: bytes, unwanted: Iterable[Item]) -> bytes:
    """Return the file with an unknown type for these items, so that readers ignore them.

    Returns the same object if there are none.
    """
    entries = [item.entry for item in unwanted if item.entry]
    if not entries:
        return data
    out = bytearray(data)
    for entry in entries:
        at = entry.body + _KIND_AT[data[entry.body]]
        out[at : at + 4] = _UNKNOWN
    return bytes(out)


def with_alpha_size(data: bytes, table: Items, alpha: Item, image: Item) -> bytes:
    """Return the file with the size (`ispe`) of `image` on the item `alpha` too.

    Old encoders leave it out, and libavif refuses such files. The new `meta` box is written at the end of the file, so
    that offsets into the file stay right. Returns the same object if the size cannot be added.
    """
    meta, ispe = table.meta, image.property(b"ispe")
    last = list(walk(data, 0, len(data)))[-1]
    iprp = next((box for box in walk(data, meta.body + 4, meta.end) if box.kind == b"iprp"), None)
    is_open = int.from_bytes(data[last.start : last.start + 4], "big") == 0
    if ispe is None or iprp is None or is_open or last.end != len(data):
        return data
    parts = [
        data[meta.body : iprp.start],
        _boxed(b"iprp", _properties(data, iprp, alpha, ispe)),
        data[iprp.end : meta.end],
    ]
    old = data[meta.start : meta.start + 4] + b"free" + data[meta.start + 8 : meta.end]
    return b"".join([data[: meta.start], old, data[meta.end :], _boxed(b"meta", b"".join(parts))])


def _boxed(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def _properties(data: bytes, iprp: Box, alpha: Item, ispe: Box) -> bytes:
    boxes = list(walk(data, iprp.body, iprp.end))
    known = [prop for box in boxes if box.kind == b"ipco" for prop in walk(data, box.body, box.end)]
    index = known.index(ispe) + 1
    return b"".join(
        _associations(data, box, alpha.number, index) if box.kind == b"ipma" else data[box.start : box.end]
        for box in boxes
    )


def _associations(data: bytes, ipma: Box, number: int, index: int) -> bytes:
    """Return the box with this property as the first one of the numbered item (ISO/IEC 23008-12, section 9.3.2)."""
    fields = Fields(data, ipma)
    version, flags = fields.version_and_flags()
    wide = flags & 1
    rows = []
    for _ in range(fields.count(4)):
        start = fields.at
        item = fields.number(4 if version else 2)
        place = fields.at
        count = fields.number(1)
        fields.raw(count * (1 + wide))
        row = data[start : fields.at]
        if item == number and count < 255 and (wide or index <= _MOST_INDEX):
            row = data[start:place] + bytes([count + 1]) + index.to_bytes(1 + wide, "big") + data[place + 1 : fields.at]
        rows.append(row)
    return _boxed(b"ipma", data[ipma.body : ipma.body + 8] + b"".join(rows))
