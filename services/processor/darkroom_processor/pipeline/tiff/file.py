"""Pillow's plugin for TIFF, with own readers for the layouts that it decodes wrong."""

import io
from typing import Any, Literal

from PIL import Image, ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.tiff.layout import BYTE_CODECS, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.samples import decode_page
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import layout_of

_CHUNKS = ((Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS), (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS))
_INCHES_IN_UNIT = {2: 1, 3: 2.54, None: 1}
"""Factor that turns a resolution into dots per inch, by ResolutionUnit: inches, centimetres, missing."""
_BIG_AND_BIG_ENDIAN = b"MM\0+"


class TiffFile(TiffImageFile):
    """A TIFF in memory. Opening it, or seeking to a page, raises UnsupportedLayout if the page cannot be decoded."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._own: Layout | None = None
        """The layout of the current page until it is loaded, if Pillow would decode it wrong. Otherwise None."""
        super().__init__(io.BytesIO(data))

    def _seek(self, frame: int) -> None:
        if not self._frame_pos and self._data[:4] == _BIG_AND_BIG_ENDIAN:
            # Pillow looks for the version 43 only where little-endian files have it.
            self.tag_v2._bigtiff = True  # noqa: SLF001 - see above
            first = int.from_bytes(self._data[8:16], "big")
            self._TiffImageFile__first = self._TiffImageFile__next = first
        super()._seek(frame)

    def getexif(self) -> Image.Exif:
        """Return the tags of the page. For a big-endian BigTIFF, where Pillow fails, sub-directories are left out."""
        if self._data[:4] != _BIG_AND_BIG_ENDIAN:
            return super().getexif()
        exif = Image.Exif()
        exif.update(self.tag_v2)
        return exif

    def _setup(self) -> None:
        order: Literal["little", "big"] = "little" if self._data[:2] == b"II" else "big"
        layout = layout_of(self.tag_v2, order)
        self._own = None
        if layout.kind is Kind.UNSIGNED:
            # Unsigned is the default. Pillow does not know the value "undefined", which is read as unsigned.
            self.tag_v2.pop(Tag.SAMPLE_FORMAT, None)
        if layout.photometric == Photometric.YCBCR:
            super()._setup()
            self._leave_to_libtiff(layout)
        elif layout.compression in BYTE_CODECS and not layout.is_plain:
            self._own = layout
            self._prepare(layout)
        else:
            super()._setup()

    def _leave_to_libtiff(self, layout: Layout) -> None:
        """Have libtiff decode YCbCr. Pillow ignores subsampling, YCbCrCoefficients and ReferenceBlackWhite."""
        if self.use_load_libtiff:
            return
        self.use_load_libtiff = True
        self._mode = "RGB"
        arguments = ("RGBX", False, self.tag_v2.offset)
        self.tile = [ImageFile._Tile("libtiff", (0, 0, *layout.size), 0, arguments)]  # noqa: SLF001 - as Pillow does

    def _prepare(self, layout: Layout) -> None:
        """Set the attributes that Pillow's `_setup` sets, for a page that Pillow does not decode."""
        self._mode = layout.mode
        self._tile_size = layout.size
        swaps_sides = self.tag_v2.get(Tag.ORIENTATION) in (5, 6, 7, 8)
        self._size = layout.size[::-1] if swaps_sides else layout.size
        self.tile = []
        self.palette = None
        across, down = (self.tag_v2.get(tag, 1) for tag in (Tag.X_RESOLUTION, Tag.Y_RESOLUTION))
        factor = _INCHES_IN_UNIT.get(self.tag_v2.get(Tag.RESOLUTION_UNIT))
        if factor and across and down:
            self.info["dpi"] = (across * factor, down * factor)
        if Tag.ICC_PROFILE in self.tag_v2:
            self.info["icc_profile"] = self.tag_v2[Tag.ICC_PROFILE]

    def load(self) -> Any:
        """Decode the pixels of the page, and apply its orientation."""
        if self._own is not None:
            layout, self._own = self._own, None
            picture = decode_page(self._data, self.tag_v2, layout)
            self._mode, self.im = picture.mode, picture.im
            self.readonly = 0
            self.load_end()
        try:
            return super().load()
        except Exception as error:
            if self._is_cut():
                raise TruncatedImage("The file is truncated: it ends before the last pixel.") from error
            raise

    def _is_cut(self) -> bool:
        """Whether a strip or tile of the page reaches beyond the end of the file."""
        for places, lengths in _CHUNKS:
            chunks = zip(self.tag_v2.get(places, ()), self.tag_v2.get(lengths, ()), strict=False)
            if any(start + length > len(self._data) for start, length in chunks):
                return True
        return False
