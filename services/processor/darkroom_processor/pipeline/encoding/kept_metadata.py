"""What of a source's metadata goes into a result, when a variant asks for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from darkroom.recipes import KeepMetadata
from darkroom_processor.pipeline.decoding.decode import DecodedImage
from darkroom_processor.pipeline.exif import OF_THE_FILE

_MOST_BYTES: Final = 65_000
"""Of an EXIF block, and of an XMP packet: what a JPEG segment can hold."""
_ORIENTATION: Final = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)[2-8]")
"""As an attribute, or as an element."""


@dataclass(frozen=True)
class KeptMetadata:
    """Metadata for an encoder."""

    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""

    def options(self) -> dict[str, Any]:
        """As options of Pillow's `save`: what there is, and nothing else. PNG takes the packet as one of its texts."""
        options: dict[str, Any] = {"exif": self.exif, "icc_profile": self.icc, "xmp": self.xmp}
        if self.xmp:
            options["pnginfo"] = PngInfo()
            options["pnginfo"].add_itxt("XML:com.adobe.xmp", self.xmp)
        return {name: value for name, value in options.items() if value}


def select_metadata(choice: KeepMetadata, decoded: DecodedImage, profile: bytes) -> KeptMetadata:
    """What is kept of a source's EXIF block and XMP packet, and with which profile.

    A block or packet that is broken or overlong is left away as a whole.
    """
    match choice:
        case KeepMetadata.NONE:
            return KeptMetadata()
        case KeepMetadata.ICC:
            return KeptMetadata(icc=profile)
        case KeepMetadata.COPYRIGHT:
            return KeptMetadata(_block(_copyright, decoded.exif))
        case KeepMetadata.ALL:
            return KeptMetadata(_block(_all, decoded.exif), profile, _packet(decoded.xmp))


def _copyright(exif: Image.Exif) -> Image.Exif:
    kept = Image.Exif()
    for tag in (ExifTags.Base.Artist, ExifTags.Base.Copyright):
        value = exif.get(tag)
        if isinstance(value, str) and value:
            kept[tag] = value
    return kept


def _all(exif: Image.Exif) -> Image.Exif:
    """Without what describes the file that the tags came from: its orientation, and where its pixels lie."""
    kept = Image.Exif()
    for tag, value in exif.items():
        if tag not in OF_THE_FILE:
            kept[tag] = value
    for ifd in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        entries = exif.get_ifd(ifd)
        if entries:
            kept.get_ifd(ifd).update(entries)
    return kept


def _block(choose: Callable[[Image.Exif], Image.Exif], exif: Image.Exif) -> bytes:
    """The bytes of what is chosen; none when the source's block makes that impossible."""
    try:
        chosen = choose(exif)
        block = chosen.tobytes() if len(chosen) else b""
    except Exception:  # noqa: BLE001 - values of an untrusted block are unpacked here, which raises nearly everything
        return b""
    return block if len(block) <= _MOST_BYTES else b""


def _packet(xmp: bytes) -> bytes:
    """The packet, in which the picture's orientation is the one that it now has."""
    return _ORIENTATION.sub(rb"\g<1>1", xmp) if len(xmp) <= _MOST_BYTES else b""
