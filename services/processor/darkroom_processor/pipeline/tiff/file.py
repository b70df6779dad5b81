"""Pillow's plugin for TIFF, with readers of our own for the layouts that it gets wrong."""

import io
from typing import Any, Literal

from PIL import Image, ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.tiff.layout import BYTE_CODECS, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.samples import picture_of
from darkroom_processor.pipeline.tiff.tags import layout_of

_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _PROFILE = 282, 283, 296, 34675
_ORIENTATION, _SAMPLE_FORMAT = 274, 339
_CHUNKS = ((273, 279), (324, 325))
"""Tags of where strips and tiles begin, and how many bytes they have."""
_CENTIMETRES = 3
_BIG_AND_BIG_ENDIAN = b"MM\0+"


class TiffFile(TiffImageFile):
    """A TIFF in memory. Raises UnsupportedLayout for a page, at opening or seeking, that no reader gets right."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._own: Layout | None = None
        """Of the page that is to be loaded, when Pillow would get it wrong."""
        super().__init__(io.BytesIO(data))

    def _seek(self, frame: int) -> None:
        if not self._frame_pos and self._data[:4] == _BIG_AND_BIG_ENDIAN:
            # Pillow looks for the 43 where little-endian files have it, and so misses it here.
            self.tag_v2._bigtiff = True  # noqa: SLF001 - see above
            first = int.from_bytes(self._data[8:16], "big")
            self._TiffImageFile__first = self._TiffImageFile__next = first
        super()._seek(frame)

    def getexif(self) -> Image.Exif:
        """The tags of the page; of a big-endian BigTIFF, where Pillow fails, without the directories below it."""
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
            # Which they are without it, too, and Pillow does not know the undefined format.
            self.tag_v2.pop(_SAMPLE_FORMAT, None)
        if layout.photometric == Photometric.YCBCR:
            super()._setup()
            self._leave_to_libtiff(layout)
        elif layout.compression in BYTE_CODECS and not layout.is_plain:
            self._own = layout
            self._prepare(layout)
        else:
            super()._setup()

    def _leave_to_libtiff(self, layout: Layout) -> None:
        """Pillow itself knows nothing of subsampling, coefficients and reference black and white."""
        if self.use_load_libtiff:
            return
        self.use_load_libtiff = True
        self._mode = "RGB"
        arguments = ("RGBX", False, self.tag_v2.offset)
        self.tile = [ImageFile._Tile("libtiff", (0, 0, *layout.size), 0, arguments)]  # noqa: SLF001 - as Pillow does

    def _prepare(self, layout: Layout) -> None:
        """What Pillow's own method sets, for a page that it is not to load."""
        self._mode = layout.mode
        self._tile_size = layout.size
        lying = self.tag_v2.get(_ORIENTATION) in (5, 6, 7, 8)
        self._size = layout.size[::-1] if lying else layout.size
        self.tile = []
        self.palette = None
        across, down = (self.tag_v2.get(tag, 1) for tag in (_X_RESOLUTION, _Y_RESOLUTION))
        unit = {2: 1, _CENTIMETRES: 2.54, None: 1}.get(self.tag_v2.get(_RESOLUTION_UNIT))
        if unit and across and down:
            self.info["dpi"] = (across * unit, down * unit)
        if _PROFILE in self.tag_v2:
            self.info["icc_profile"] = self.tag_v2[_PROFILE]

    def load(self) -> Any:
        """Read the pixels of the page, turned as its orientation says."""
        if self._own is not None:
            layout, self._own = self._own, None
            picture = picture_of(self._data, self.tag_v2, layout)
            self._mode, self.im = picture.mode, picture.im
            self.readonly = 0
            self.load_end()
        try:
            return super().load()
        except Exception as error:
            if self._is_cut():
                raise TruncatedImage("The file ends before the picture does.") from error
            raise

    def _is_cut(self) -> bool:
        """Whether a strip or tile of the page reaches beyond the end of the file."""
        for places, lengths in _CHUNKS:
            chunks = zip(self.tag_v2.get(places, ()), self.tag_v2.get(lengths, ()), strict=False)
            if any(start + length > len(self._data) for start, length in chunks):
                return True
        return False
