"""Puts the frames of an animation together, as browsers show them.

The canvas is transparent at first. Each frame is laid on it, shown, and disposed of (APNG: PNG third edition, section
11.3.6.2; GIF89a, section 23). Browsers know no background colour: where nothing is drawn, GIFs are transparent.
"""

from collections.abc import Iterator

from PIL import Image

from darkroom.errors import PixelLimit, TruncatedImage
from darkroom.limits import MAX_PIXELS
from darkroom_processor.pipeline.animations.animation import Animation, Disposal, StoredFrame

Box = tuple[int, int, int, int]


def compose(animation: Animation) -> Iterator[Image.Image]:
    """Yield what is seen of each frame, `LA` or `RGBA`, in the file's own colours.

    Raises what decoders raise, at the frame that fails; TruncatedImage if frames are missing at the end; and PixelLimit
    if frames that reach beyond the canvas have more pixels than a source may have.
    """
    canvas = Image.new("LA" if animation.is_gray else "RGBA", animation.size)
    decoded = 0
    for frame in animation.frames:
        decoded += max(frame.pixels, canvas.width * canvas.height)
        if decoded > MAX_PIXELS:
            raise PixelLimit(
                f"The frames of the animation have more than {MAX_PIXELS} pixels, all together.", limit=MAX_PIXELS
            )
        seen = _seen(frame, canvas)
        if seen is None:
            yield canvas.copy()
            continue
        before = canvas.crop(seen) if frame.disposal is Disposal.RESTORE else None
        _draw(frame, canvas, seen)
        yield canvas.copy()
        _dispose(frame, canvas, seen, before)
    if not animation.complete:
        raise TruncatedImage("The file ends before the animation does.")


def first(animation: Animation) -> Image.Image:
    """What is seen of the first frame, in a working mode, in the file's own colours. Raises what decoders raise."""
    frame = animation.frames[0]
    if frame.place == (0, 0) and frame.size == animation.size:
        return frame.decode()
    return next(compose(animation))


def _seen(frame: StoredFrame, canvas: Image.Image) -> Box | None:
    """The part of the canvas that a frame covers; what reaches beyond is cut off. None if there is no such part."""
    left, top = frame.place
    right, bottom = min(left + frame.size[0], canvas.width), min(top + frame.size[1], canvas.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _draw(frame: StoredFrame, canvas: Image.Image, seen: Box) -> None:
    left, top, right, bottom = seen
    picture = frame.decode()
    over = frame.over and picture.mode.endswith("A")
    if picture.mode != canvas.mode:
        picture = picture.convert(canvas.mode)
    if picture.size != (right - left, bottom - top):
        picture = picture.crop((0, 0, right - left, bottom - top))
    if over:
        canvas.alpha_composite(picture, (left, top))
    else:
        canvas.paste(picture, (left, top))


def _dispose(frame: StoredFrame, canvas: Image.Image, seen: Box, before: Image.Image | None) -> None:
    if before is not None:
        canvas.paste(before, seen)
    elif frame.disposal is Disposal.CLEAR:
        canvas.paste(Image.new(canvas.mode, (seen[2] - seen[0], seen[3] - seen[1])), seen)
