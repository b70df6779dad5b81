"""Decodes the first frame once, at the smallest scale that is enough for all that is made of it."""

from dataclasses import dataclass

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.WebPImagePlugin import WebPImageFile

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline.animations import composing
from darkroom_processor.pipeline.color import conversion, sixteen_bit_png, transparency
from darkroom_processor.pipeline.color.embedded_space import EmbeddedSpace
from darkroom_processor.pipeline.decoding import orientation
from darkroom_processor.pipeline.decoding.jpeg_quality import quality_of
from darkroom_processor.pipeline.decoding.jpeg_scaling import scale_while_decoding
from darkroom_processor.pipeline.decoding.needs import Needs
from darkroom_processor.pipeline.decoding.working_pixels import cropped, working_pixels
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.pixels.raster import Raster


@dataclass(frozen=True, kw_only=True)
class DecodedImage:
    """The upright pixels of an image, and what its file says about them."""

    raster: Raster
    """The pixels in sRGB."""
    unconverted: "UnconvertedPixels | None"
    """The same pixels in the embedded colour space; None unless that was asked for and the file has one."""
    stored_mode: str
    """Pillow's name of the pixel layout in the file."""
    has_alpha: bool
    """Whether the file can have transparency, used or not."""
    orientation: int
    """EXIF orientation in the file, 1 to 8."""
    exif: Image.Exif
    xmp: bytes
    """The XMP packet; empty when there is none."""
    profile: bytes | None
    """The embedded ICC profile."""
    quality: int | None
    """Quality that a JPEG was written with, 1 to 100; None for other formats."""
    dpi: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class UnconvertedPixels:
    """Pixels that were not converted to sRGB, and their colour space."""

    raster: Raster
    space: EmbeddedSpace


def decode(image: OpenedImage, needs: Needs) -> DecodedImage:
    """Decode the first frame: load it, convert its colours to sRGB, drop useless alpha, turn it upright.

    Raises what the decoder raises.
    """
    file = image.pillow_image
    stored_mode, stored_size = file.mode, image.stored_size
    scale = scale_while_decoding(file, needs.scale)
    # Pillow turns a TIFF upright as it loads it, and then removes the tag.
    tiff_orientation = orientation.read(file) if image.format is ImageFormat.TIFF else None
    first, color_space = _first_frame(image), image.color_space
    if color_space and image.format is ImageFormat.PNG and not image.animation:
        first, color_space = sixteen_bit_png.with_srgb_transfer(image.data, first, color_space)
    if not needs.all_frames:
        _free_decoder(file)
    # A PNG may have its EXIF block behind the pixels: it is read only now.
    exif = orientation.read_exif(file)
    remaining_orientation = orientation.of(exif)
    profile, dpi = file.info.get("icc_profile"), file.info.get("dpi")
    has_alpha = file.has_transparency_data or first.has_transparency_data
    extent = stored_size[0] * scale, stored_size[1] * scale
    wants_space = needs.embedded_space and conversion.has_rgb_channels(file)
    space = EmbeddedSpace.of(profile) if wants_space and profile else None
    may_reuse = first is not file or not (needs.all_frames or image.format is ImageFormat.TIFF)

    def upright(profile: bytes | None) -> Raster:
        pixels = working_pixels(first, color_space, profile, may_reuse=may_reuse)
        raster = Raster(pixels, stored_size, extent, shrunk=scale < 1)
        return orientation.upright(raster, remaining_orientation)

    return DecodedImage(
        raster=upright(profile),
        unconverted=UnconvertedPixels(raster=upright(None), space=space) if space else None,
        stored_mode=stored_mode,
        has_alpha=has_alpha,
        orientation=tiff_orientation or remaining_orientation,
        exif=exif,
        xmp=image.xmp,
        profile=profile,
        quality=quality_of(file),
        dpi=dpi,
    )


def _first_frame(image: OpenedImage) -> Image.Image:
    """Load the first frame, in the file's own colours. It is the opened file itself, unless frames are composed."""
    if image.animation and image.format is ImageFormat.GIF:
        return composing.first(image.animation)
    transparency.scale_transparent_level(image.pillow_image)
    image.pillow_image.load()
    return cropped(image)


def _free_decoder(file: ImageFile.ImageFile) -> None:
    """Free what Pillow keeps for later frames of a WebP or AVIF: two to three times the memory of the pixels."""
    if isinstance(file, WebPImageFile | AvifImageFile):
        file._decoder = file.fp = None  # noqa: SLF001 - Pillow has no public way
