"""Decoded pixels on their way through the operations."""

from functools import cached_property

from PIL import Image

from darkroom.planner.decode_scale import averaging_factor
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.pixels.resampling import averaged

_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}
_STRAIGHT = {premultiplied: straight for straight, premultiplied in _PREMULTIPLIED.items()}


class Raster:
    """A picture in sRGB, or in the space that is kept of its source, with 8 bits a channel. It is never changed.

    `size` is the picture's true size. The pixels held may be fewer: `extent` says how much of their width and height is
    picture, in fractions of a pixel, since decoders round up. Such a picture is for turning, resizing and what needs no
    single pixel.

    Transparent pictures come with colours straight (`RGBA`, `LA`) or premultiplied (`RGBa`, `La`), whichever the last
    step produced. Either view is made when it is first asked for and then kept, since several variants may ask.
    """

    def __init__(
        self,
        image: Image.Image,
        size: Size | None = None,
        extent: tuple[float, float] | None = None,
        *,
        shrunk: bool = False,
    ) -> None:
        self.image = image
        self.size: Size = size or image.size
        self.extent: tuple[float, float] = extent or self.size
        self.shrunk = shrunk
        """Whether the decoder has shrunk it, which it does less carefully than a resampling kernel would."""
        self._reduced: dict[int, Image.Image] = {}

    @property
    def is_complete(self) -> bool:
        """Whether all pixels of the true size are held."""
        return self.extent == self.size

    @property
    def has_alpha(self) -> bool:
        """Whether there is an alpha channel."""
        return self.image.mode in _PREMULTIPLIED or self.image.mode in _STRAIGHT

    @property
    def is_gray(self) -> bool:
        """Whether there is one channel of colour."""
        return self.image.mode in {"L", "LA", "La"}

    @cached_property
    def straight(self) -> Image.Image:
        """The pixels for encoders and compositing: `L`, `LA`, `RGB` or `RGBA`."""
        mode = self.image.mode
        return self.image.convert(_STRAIGHT[mode]) if mode in _STRAIGHT else self.image

    @cached_property
    def premultiplied(self) -> Image.Image:
        """The pixels for resampling: `L`, `La`, `RGB` or `RGBa`. Transparent pixels then lend no colour to others."""
        mode = self.image.mode
        return self.image.convert(_PREMULTIPLIED[mode]) if mode in _PREMULTIPLIED else self.image

    def shrunk_to(self, part: float) -> "Raster":
        """The same picture with no more pixels than are good for that part of its true size."""
        factor = averaging_factor(self.extent[0] / self.size[0] / part)
        if factor == 1:
            return self
        extent = self.extent[0] / factor, self.extent[1] / factor
        return Raster(self.reduced(factor), self.size, extent, shrunk=self.shrunk)

    def reduced(self, factor: int) -> Image.Image:
        """The premultiplied pixels with sides shorter by 2, 4, 8 …, each the mean of a square; kept as well."""
        if factor not in self._reduced:
            self._reduced[factor] = averaged(self.reduced(factor // 2) if factor > 2 else self.image, (2, 2))
        return self._reduced[factor]

    @property
    def color(self) -> Image.Image:
        """The pixels as `RGB` or, when there is transparency, `RGBA`."""
        image = self.straight
        return image.convert("RGBA" if self.has_alpha else "RGB") if self.is_gray else image

    def with_image(self, image: Image.Image, *, swaps_sides: bool = False) -> "Raster":
        """The same picture with its pixels rearranged; `swaps_sides` when width and height have changed places."""
        if not swaps_sides:
            return Raster(image, self.size, self.extent, shrunk=self.shrunk)
        return Raster(image, self.size[::-1], self.extent[::-1], shrunk=self.shrunk)
