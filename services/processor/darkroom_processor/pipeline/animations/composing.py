"""Composes the frames of an animation as browsers do.

The canvas is transparent at first. Each frame is drawn on it, shown, and disposed of (APNG: PNG third edition, section
11.3.6.2; GIF89a, section 23). As in browsers, the background colour of a GIF is ignored: undrawn areas are transparent.
"""

from collections.abc import Iterator

from PIL import Image

from darkroom.errors import PixelLimit, TruncatedImage
from darkroom.limits import MAX_PIXELS
from darkroom_processor.pipeline.animations.animation import Animation, Disposal, StoredFrame

Box = tuple[int, int, int, int]


def compose(animation: Animation) -> Iterator[Image.Image]:
    """Yield the canvas after each frame is drawn: `LA` or `RGBA`, in the file's own colours.

    Raises what decoders raise, at the frame that fails; TruncatedImage after the last frame if the file announces more;
    PixelLimit if the decoded frames, or canvases, have more than MAX_PIXELS pixels in total.
    """
    canvas = Image.new("LA" if animation.is_gray else "RGBA", animation.size)
    decoded = 0
    for frame in animation.frames:
        decoded += max(frame.pixels, canvas.width * canvas.height)
        if decoded > MAX_PIXELS:
            raise PixelLimit(
                f"The frames of the animation have more than {MAX_PIXELS} pixels in total.", limit=MAX_PIXELS
            )
        covered = _covered(frame, canvas)
        if covered is None:
            yield canvas.copy()
            continue
        before = canvas.crop(covered) if frame.disposal is Disposal.RESTORE else None
        _draw(frame, canvas, covered)
        yield canvas.copy()
        _dispose(frame, canvas, covered, before)
    if not animation.complete:
        raise TruncatedImage("The file is truncated: it ends before the last frame of the animation.")


def first(animation: Animation) -> Image.Image:
    """Return the canvas after the first frame, in a working mode, in the file's own colours.

    Raises what decoders raise.
    """
    frame = animation.frames[0]
    if frame.place == (0, 0) and frame.size == animation.size:
        return frame.decode()
    return next(compose(animation))


def _covered(frame: StoredFrame, canvas: Image.Image) -> Box | None:
    """Return the part of the canvas that a frame covers; None if the frame is completely outside."""
    left, top = frame.place
    right, bottom = min(left + frame.size[0], canvas.width), min(top + frame.size[1], canvas.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _draw(frame: StoredFrame, canvas: Image.Image, covered: Box) -> None:
    left, top, right, bottom = covered
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


def _dispose(frame: StoredFrame, canvas: Image.Image, covered: Box, before: Image.Image | None) -> None:
    if before is not None:
        canvas.paste(before, covered)
    elif frame.disposal is Disposal.CLEAR:
        canvas.paste(Image.new(canvas.mode, (covered[2] - covered[0], covered[3] - covered[1])), covered)
