"""Decides which bytes may reach a decoder, and opens those that may.

`open_image` is the list of the checks, in their order. No pixel is decoded here, with two exceptions: a JPEG without an
end marker (see `jpeg_completeness`), and an ICO, which Pillow decodes as it opens it, within the pixel limit (see
`libraries`).
"""

from dataclasses import dataclass
from typing import Final

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

_UNSUPPORTED: Final = f"Unsupported image format. Supported: {', '.join(sorted(ImageFormat))}."


@dataclass(frozen=True, kw_only=True)
class OpenedImage:
    """An image whose header was read and keeps to the limits."""

    data: bytes
    """The whole file, without the faults in side information that `cleaning` removes."""
    received_bytes: int
    """Size of the original file, in bytes."""
    pillow_image: ImageFile.ImageFile
    """The file as Pillow opened it: header read, pixels not decoded."""
    format: ImageFormat
    frame_count: int
    """Number of frames or pages, at most `MOST_FRAMES_COUNTED`."""
    xmp: bytes
    """The XMP packet; empty when there is none."""
    stored_size: Size
    """(width, height) before the EXIF orientation is applied. If there is a `crop`, its size."""
    crop: Crop | None = None
    """The part of the decoded pixels that viewers show; None for all of them."""
    color_space: ColorSpace | None = None
    """The colours that the file tells by numbers; None when they are sRGB, or those of the profile."""
    animation: Animation | None = None
    """The stored frames of a GIF, or of a PNG that has any; None for other formats, whose frames Pillow composes."""

    @property
    def is_animated(self) -> bool:
        """Whether a variant that keeps all frames shows more than the still image."""
        stored = self.animation
        return self.frame_count > 1 or (stored is not None and not (stored.begins_with_still and stored.complete))


def open_image(data: bytes) -> OpenedImage:
    """Check and open the bytes of an image.

    Raises UndecodableImage, TruncatedImage, PixelLimit, FrameLimit or MemoryLimit, and whatever the decoder of the
    format raises on a broken header: call it inside `translate_decoder_errors`.
    """
    image_format = _sniffed_format(data)
    cleaned = clean(data, image_format)
    announced = survey(cleaned.data, image_format)
    _check_structure(announced)
    animation = _read_animation(cleaned.data, image_format)
    pillow_image = open_with_plugin(cleaned, image_format)
    xmp = pop_xmp(pillow_image) if cleaned.xmp is None else cleaned.xmp
    size = animation.size if animation else pillow_image.size
    check_image(size)
    if not cleaned.ended and not has_all_pixels(cleaned.data):
        raise TruncatedImage("The file ends before the image is complete.")
    crop = announced.crop
    return OpenedImage(
        data=cleaned.data,
        received_bytes=len(data),
        pillow_image=pillow_image,
        format=image_format,
        frame_count=_frame_count(pillow_image, announced, animation),
        xmp=xmp,
        stored_size=(crop[2] - crop[0], crop[3] - crop[1]) if crop else size,
        crop=crop,
        animation=animation,
        color_space=_color_space(cleaned.data, image_format, pillow_image, announced),
    )


def _sniffed_format(data: bytes) -> ImageFormat:
    """Return the format that the first bytes tell. Raises UndecodableImage for any other."""
    image_format = sniff(data[:SNIFF_BYTES])
    if image_format is None:
        raw = camera_raw.by_magic(data[:SNIFF_BYTES])
        raise UndecodableImage(camera_raw.refusal(raw) if raw else _UNSUPPORTED)
    return image_format


def _check_structure(announced: Survey) -> None:
    check_image((announced.width, announced.height))
    if announced.scans > MAX_SCANS:
        raise FrameLimit(f"The image has more than {MAX_SCANS} scans.", limit=MAX_SCANS)
    if not announced.complete:
        raise TruncatedImage("The file is shorter than its header says.")
    if announced.fault:
        raise UndecodableImage(announced.fault)


def _read_animation(data: bytes, image_format: ImageFormat) -> Animation | None:
    match image_format:
        case ImageFormat.GIF:
            animation = gif.read(data)
            check_image(animation.size)
            return animation
        case ImageFormat.PNG:
            return apng.read(data)
        case _:
            return None


def _frame_count(pillow_image: ImageFile.ImageFile, announced: Survey, animation: Animation | None) -> int:
    if animation:
        return len(animation.frames)
    # AVIF is the only other format whose plugin knows the number without reading through the file.
    return int(getattr(pillow_image, "n_frames", 1)) if pillow_image.format == "AVIF" else announced.frames


def _color_space(
    data: bytes, image_format: ImageFormat, pillow_image: ImageFile.ImageFile, announced: Survey
) -> ColorSpace | None:
    """Return the colours that the file tells by numbers, if they count. A profile that counts less is removed."""
    has_profile = bool(pillow_image.info.get("icc_profile"))
    if image_format is ImageFormat.PNG:
        color_space = read_color_space(data, has_profile=has_profile)
    else:
        color_space = None if has_profile else announced.color_space
    if color_space:
        pillow_image.info.pop("icc_profile", None)
    return color_space if color_space and not color_space.is_srgb else None
