"""Opens an AVIF even if its EXIF block is broken."""

import io

from PIL import Image

from darkroom_processor.pipeline.containers import item_edits, items


def open_avif(data: bytes) -> Image.Image:
    """Open the file. If libavif refuses it, open it once more without its EXIF block. Raises what Pillow raises."""
    try:
        return _open(data)
    except ValueError:
        table = items.read(data)
        exif = [item for item in table.items.values() if item.kind == b"Exif"] if table else []
        return _open(item_edits.hide_items(data, exif))


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["AVIF"])
