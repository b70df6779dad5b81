"""PNG."""

import io

from PIL import Image

from darkroom.recipes import Output

# zlib's level by effort 0 to 9. Beyond 6 the bytes hardly shrink and the time doubles with each level.
_LEVELS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)


def encode(image: Image.Image, output: Output) -> bytes:
    """Always without loss, whatever `quality` says."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=_LEVELS[output.effort])
    return out.getvalue()
