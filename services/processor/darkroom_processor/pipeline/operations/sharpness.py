"""Blurring and sharpening."""

from typing import Final

from PIL import Image, ImageFilter

from darkroom.recipes import Blur, Sharpen
from darkroom_processor.pipeline.pixels.raster import Raster

_OPAQUE: Final = 255


def blur(operation: Blur, raster: Raster) -> Raster:
    """A Gaussian, premultiplied so that transparent pixels lend no colour."""
    return Raster(raster.premultiplied.filter(ImageFilter.GaussianBlur(operation.sigma)))


def sharpen(operation: Sharpen, raster: Raster) -> Raster:
    """An unsharp mask on the colours; the outline of a transparent picture stays as it is."""
    mask = ImageFilter.UnsharpMask(operation.sigma, round(operation.amount * 100), operation.threshold)
    image = raster.straight
    if not raster.has_alpha:
        return Raster(image.filter(mask))
    sharpened = _spread(image).filter(mask)
    sharpened.putalpha(image.getchannel("A"))
    return Raster(_without_colors_unseen(sharpened))


def _spread(image: Image.Image) -> Image.Image:
    """The colours of a transparent picture spread to where it is transparent, so that no edge is seen there.

    Pull and push: what is not seen takes its colour from the picture in half the size, and that from a quarter.
    """
    colors, alpha = image.convert(image.mode.removesuffix("A")), image.getchannel("A")
    if max(image.size) == 1 or alpha.getextrema()[0] == _OPAQUE:
        return colors
    smaller = Raster(Raster(image).premultiplied.reduce(2)).straight
    # A single opaque pixel of four counts in full.
    smaller.putalpha(smaller.getchannel("A").point([min(4 * level, _OPAQUE) for level in range(256)]))
    behind = _spread(smaller).resize(image.size, Image.Resampling.BILINEAR)
    behind.paste(colors, mask=alpha)
    return behind


def _without_colors_unseen(image: Image.Image) -> Image.Image:
    """Fully transparent pixels back to no colour at all, which every encoder writes shortest."""
    return image.convert(f"{image.mode[:-1]}a").convert(image.mode)
