"""Decodes a source once, at the smallest scale that is enough for all of its variants and its description."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from darkroom.formats import ImageFormat
from darkroom.planner.decoding import WHOLE, eighths_for, shrunk
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline import color, deep_colors, orientation, told_colors
from darkroom_processor.pipeline.animations import composing
from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.gate import Source
from darkroom_processor.pipeline.jpeg_quality import quality_of
from darkroom_processor.pipeline.raster import Raster
from darkroom_processor.pipeline.space import OwnSpace

_USUAL_DURATION: Final = 100
"""Milliseconds that browsers show a frame for which says nothing, or zero."""
_LONGEST_DURATION: Final = 655_350
"""Milliseconds: the longest that a GIF can say. Others can say more, and their sum is more than WebP can hold."""
_MOST_PLAYS: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A source's pixels, upright and in sRGB, and what its file says besides."""

    raster: Raster
    own: "Own | None"
    """The same in its own colour space; None unless that was asked for, and there is one."""
    stored_mode: str
    """Pillow's name of the pixel layout in the file."""
    has_alpha: bool
    """Whether the file can have transparency, used or not."""
    orientation: int
    """As stored, 1 to 8."""
    exif: Image.Exif
    xmp: bytes
    """The XMP packet; empty when there is none."""
    profile: bytes | None
    """The embedded ICC profile."""
    quality: int | None
    """That a JPEG was written at; None of another format."""
    dpi: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Own:
    """Pixels that were not converted to sRGB, and what they are in instead."""

    raster: Raster
    space: OwnSpace


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame of an animation, upright."""

    raster: Raster
    duration: int
    """Milliseconds."""


def decode(
    source: Source, needed_scale: Callable[[Size], float], *, in_own_space: bool = False, frames_follow: bool = False
) -> Decoded:
    """Decode the first frame, on demand in its own colour space as well.

    `frames_follow` says that `decode_frames` is called afterwards. `needed_scale` tells for an upright picture of a
    size which part of it, above 0 and at most 1, will do. Raises what the decoder raises.
    """
    image = source.image
    stored_mode, stored_size = image.mode, source.stored_size
    part = _shrink_while_decoding(image, needed_scale)
    # Pillow turns a TIFF as it loads it, and forgets the tag; a PNG may have its own behind the pixels.
    stated = orientation.read(_read_exif(image)) if source.format is ImageFormat.TIFF else None
    first, told = _first(source), source.told
    if told and source.format is ImageFormat.PNG and not source.animation:
        first, told = deep_colors.with_srgb_curve(source.data, first, told)
    if not frames_follow:
        _let_go(image)
    exif = _read_exif(image)
    turn = orientation.read(exif)
    profile, dpi = image.info.get("icc_profile"), image.info.get("dpi")
    has_alpha = image.has_transparency_data or first.has_transparency_data
    extent = stored_size[0] * part, stored_size[1] * part
    space = OwnSpace.of(profile) if in_own_space and profile and color.is_rgb(image) else None
    lasting = first is not image or not (frames_follow or source.format is ImageFormat.TIFF)

    def upright(profile: bytes | None) -> Raster:
        pixels = _pixels(first, told, profile, lasting=lasting)
        return orientation.upright(Raster(pixels, stored_size, extent, shrunk=part < 1), turn)

    return Decoded(
        raster=upright(profile),
        own=Own(raster=upright(None), space=space) if space else None,
        stored_mode=stored_mode,
        has_alpha=has_alpha,
        orientation=stated or turn,
        exif=exif,
        xmp=source.xmp,
        profile=profile,
        quality=quality_of(image),
        dpi=dpi,
    )


def decode_frames(source: Source, first: Decoded, *, in_own_space: bool) -> Iterator[Frame]:
    """Decode all frames, one after the other.

    Raises what the decoder raises, at whichever frame it fails, and what `composing.compose` does.
    """
    profile = None if in_own_space else first.profile
    for picture, milliseconds in _shown(source):
        pixels = Raster(_pixels(picture, source.told, profile, lasting=picture is not source.image))
        shown = min(float(milliseconds or _USUAL_DURATION), _LONGEST_DURATION)
        yield Frame(raster=orientation.upright(pixels, first.orientation), duration=max(1, round(shown)))


def _shown(source: Source) -> Iterator[tuple[Image.Image, float | None]]:
    """What is seen of each frame, in the file's own colours, and for how many milliseconds."""
    if animation := source.animation:
        yield from zip(composing.compose(animation), (frame.milliseconds for frame in animation.frames), strict=True)
        return
    image = source.image
    for number in range(source.frames):
        image.seek(number)
        image.load()
        yield _cropped(source), image.info.get("duration")


