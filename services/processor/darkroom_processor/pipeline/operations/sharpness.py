"""Operations that blur and sharpen."""

from typing import Final

from PIL import Image, ImageFilter

from darkroom.recipes import Blur, Sharpen
from darkroom_processor.pipeline.pixels.raster import Raster

_OPAQUE: Final = 255


def blur(operation: Blur, raster: Raster) -> Raster:
    """Blur with a Gaussian, on premultiplied pixels, so that the colours of transparent pixels do not bleed."""
    return Raster(raster.premultiplied.filter(ImageFilter.GaussianBlur(operation.sigma)))


def sharpen(operation: Sharpen, raster: Raster) -> Raster:
    """Sharpen the colours with an unsharp mask. Transparency stays as it is."""
    mask = ImageFilter.UnsharpMask(operation.sigma, round(operation.amount * 100), operation.threshold)
    image = raster.straight
    if not raster.has_alpha:
        return Raster(image.filter(mask))
    sharpened = _spread(image).filter(mask)
    sharpened.putalpha(image.getchannel("A"))
    return Raster(_without_hidden_colors(sharpened))


def _spread(image: Image.Image) -> Image.Image:
    """Spread the visible colours into the transparent parts, so that the mask sees no edge there.

    This is the pull-push algorithm: transparent pixels take their colour from the image at half the size, and its
    transparent pixels from a quarter, and so on.
    """
    colors, alpha = image.convert(image.mode.removesuffix("A")), image.getchannel("A")
    if max(image.size) == 1 or alpha.getextrema()[0] == _OPAQUE:
        return colors
    smaller = Raster(Raster(image).premultiplied.reduce(2)).straight
    # One opaque pixel of four is enough to count as opaque.
    smaller.putalpha(smaller.getchannel("A").point([min(4 * level, _OPAQUE) for level in range(256)]))
    behind = _spread(smaller).resize(image.size, Image.Resampling.BILINEAR)
    behind.paste(colors, mask=alpha)
    return behind


def _without_hidden_colors(image: Image.Image) -> Image.Image:
    """Remove the colours of fully transparent pixels, which makes smaller files in every format."""
    return image.convert(f"{image.mode[:-1]}a").convert(image.mode)
