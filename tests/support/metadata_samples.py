"""Makes images with all kinds of metadata that their format can have. Each contains the word SECRET."""

import struct
import zlib
from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.support import bombs, profiles
from tools.testbed import images

SECRET = b"SECRET"
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "PPM"]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>'


def with_metadata(image_format: str) -> bytes:
    """Return an image, or an animation if the format has any, with EXIF, XMP, profile, comments and a trailer.

    Formats without some of these have the others.
    """
    return _MAKERS[image_format]() + b"SECRET<?php trailer ?>"


def exif() -> Image.Exif:
    """Return an EXIF block with tags of the camera, the photographer and the place."""
    block = Image.Exif()
    block[ExifTags.Base.Make] = "SECRET-MAKER"
    block[ExifTags.Base.Artist] = "SECRET-ARTIST"
    block[ExifTags.Base.ImageDescription] = "SECRET-DESCRIPTION"
    block.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"ASCII\0\0\0SECRET"
    place = block.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "SECRET-GPS"
    place[ExifTags.GPS.GPSLatitude] = (IFDRational(52), IFDRational(5223, 100), IFDRational(1))
    return block


def _attached() -> dict[str, Any]:
    return {"exif": exif(), "icc_profile": profiles.rgb_profile(name="SECRET-PROFILE"), "xmp": XMP, "dpi": (211, 211)}


def _jpeg() -> bytes:
    data = images.encoded(images.marked(32, 24), "JPEG", comment=SECRET, **_attached())
    iptc = b"Photoshop 3.0\08BIM\x04\x04\0\0" + struct.pack(">I", 11) + b"\x1c\x02\x78\0\x06SECRET\0"
    return data[:2] + b"\xff\xed" + struct.pack(">H", 2 + len(iptc)) + iptc + data[2:]


def _png() -> bytes:
    texts = PngInfo()
    texts.add_text("Comment", "SECRET")
    texts.add_text("Packed", "SECRET" * 9, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP)
    data = images.animation(32, 24, 2, "PNG", pnginfo=texts, **_attached())
    behind = bombs.chunk(b"tEXt", b"Behind\0SECRET") + bombs.chunk(b"prVt", SECRET)
    at = data.index(b"IEND") - 4
    return data[:at] + behind + data[at:]


def _webp() -> bytes:
    data = images.animation(32, 24, 2, "WEBP", **_attached())
    unknown = b"PRIV" + struct.pack("<I", 6) + SECRET
    return b"RIFF" + struct.pack("<I", len(data) - 8 + len(unknown)) + data[8:] + unknown


def _gif() -> bytes:
    data = images.animation(32, 24, 2, "GIF", comment=SECRET)
    at = data.index(b"\x21\xfe")
    xmp = b"\x21\xff\x0bXMP DataXMP\x06SECRET\0"
    return data[:at] + xmp + data[at:]


def _tiff() -> bytes:
    tags = exif()
    tags[ExifTags.Base.XMLPacket] = XMP
    return images.encoded(
        images.marked(32, 24), "TIFF", tiffinfo=tags, icc_profile=_attached()["icc_profile"], dpi=(211, 211)
    )


def _jpeg2000() -> bytes:
    data = images.encoded(images.marked(32, 24), "JPEG2000", comment="SECRET")
    uuid = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP
    at = data.index(b"jp2c") - 4
    return data[:at] + struct.pack(">I", 8 + len(uuid)) + b"uuid" + uuid + data[at:]


def _ico() -> bytes:
    """Return an icon that contains a PNG with text chunks."""
    inner = images.encoded(images.marked(32, 32), "PNG", **{k: v for k, v in _attached().items() if k != "xmp"})
    text = bombs.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET))
    inner = inner[:33] + text + bombs.chunk(b"tEXt", b"Comment\0SECRET") + inner[33:]
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 32, 32, 0, 0, 1, 32, len(inner), 22) + inner


def _ppm() -> bytes:
    return b"P6\n# SECRET\n32 24\n# SECRET\n255\n" + images.marked(32, 24).tobytes()


_MAKERS = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
    "TIFF": _tiff,
    "BMP": lambda: images.encoded(images.marked(32, 24), "BMP", dpi=(211, 211)),
    "AVIF": lambda: images.encoded(images.marked(32, 24), "AVIF", **_attached()),
    "JPEG2000": _jpeg2000,
    "ICO": _ico,
    "PPM": _ppm,
}
