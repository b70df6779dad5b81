"""AVIF: leaves out metadata over the limit, and gives alpha the size that it lacks."""

from collections.abc import Iterator
from typing import Final

from darkroom.limits import MAX_TEXT_BYTES
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned
from darkroom_processor.pipeline.containers import item_edits, items
from darkroom_processor.pipeline.containers.items import Item, Items

_METADATA: Final = frozenset({b"Exif", b"mime"})


def clean(data: bytes) -> Cleaned:
    """Return the file without metadata over the limit: their extents may overlap, so that few bytes become very many.

    Alpha without a size, which old encoders write and libavif refuses, gets that of its picture.
    """
    table = items.read(data)
    if table is None:
        return Cleaned(data)
    data = item_edits.without(data, _beyond_limit(table))
    picture = table.picture
    alpha = next((item for item in table.auxiliaries(picture) if items.is_alpha(data, item)), None) if picture else None
    if picture and alpha and not alpha.property(b"ispe"):
        data = item_edits.with_size(data, table, alpha, picture)
    return Cleaned(data)


def _beyond_limit(table: Items) -> Iterator[Item]:
    """Metadata that the limit leaves no room for; EXIF comes first."""
    left = MAX_TEXT_BYTES
    for item in sorted(table.items.values(), key=lambda item: item.kind):
        size = sum(span.end - span.start for span in item.extents)
        if item.kind not in _METADATA:
            continue
        if size > left:
            yield item
        else:
            left -= size
