"""Opens an AVIF whose pixels can be read, whatever is wrong with its EXIF."""

import io

from PIL import Image

from darkroom_processor.pipeline.containers import item_edits, items


def open_avif(data: bytes) -> Image.Image:
    """Open the file. Raises what Pillow raises when libavif refuses it.

    An EXIF block that libavif refuses is left out.
    """
    try:
        return _open(data)
    except ValueError:
        table = items.read(data)
        exif = [item for item in table.items.values() if item.kind == b"Exif"] if table else []
        return _open(item_edits.hide_items(data, exif))


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["AVIF"])
