"""PNG: keeps the chunks that a picture needs, and of the others those that are well made.

What is kept is decided as browsers do it (libpng), and what is not told below is not touched:

- a critical chunk that is damaged, or that no decoder here knows, refuses the picture (section 5.4): without it the
  pixels cannot be told. The palette of a picture that has no indexes is no such chunk;
- an ancillary chunk is dropped if its checksum, name, length or contents are wrong, if it repeats one that must be
  unique, or if it stands behind the start of the image data, where nothing but EXIF and XMP may tell anything;
- text is dropped. Of all texts only the XMP packet and ImageMagick's EXIF are read, here and within a limit. Pillow
  would take the keyword of a text for a property of the picture, such as `interlace`;
- an animation with a damaged chunk is shown as the still picture that every PNG has (section 4.9).
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
"""Bytes of the contents of chunks that always have as many (section 11.3)."""
_CONTENTS: Final[dict[bytes, Callable[[memoryview], bool]]] = {b"gAMA": any, b"sRGB": lambda body: body[0] <= 3}
"""What else must be true of them."""
_UNIQUE: Final = frozenset({*_LENGTHS, b"eXIf", b"iCCP", b"tRNS"}) - {b"fcTL"}
_HEADER_BYTES: Final = 13
_INDEXED: Final = 3
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), _INDEXED: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits of a sample by colour type (section 11.2.1)."""
_MOST_ENTRIES: Final = 256
_TRANSPARENT_LEVELS: Final = {0: 2, 2: 6}
"""Bytes of `tRNS` by colour type, if pixels are no indexes."""
_LONGEST_NAME: Final = 79
_XMP: Final = b"XML:com.adobe.xmp"
_EXIF_AS_TEXT: Final = b"Raw profile type exif"


def clean(data: bytes) -> Cleaned:
    """Return the file without what is wrong in its side information, and the EXIF and XMP that the decoder misses.

    Raises TruncatedImage and UndecodableImage as described above.
    """
    judge = _Judge()
    kept = png.rewrite(data, judge.keeps)
    if not judge.pixels_begun:
        judge.refuse_without_pixels(data)
    if judge.animation_damaged:
        kept = png.rewrite(kept, lambda one: one.kind not in _ANIMATION)
    return Cleaned(kept, exif=judge.exif or judge.exif_as_text, xmp=judge.xmp)


class _Judge:
    """Decides on one chunk after the other, in the order of the file."""

    def __init__(self) -> None:
        self.pixels_begun = False
        self.animation_damaged = False
        self.exif: bytes | None = None
        self.exif_as_text: bytes | None = None
        self.xmp: bytes | None = None
        self._color_type: int | None = None
        self._palette_entries = 0
        self._seen: set[bytes] = set()
        self._may_unpack = MAX_TEXT_BYTES + MAX_ICC_BYTES
        """Bytes: what a file of many packed chunks costs altogether."""

    def keeps(self, one: Chunk) -> bool:
        """Whether the decoder sees this chunk. Raises TruncatedImage or UndecodableImage for what refuses a picture."""
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
        """Raise why there is no image data at all."""
        if any(one.kind == png.END for one in png.walk(data)):
            raise UndecodableImage("The file is damaged: it has no chunk of image data (IDAT).")
        raise TruncatedImage("The file ends before the picture does.")

    def _keeps_pixels(self, one: Chunk) -> bool:
        if self._color_type is None:
            raise UndecodableImage("The file is damaged: it has image data before its header (IHDR).")
        if self._color_type == _INDEXED and not 0 < self._palette_entries <= _MOST_ENTRIES:
            raise UndecodableImage(
                "The file is damaged: its pixels are indexes, and it has no palette (PLTE) for them."
            )
        if one.whole:
            _demand_intact(one)
        self.pixels_begun = True
        return True

    def _keeps_critical(self, one: Chunk) -> bool:
        if one.kind == b"IHDR":
            return self._keeps_header(one)
        if one.kind != b"PLTE":
            raise UndecodableImage(f"The picture needs a chunk that no decoder here knows: {one.kind.decode()}.")
        if self._color_type == _INDEXED:
            _demand_intact(one)
        good = one.kind not in self._seen and one.intact
        if good:
            self._seen.add(one.kind)
            self._palette_entries = one.length // 3
        return good

    def _keeps_header(self, one: Chunk) -> bool:
        if self._color_type is not None:
            return False
        _demand_intact(one)
        depth, color_type, *methods = one.body[8:13] if one.length == _HEADER_BYTES else (0, 0)
        if depth not in _DEPTHS.get(color_type, ()) or methods[:2] != [0, 0] or methods[2] > 1:
            raise UndecodableImage("The file is damaged: its header (IHDR) tells of no layout that PNG has.")
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
        # The part of a frame that a cut file has is left to the decoder, which misses the rest.
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
        name, separator, packed = bytes(one.body).partition(b"\0")
        if not separator or not 0 < len(name) <= _LONGEST_NAME or packed[:1] != b"\0":
            return False
        return bool(self._unpacked(packed[1:], MAX_ICC_BYTES))

    def _read_text(self, one: Chunk) -> None:
        """Remember the text if it is one of those that are read, and the first of its kind."""
        body = bytes(one.body)
        keyword, _, rest = body.partition(b"\0")
        if keyword == _XMP and one.kind == b"iTXt" and self.xmp is None:
            packed, (_, _, text) = rest[:2], _split(rest[2:])
            if packed[:1] == b"\0":
                self.xmp = text if len(text) <= MAX_TEXT_BYTES else None
            elif packed == b"\1\0":
                self.xmp = self._unpacked(text, MAX_TEXT_BYTES)
        elif keyword == _EXIF_AS_TEXT and one.kind != b"iTXt" and self.exif_as_text is None:
            text = self._unpacked(rest[1:], MAX_TEXT_BYTES) or b"" if one.kind == b"zTXt" else rest
            self.exif_as_text = _from_hexadecimal(text)

    def _unpacked(self, packed: bytes, most: int) -> bytes | None:
        """The contents of a zlib stream; None if it is broken, or has more bytes than may be unpacked."""
        most = min(most, self._may_unpack)
        stream = zlib.decompressobj()
        try:
            contents = stream.decompress(packed, most + 1)
        except zlib.error:
            self._may_unpack -= min(most, len(packed))
            return None
        self._may_unpack -= min(most, len(contents))
        return contents if stream.eof and len(contents) <= most else None


def _demand_intact(one: Chunk) -> None:
    if not one.whole:
        raise TruncatedImage("The file ends before the picture does.")
    if not one.intact:
        raise UndecodableImage(f"The file is damaged: the checksum of its chunk {one.kind.decode()} is wrong.")


def _split(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """Language, translated keyword and text of an `iTXt` chunk."""
    language, _, rest = rest.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text


def _from_hexadecimal(text: bytes) -> bytes | None:
    """The block that ImageMagick writes as a line break, two lines of name and length, and hexadecimal digits."""
    try:
        return bytes.fromhex("".join(text.decode("ascii").split("\n")[3:])) or None
    except ValueError:
        return None
