"""Opens an AVIF whose pixels can be read, whatever is wrong with what stands beside them."""

import io
from collections.abc import Iterator
from typing import Final

from PIL import Image

from darkroom.limits import MAX_TEXT_BYTES
from darkroom_processor.pipeline.containers import items, repair
from darkroom_processor.pipeline.containers.items import Item, Items

_EXIF: Final = b"Exif"
_XMP: Final = b"mime"


def open_avif(data: bytes) -> Image.Image:
    """Open the file. Raises what Pillow raises when libavif refuses it.

    Metadata over the limit are left out: their extents may overlap, so that few bytes become very many. An EXIF block
    that libavif refuses is left out as well. Alpha without a size gets that of the picture.
    """
    data = _repaired(data)
    try:
        return _open(data)
    except ValueError:
        table = items.read(data)
        return _open(
            repair.without(data, [item for item in table.items.values() if item.kind == _EXIF] if table else [])
        )


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["AVIF"])


def _repaired(data: bytes) -> bytes:
    table = items.read(data)
    if table is None:
        return data
    data = repair.without(data, _beyond_limit(table))
    picture = table.items.get(table.primary or 0)
    alpha = next((item for item in table.auxiliaries(picture) if items.is_alpha(data, item)), None) if picture else None
    if picture and alpha and not alpha.property(b"ispe"):
        data = repair.with_size(data, table, alpha, picture)
    return data


def _beyond_limit(table: Items) -> Iterator[Item]:
    """Metadata that the limit leaves no room for; EXIF comes first."""
    left = MAX_TEXT_BYTES
    for item in sorted(table.items.values(), key=lambda item: item.kind):
        size = sum(span.end - span.start for span in item.extents)
        if item.kind not in {_EXIF, _XMP}:
            continue
        if size > left:
            yield item
        else:
            left -= size