def plays(source: Source) -> int:
    """How often the animation runs; 0 for ever."""
    stated = source.animation.plays if source.animation else source.image.info.get("loop")
    return min(stated, _MOST_PLAYS) if isinstance(stated, int) and stated > 0 else 0


def _shrink_while_decoding(image: Image.Image, needed_scale: Callable[[Size], float]) -> float:
    """Ask a JPEG's decoder for a part of the size where that is enough. Returns the part of each side."""
    if not isinstance(image, JpegImageFile) or len(image.tile) != 1:
        return 1.0
    eighths = eighths_for(needed_scale(orientation.seen_size(image.size, orientation.read(_read_exif(image)))))
    if eighths < WHOLE:
        _ask_for(image, eighths)
    return eighths / WHOLE


def _ask_for(image: JpegImageFile, eighths: int) -> None:
    """What Pillow's own `draft` does, which knows only halves: libjpeg takes the next eighth to 1 / `denominator`."""
    denominator = {1: 8, 2: 4, 3: 3, 4: 2}[eighths]
    width, height = shrunk(image.size, eighths)
    codec, _, offset, arguments = image.tile[0]
    image.tile = [ImageFile._Tile(codec, (0, 0, width, height), offset, arguments)]  # noqa: SLF001 - see above
    image._size = (width, height)  # noqa: SLF001 - see above
    image.decoderconfig = (denominator, 0)


def _let_go(image: ImageFile.ImageFile) -> None:
    """Free what Pillow keeps of a WebP or AVIF for frames that might follow: two to three times the picture."""
    if isinstance(image, WebPImageFile | AvifImageFile):
        image._decoder = image.fp = None  # noqa: SLF001 - see above


def _read_exif(image: Image.Image) -> Image.Exif:
    """The EXIF block; an empty one when it is broken. It is never a reason to refuse a picture."""
    try:
        return image.getexif()
    except Exception:  # noqa: BLE001 - the parser raises nearly everything on hostile blocks
        return Image.Exif()


def _first(source: Source) -> Image.Image:
    """The first frame, decoded, in the file's own colours. It is the image of the source if that is not composed."""
    if source.animation and source.format is ImageFormat.GIF:
        return composing.first(source.animation)
    color.scale_transparent_level(source.image)
    source.image.load()
    return _cropped(source)


def _cropped(source: Source) -> Image.Image:
    """The loaded picture; the part of it that is meant to be seen, if the file names one."""
    return source.image.crop(source.crop) if source.crop else source.image


def _pixels(picture: Image.Image, told: Told | None, profile: bytes | None, *, lasting: bool) -> Image.Image:
    """A decoded picture in a working mode, and nothing besides.

    Encoders would carry over what an opened file has attached: profiles, comments, TIFF tags. A picture that is not
    `lasting`, since it changes when another frame is loaded and needs its attachments for that, is copied.
    """
    working = told_colors.to_working(picture, told) if told else color.to_working(picture, profile)
    pixels = color.drop_opaque_alpha(working)
    if pixels is picture and not lasting:
        pixels = pixels.copy()
    pixels.info = {}
    return pixels
