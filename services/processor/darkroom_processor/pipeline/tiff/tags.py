"""Understands the tags of a TIFF page: what they say of its samples."""

from collections.abc import Mapping
from typing import Final, Literal

from darkroom.errors import UndecodableImage
from darkroom_processor.pipeline.tiff.layout import (
    ASSOCIATED,
    COLORS,
    OLD_JPEG,
    UNASSOCIATED,
    Kind,
    Layout,
    Photometric,
)
from darkroom_processor.pipeline.tiff.refusals import PHOTOMETRICS, named, refusal
from darkroom_processor.pipeline.tiff.supported import require_reader

Tags = Mapping[int, object]
"""Values by their tags, as Pillow reads them."""

_COREL_ALPHA: Final = 999
"""What Corel Draw 10 writes for an alpha channel."""
_UNDEFINED_FORMAT: Final = 4
_MOST_SAMPLES: Final = 16


def layout_of(tags: Tags, order: Literal["little", "big"]) -> Layout:
    """Understand the tags of a page.

    Raises UnsupportedLayout for what no reader gets right, and UndecodableImage for tags that contradict each other.
    """
    compression = _number(tags, 259, 1)
    # Old JPEG is always YCbCr, whatever is said of it.
    photometric = Photometric.YCBCR if compression == OLD_JPEG else _number(tags, 262, 0)
    if photometric not in COLORS:
        raise refusal(f"its PhotometricInterpretation is {named(photometric, PHOTOMETRICS)}")
    extras = _numbers(tags, 338)
    samples = _number(tags, 277, 3 if compression == OLD_JPEG else 1)
    if not 0 < samples <= _MOST_SAMPLES:
        raise refusal(f"it has {samples} samples a pixel; at most {_MOST_SAMPLES} are read")
    alpha, associated = _alpha(photometric, samples, extras)
    layout = Layout(
        size=(_number(tags, 256, 0), _number(tags, 257, 0)),
        photometric=photometric,
        kind=_kind(tags, samples),
        bits=_bits(tags, samples),
        samples=samples,
        alpha=alpha,
        associated=associated,
        extras=extras,
        planar=_number(tags, 284, 1) == 2,
        subsampled=photometric == Photometric.YCBCR and _numbers(tags, 530) != (1, 1),
        compression=compression,
        predictor=_number(tags, 317, 1),
        fill_order=_number(tags, 266, 1),
        order=order,
    )
    if min(layout.size) < 1:
        raise UndecodableImage("The TIFF has no pixels: its width or its height is missing.")
    require_reader(layout)
    return layout


def _alpha(photometric: int, samples: int, extras: tuple[int, ...]) -> tuple[int | None, bool]:
    """Which sample is alpha, if any is, and whether colours are multiplied by it."""
    colors = COLORS[photometric]
    if samples == colors + 1 and photometric == Photometric.RGB and not extras:
        return colors, False  # Many writers leave ExtraSamples away.
    if colors + len(extras) != samples:
        raise refusal(f"it has {samples} samples a pixel, of which its tags explain {colors + len(extras)}")
    for number, meaning in enumerate(extras, start=colors):
        if meaning in (ASSOCIATED, UNASSOCIATED, _COREL_ALPHA):
            return number, meaning == ASSOCIATED
    return None, False


def _kind(tags: Tags, samples: int) -> Kind:
    formats = set(_numbers(tags, 339)[:samples]) or {Kind.UNSIGNED.value}
    number = formats.pop()
    if formats:
        raise refusal("its samples differ in their format")
    if number == _UNDEFINED_FORMAT:
        return Kind.UNSIGNED
    try:
        return Kind(number)
    except ValueError:
        raise refusal(f"its SampleFormat is {named(number, {5: 'complex integers', 6: 'complex floats'})}") from None


def _bits(tags: Tags, samples: int) -> int:
    bits = set(_numbers(tags, 258)[:samples]) or {1}
    if len(bits) > 1:
        raise refusal(f"its samples differ in their bits: {', '.join(map(str, sorted(bits)))}")
    return bits.pop()


def _numbers(tags: Tags, tag: int) -> tuple[int, ...]:
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(number, int) for number in values):
        raise UndecodableImage(f"Tag {tag} of the TIFF has no whole number.")
    return tuple(values)


def _number(tags: Tags, tag: int, default: int) -> int:
    return next(iter(_numbers(tags, tag)), default)
