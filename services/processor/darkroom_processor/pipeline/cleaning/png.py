"""Cleans PNG: keeps the chunks that the pixels need, and other chunks that are valid (PNG third edition).

The rules are those of browsers (libpng). Chunks that no rule names are kept.

- A critical chunk that is damaged or unknown makes the file undecodable, since the pixels need it (section 5.4). The
  exception is a palette (PLTE) in an image whose pixels are not indexes.
- An ancillary chunk is dropped if its checksum, type, length or contents are wrong, if it repeats a chunk that must be
  unique, or if it follows the start of the image data. After that only EXIF and XMP are read.
- Text chunks are dropped. Only the XMP packet and ImageMagick's EXIF are read from them, here and within a limit.
  Pillow would use the keyword of a text as a property of the image, such as `interlace`.
- An animation with a damaged chunk is shown as the still picture that every PNG has (section 4.9).
"""

import zlib
from collections.abc import Callable
from typing import Final

from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom.limits import MAX_ICC_BYTES, MAX_TEXT_BYTES
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned
from darkroom_processor.pipeline.containers import png
from darkroom_processor.pipeline.containers.png import Chunk

_ANIMATION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LENGTHS: Final = {
    b"acTL": 8,
    b"cHRM": 32,
    b"cICP": 4,
    b"cLLI": 8,
    b"fcTL": 26,
    b"gAMA": 4,
    b"mDCV": 24,
    b"pHYs": 9,
    b"sRGB": 1,
}
"""Bytes of the contents of chunks that have a fixed length (section 11.3)."""
_CONTENTS: Final[dict[bytes, Callable[[memoryview], bool]]] = {b"gAMA": any, b"sRGB": lambda body: body[0] <= 3}
"""Checks of the contents: gamma is not 0, and the rendering intent is 0 to 3."""
_UNIQUE: Final = frozenset({*_LENGTHS, b"eXIf", b"iCCP", b"tRNS"}) - {b"fcTL"}
_HEADER_BYTES: Final = 13
_INDEXED: Final = 3
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), _INDEXED: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Allowed bit depths, by colour type (section 11.2.1)."""
_MOST_ENTRIES: Final = 256
_TRANSPARENT_LEVELS: Final = {0: 2, 2: 6}
"""Bytes of `tRNS` by colour type, for pixels that are not indexes."""
_LONGEST_NAME: Final = 79
"""Bytes of the name of a profile (section 11.3.2.3)."""
_XMP: Final = b"XML:com.adobe.xmp"
_EXIF_AS_TEXT: Final = b"Raw profile type exif"
_TRUNCATED: Final = "The file is truncated: it ends before the last pixel."


def clean(data: bytes) -> Cleaned:
    """Return the file without faulty side information, and the EXIF and XMP that Pillow would not find.

    Raises UndecodableImage if a chunk that the pixels need is damaged or unknown, and TruncatedImage if it is missing.
    """
    chunks = _ChunkFilter()
    kept = png.rewrite(data, chunks.keeps)
    if not chunks.pixels_begun:
        chunks.refuse_without_pixels(data)
    if chunks.animation_damaged:
        kept = png.rewrite(kept, lambda one: one.kind not in _ANIMATION)
    return Cleaned(kept, exif=chunks.exif or chunks.exif_as_text, xmp=chunks.xmp)


class _ChunkFilter:
    """Decides which chunks the decoder sees. It is asked about each chunk in the order of the file."""

    def __init__(self) -> None:
        self.pixels_begun = False
        self.animation_damaged = False
        self.exif: bytes | None = None
        self.exif_as_text: bytes | None = None
        self.xmp: bytes | None = None
        self._color_type: int | None = None
        self._palette_entries = 0
        self._seen: set[bytes] = set()
        self._budget = MAX_TEXT_BYTES + MAX_ICC_BYTES
        """Bytes that may still be decompressed: a budget for all compressed chunks of the file."""

    def keeps(self, one: Chunk) -> bool:
        """Whether the decoder sees this chunk.

        Raises UndecodableImage or TruncatedImage if the pixels need the chunk and it is damaged, unknown or truncated.
        """
        if one.kind == b"IDAT":
            return self._keeps_pixels(one)
        if one.kind in _ANIMATION:
            return self._keeps_animation(one)
        if one.critical and one.named:
            return not self.pixels_begun and self._keeps_critical(one)
        if not (one.named and one.intact):
            return False
        if one.kind in _TEXTS:
            self._read_text(one)
            return False
        good = one.kind not in self._seen and self._is_well_made(one)
        if good and one.kind in _UNIQUE:
            self._seen.add(one.kind)
        if good and one.kind == b"eXIf":
            self.exif = bytes(one.body)
        return good and not self.pixels_begun

    def refuse_without_pixels(self, data: bytes) -> None:
        """Raise the error for a file without image data: UndecodableImage, or TruncatedImage if the end is missing."""
        if any(one.kind == png.END for one in png.walk(data)):
            raise UndecodableImage("The file is damaged: the image data (IDAT) is missing.")
        raise TruncatedImage(_TRUNCATED)

    def _keeps_pixels(self, one: Chunk) -> bool:
        if self._color_type is None:
            raise UndecodableImage("The file is damaged: image data (IDAT) precedes the header (IHDR).")
        if self._color_type == _INDEXED and not 0 < self._palette_entries <= _MOST_ENTRIES:
            raise UndecodableImage(
                "The file is damaged: its pixels are indexes, but it has no palette (PLTE) of 1 to 256 colours."
            )
        if one.whole:
            _require_intact(one)
        self.pixels_begun = True
        return True

    def _keeps_critical(self, one: Chunk) -> bool:
        if one.kind == b"IHDR":
            return self._keeps_header(one)
        if one.kind != b"PLTE":
            raise UndecodableImage(f"The file has a critical chunk that is not supported: {one.kind.decode()}.")
        if self._color_type == _INDEXED:
            _require_intact(one)
        good = one.kind not in self._seen and one.intact
        if good:
            self._seen.add(one.kind)
            self._palette_entries = one.length // 3
        return good

    def _keeps_header(self, one: Chunk) -> bool:
        if self._color_type is not None:
            return False
        _require_intact(one)
        depth, color_type, *methods = one.body[8:13] if one.length == _HEADER_BYTES else (0, 0)
        if depth not in _DEPTHS.get(color_type, ()) or methods[:2] != [0, 0] or methods[2] > 1:
            raise UndecodableImage(
                "The file is damaged: its header (IHDR) has a bit depth, colour type or method that PNG does not know."
            )
        self._color_type = color_type
        return True

    def _keeps_animation(self, one: Chunk) -> bool:
        if one.kind == b"acTL":
            good = one.intact and one.length == _LENGTHS[one.kind] and any(one.body[:4])
            if good and one.kind not in self._seen and not self.pixels_begun:
                self._seen.add(one.kind)
                return True
            return False
        if b"acTL" not in self._seen:
            return False
        # A truncated frame is kept: the decoder reports the missing pixels.
        fits = one.length == _LENGTHS[one.kind] if one.kind == b"fcTL" else one.length > 3
        self.animation_damaged |= one.whole and not (fits and one.intact)
        return True

    def _is_well_made(self, one: Chunk) -> bool:
        if one.kind in _LENGTHS and one.length != _LENGTHS[one.kind]:
            return False
        if one.kind == b"tRNS" and self._color_type == _INDEXED:
            return 0 < one.length <= self._palette_entries
        if one.kind == b"tRNS":
            return one.length == _TRANSPARENT_LEVELS.get(self._color_type or 0)
        return _CONTENTS[one.kind](one.body) if one.kind in _CONTENTS else one.kind != b"iCCP" or self._is_profile(one)

    def _is_profile(self, one: Chunk) -> bool:
        name, separator, compressed = bytes(one.body).partition(b"\0")
        if not separator or not 0 < len(name) <= _LONGEST_NAME or compressed[:1] != b"\0":
            return False
        return bool(self._decompressed(compressed[1:], MAX_ICC_BYTES))

    def _read_text(self, one: Chunk) -> None:
        """Store the text if it is XMP or ImageMagick's EXIF, and the first of its kind."""
        body = bytes(one.body)
        keyword, _, rest = body.partition(b"\0")
        if keyword == _XMP and one.kind == b"iTXt" and self.xmp is None:
            compressed, (_, _, text) = rest[:2], _split(rest[2:])
            if compressed[:1] == b"\0":
                self.xmp = text if len(text) <= MAX_TEXT_BYTES else None
            elif compressed == b"\1\0":
                self.xmp = self._decompressed(text, MAX_TEXT_BYTES)
        elif keyword == _EXIF_AS_TEXT and one.kind != b"iTXt" and self.exif_as_text is None:
            text = self._decompressed(rest[1:], MAX_TEXT_BYTES) or b"" if one.kind == b"zTXt" else rest
            self.exif_as_text = _from_hexadecimal(text)

    def _decompressed(self, compressed: bytes, most: int) -> bytes | None:
        """Decompress a zlib stream. None if it is broken, or has more than `most` bytes or more than the budget."""
        most = min(most, self._budget)
        stream = zlib.decompressobj()
        try:
            contents = stream.decompress(compressed, most + 1)
        except zlib.error:
            self._budget -= min(most, len(compressed))
            return None
        self._budget -= min(most, len(contents))
        return contents if stream.eof and len(contents) <= most else None


def _require_intact(one: Chunk) -> None:
    if not one.whole:
        raise TruncatedImage(_TRUNCATED)
    if not one.intact:
        raise UndecodableImage(f"The file is damaged: the checksum of the chunk {one.kind.decode()} is wrong.")


def _split(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """Split the rest of an `iTXt` chunk into language tag, translated keyword and text (section 11.3.3.4)."""
    language, _, rest = rest.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text


def _from_hexadecimal(text: bytes) -> bytes | None:
    """Decode ImageMagick's form of a block: a line break, a line each for name and length, hexadecimal digits."""
    try:
        return bytes.fromhex("".join(text.decode("ascii").split("\n")[3:])) or None
    except ValueError:
        return None
