"""AVIF files for several tests."""

from tests.support import heif
from tools.testbed import images

SIZE = (64, 48)
MARKED = heif.coded(images.marked(*SIZE), quality=90, subsampling="4:4:4")
PHOTO = images.photo(*SIZE)
SEEN_THROUGH = images.photo(*SIZE, "RGBA")


def marked(*properties: bytes) -> bytes:
    """Return an AVIF of `images.marked` with these properties."""
    return heif.File(items=(MARKED.item(1, heif.ispe(*SIZE), *properties),)).written()
