"""The metadata of the source that a variant keeps, if it asks for some."""

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
"""Most bytes of an EXIF block and of an XMP packet: a JPEG segment holds no more."""
_ORIENTATION: Final = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)[2-8]")
"""Orientation in an XMP packet, as an attribute or as an element."""


@dataclass(frozen=True)
class KeptMetadata:
    """Metadata that an encoder writes; empty fields are not written."""

    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""

    def options(self) -> dict[str, Any]:
        """Return the options of Pillow's `save` for all fields that are not empty. A PNG takes XMP as a text chunk."""
        options: dict[str, Any] = {"exif": self.exif, "icc_profile": self.icc, "xmp": self.xmp}
        if self.xmp:
            options["pnginfo"] = PngInfo()
            options["pnginfo"].add_itxt("XML:com.adobe.xmp", self.xmp)
        return {name: value for name, value in options.items() if value}


def select_metadata(choice: KeepMetadata, decoded: DecodedImage, profile: bytes) -> KeptMetadata:
    """Return what a variant keeps of the source's EXIF block and XMP packet, and `profile` if it keeps one.

    A block or packet that is broken or too long is left out as a whole.
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
    """Copy all tags, except those that describe the original file: its orientation, and where its pixels lie."""
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
    """Return the bytes of the chosen tags; empty if the source's block is broken."""
    try:
        chosen = choose(exif)
        block = chosen.tobytes() if len(chosen) else b""
    except Exception:  # noqa: BLE001 - values of an untrusted block are unpacked here, which raises nearly everything
        return b""
    return block if len(block) <= _MOST_BYTES else b""


def _packet(xmp: bytes) -> bytes:
    """Return the packet with orientation 1, since the pixels are upright now."""
    return _ORIENTATION.sub(rb"\g<1>1", xmp) if len(xmp) <= _MOST_BYTES else b""
