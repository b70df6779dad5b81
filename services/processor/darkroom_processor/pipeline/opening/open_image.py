"""Decides which bytes may reach a decoder, and opens those that may.

1. The magic bytes tell the format.
2. Faults in side information are dropped (see `cleaning`).
3. What the structure of the file announces is held to the limits (see `headers`).
4. The decoder of that format, and no other, reads the header (see `opening`).
5. What it read is held to the limits, too.

No pixel is decoded here, except for a JPEG without its end (see `jpeg_end`) and for an ICO: its plugin decodes as it
opens, and Pillow holds the pictures nested in it to the pixel limit (see `library`).
"""

from dataclasses import dataclass

from PIL import ImageFile

from darkroom import camera_raw
from darkroom.errors import FrameLimit, TruncatedImage, UndecodableImage
from darkroom.formats import SNIFF_BYTES, ImageFormat, sniff
from darkroom.limits import MAX_SCANS
from darkroom.planner.geometry import Size
from darkroom.planner.size_limits import check_image
from darkroom_processor.pipeline.animations import apng, gif
from darkroom_processor.pipeline.animations.animation import Animation
from darkroom_processor.pipeline.cleaning import clean
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.headers import Survey, survey
from darkroom_processor.pipeline.headers.clean_aperture import Crop
from darkroom_processor.pipeline.headers.png import read_color_space
from darkroom_processor.pipeline.opening.jpeg_completeness import has_all_pixels
from darkroom_processor.pipeline.opening.plugins import open_with_plugin, pop_xmp


@dataclass(frozen=True, kw_only=True)
class OpenedImage:
    """An image whose header was read and found acceptable."""

    data: bytes
    """The whole file, without what is wrong in its side information."""
    received_bytes: int
    """Bytes of the file as it came."""
    pillow_image: ImageFile.ImageFile
    """The file as Pillow opened it: header read, pixels not decoded."""
    format: ImageFormat
    frame_count: int
    """Frames of an animation, or pages; at most `MOST_FRAMES_COUNTED`."""
    xmp: bytes
    """The XMP packet; empty when there is none."""
    stored_size: Size
    """(width, height) before the EXIF orientation. Of an AVIF, its crop."""
    crop: Crop | None = None
    """The part of the decoded picture that is the picture; None for all of it."""
    color_space: ColorSpace | None = None
    """The colours that the file tells by numbers; None when they are sRGB, or those of the profile."""
    animation: Animation | None = None
    """The frames of a GIF, and of a PNG that has any. Pillow composes those of other formats."""

    @property
    def is_animated(self) -> bool:
        """Whether there is more to see than the still picture, in a variant that keeps frames."""
        one = self.animation
        return self.frame_count > 1 or (one is not None and not (one.begins_with_still and one.complete))


def open_image(data: bytes) -> OpenedImage:
    """Open the bytes of an image.

    Raises UndecodableImage, TruncatedImage, PixelLimit, FrameLimit or MemoryLimit, and whatever the format's plugin
    raises on a broken header (to be translated by `faults.decoding`).
    """
    image_format = sniff(data[:SNIFF_BYTES])
    if image_format is None:
        raw = camera_raw.by_magic(data[:SNIFF_BYTES])
        raise UndecodableImage(camera_raw.refusal(raw) if raw else "The bytes are of no image format that is accepted.")
    cleaned = clean(data, image_format)
    announced = survey(cleaned.data, image_format)
    _check_structure(announced)
    animation = _animation(cleaned.data, image_format)
    image = open_with_plugin(cleaned, image_format)
    xmp = pop_xmp(image) if cleaned.xmp is None else cleaned.xmp
    size = animation.size if animation else image.size
    check_image(size)
    if not cleaned.ended and not has_all_pixels(cleaned.data):
        raise TruncatedImage("The file ends before the picture does.")
    crop = announced.crop
    return OpenedImage(
        data=cleaned.data,
        received_bytes=len(data),
        pillow_image=image,
        format=image_format,
        frame_count=_frame_count(image, announced, animation),
        xmp=xmp,
        stored_size=(crop[2] - crop[0], crop[3] - crop[1]) if crop else size,
        crop=crop,
        animation=animation,
        color_space=_color_space(cleaned.data, image_format, image, announced),
    )


def _color_space(
    data: bytes, image_format: ImageFormat, image: ImageFile.ImageFile, announced: Survey
) -> ColorSpace | None:
    """The colours that count, if numbers tell them. A profile that counts less than they do is taken away."""
    has_profile = bool(image.info.get("icc_profile"))
    if image_format is ImageFormat.PNG:
        color_space = read_color_space(data, has_profile=has_profile)
    else:
        color_space = None if has_profile else announced.color_space
    if color_space:
        image.info.pop("icc_profile", None)
    return color_space if color_space and not color_space.is_srgb else None


def _animation(data: bytes, image_format: ImageFormat) -> Animation | None:
    match image_format:
        case ImageFormat.GIF:
            animation = gif.read(data)
            check_image(animation.size)
            return animation
        case ImageFormat.PNG:
            return apng.read(data)
        case _:
            return None


def _frame_count(image: ImageFile.ImageFile, announced: Survey, animation: Animation | None) -> int:
    if animation:
        return len(animation.frames)
    # Of the other formats, only this one's plugin knows the number without a walk through the file.
    return int(getattr(image, "n_frames", 1)) if image.format == "AVIF" else announced.frames


def _check_structure(announced: Survey) -> None:
    check_image((announced.width, announced.height))
    if announced.scans > MAX_SCANS:
        raise FrameLimit(f"The image has more than {MAX_SCANS} scans.", limit=MAX_SCANS)
    if not announced.complete:
        raise TruncatedImage("The file is shorter than its header says.")
    if announced.fault:
        raise UndecodableImage(announced.fault)
