"""Small animations of all kinds."""

from tests.support import apng, gif
from tests.support.apng import Frame, Layout
from tests.support.gif import TABLE

_LAYOUTS = {
    "rgba": Layout(kind="rgba"),
    "16 bits": Layout(kind="rgb", depth=16),
    "grey": Layout(kind="gray", depth=2, named=bytes([0, 2])),
    "palette": Layout(kind="palette", depth=4, named=bytes([0, 100, 255])),
}
_SIZE = (12, 9)


def valid() -> dict[str, bytes]:
    """Return valid files by their special features: frames of each disposal and blending, anywhere on the canvas."""
    return {
        **{f"frames of a PNG, {name}": _png(layout, hidden=False) for name, layout in _LAYOUTS.items()},
        "frames of a PNG beside a hidden picture": _png(_LAYOUTS["rgba"], hidden=True),
        "images of a GIF": gif.written(_SIZE, [_image(number) for number in range(9)]),
        "images of a GIF without a table": gif.written((2, 2), [_image(number) for number in range(9)], table=b""),
    }


def _png(layout: Layout, *, hidden: bool) -> bytes:
    whole = Frame(rows=apng.rows(_SIZE, layout, 0), size=_SIZE, disposal=2)
    parts = [
        Frame(
            rows=apng.rows((5, 4), layout, number),
            size=(5, 4),
            place=(number, number // 2),
            disposal=number % 3,
            over=number % 2,
        )
        for number in range(1, 7)
    ]
    return apng.written(_SIZE, layout, [whole, *parts], hidden=whole if hidden else None)


def _image(number: int) -> gif.Frame:
    """Return an image of a GIF. The last ones reach beyond the screen."""
    return gif.Frame(
        indexes=bytes(7 * index % 256 for index in range(30)),
        size=(6, 5),
        place=(number, number),
        disposal=number % 8,
        transparent=None if number % 2 else 14,
        table=TABLE if number % 3 == 0 else b"",
        interlaced=number % 4 == 0,
    )
