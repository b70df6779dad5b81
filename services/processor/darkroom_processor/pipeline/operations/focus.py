"""Blurring and sharpening."""

from PIL import Image, ImageFilter

from darkroom.recipes import Blur, Sharpen
from darkroom_processor.pipeline.raster import Raster


def blur(operation: Blur, raster: Raster) -> Raster:
    """A Gaussian, premultiplied so that transparent pixels lend no colour."""
    return Raster(raster.premultiplied.filter(ImageFilter.GaussianBlur(operation.sigma)))


def sharpen(operation: Sharpen, raster: Raster) -> Raster:
    """An unsharp mask on the colours; the outline of a transparent picture stays as it is."""
    mask = ImageFilter.UnsharpMask(operation.sigma, round(operation.amount * 100), operation.threshold)
    image = raster.straight
    if not raster.has_alpha:
        return Raster(image.filter(mask))
    sharpened = Raster(raster.premultiplied.filter(mask)).straight
    sharpened.putalpha(image.getchannel("A"))
    return Raster(_without_overshoot(sharpened))


def _without_overshoot(image: Image.Image) -> Image.Image:
    """Fully transparent pixels back to no colour at all, which every encoder writes shortest."""
    return image.convert(f"{image.mode[:-1]}a").convert(image.mode)
