"""Cleans AVIF: hides metadata over the limit, and adds the missing size of an alpha plane."""

from collections.abc import Iterator
from typing import Final

from darkroom.limits import MAX_TEXT_BYTES
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned
from darkroom_processor.pipeline.containers import item_edits, items
from darkroom_processor.pipeline.containers.items import Item, Items

_METADATA: Final = frozenset({b"Exif", b"mime"})


def clean(data: bytes) -> Cleaned:
    """Return the file without metadata over the limit. Extents may overlap, so that a small file has huge metadata.

    Old encoders write alpha planes without a size, and libavif refuses them. These get the size of their image.
    """
    table = items.read(data)
    if table is None:
        return Cleaned(data)
    data = item_edits.hide_items(data, _over_limit(table))
    image = table.primary_item
    alpha = next((item for item in table.auxiliaries(image) if items.is_alpha(data, item)), None) if image else None
    if image and alpha and not alpha.property(b"ispe"):
        data = item_edits.with_alpha_size(data, table, alpha, image)
    return Cleaned(data)


def _over_limit(table: Items) -> Iterator[Item]:
    """Yield the metadata items that do not fit into MAX_TEXT_BYTES together. EXIF is counted first."""
    left = MAX_TEXT_BYTES
    for item in sorted(table.items.values(), key=lambda item: item.kind):
        size = sum(span.end - span.start for span in item.extents)
        if item.kind not in _METADATA:
            continue
        if size > left:
            yield item
        else:
            left -= size
