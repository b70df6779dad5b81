"""Decoded pixels, as operations take and return them."""

from functools import cached_property

from PIL import Image

from darkroom.planner.decode_scale import averaging_factor
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.pixels.resampling import averaged

_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}
_STRAIGHT = {premultiplied: straight for straight, premultiplied in _PREMULTIPLIED.items()}


class Raster:
    """Pixels with 8 bits a channel, in sRGB or in the embedded colour space. A raster is never changed.

    `size` is the true size of the image, in pixels. A raster may hold fewer pixels, because it is enough for the
    operations that follow: rotations, resizes, and steps that need no single pixel. `extent` is then the part of the
    held pixels that is image, as (width, height) in fractions of a pixel: decoders round the held size up.

    Transparent pixels have straight colours (`RGBA`, `LA`) or premultiplied ones (`RGBa`, `La`), depending on the step
    that made them. Each view is converted when it is first asked for, and then kept for other variants.
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
        """Whether the decoder shrank the image, which is less exact than a resampling kernel."""
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
        """Whether there is a single colour channel."""
        return self.image.mode in {"L", "LA", "La"}

    @cached_property
    def straight(self) -> Image.Image:
        """The pixels for encoders and compositing: `L`, `LA`, `RGB` or `RGBA`."""
        mode = self.image.mode
        return self.image.convert(_STRAIGHT[mode]) if mode in _STRAIGHT else self.image

    @cached_property
    def premultiplied(self) -> Image.Image:
        """The pixels for resampling: `L`, `La`, `RGB` or `RGBa`. Transparent pixels then do not bleed their colour."""
        mode = self.image.mode
        return self.image.convert(_PREMULTIPLIED[mode]) if mode in _PREMULTIPLIED else self.image

    @property
    def color(self) -> Image.Image:
        """The pixels as `RGB` or, if there is an alpha channel, `RGBA`."""
        image = self.straight
        return image.convert("RGBA" if self.has_alpha else "RGB") if self.is_gray else image

    def shrunk_to(self, scale: float) -> "Raster":
        """Return the same image with fewer pixels, still enough to scale its true size by `scale`."""
        factor = averaging_factor(self.extent[0] / self.size[0] / scale)
        if factor == 1:
            return self
        extent = self.extent[0] / factor, self.extent[1] / factor
        return Raster(self.reduced(factor), self.size, extent, shrunk=self.shrunk)

    def reduced(self, factor: int) -> Image.Image:
        """Return the premultiplied pixels, each the mean of a square of `factor` (2, 4, 8 …) pixels a side."""
        if factor not in self._reduced:
            self._reduced[factor] = averaged(self.reduced(factor // 2) if factor > 2 else self.image, (2, 2))
        return self._reduced[factor]

    def with_image(self, image: Image.Image, *, swaps_sides: bool = False) -> "Raster":
        """Return a raster of the same pixels, rearranged. `swaps_sides` tells that width and height are exchanged."""
        if not swaps_sides:
            return Raster(image, self.size, self.extent, shrunk=self.shrunk)
        return Raster(image, self.size[::-1], self.extent[::-1], shrunk=self.shrunk)
