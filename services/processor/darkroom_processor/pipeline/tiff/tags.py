"""Reads the layout of a TIFF page from its tags."""

from collections.abc import Mapping
from typing import Final, Literal

from darkroom.errors import UndecodableImage
from darkroom_processor.pipeline.tiff.layout import (
    ASSOCIATED,
    COLORS,
    UNASSOCIATED,
    Compression,
    Kind,
    Layout,
    Photometric,
)
from darkroom_processor.pipeline.tiff.refusals import PHOTOMETRICS, named, refusal
from darkroom_processor.pipeline.tiff.supported import require_supported
from darkroom_processor.pipeline.tiff.tag import Tag

Tags = Mapping[int, object]
"""Values by tag number, as Pillow reads them."""

_COREL_ALPHA: Final = 999
"""The value of ExtraSamples that Corel Draw 10 writes for alpha."""
_UNDEFINED_FORMAT: Final = 4
"""SampleFormat: undefined. It is read as unsigned."""
_MOST_SAMPLES: Final = 16


def layout_of(tags: Tags, order: Literal["little", "big"]) -> Layout:
    """Read the layout of a page from its tags.

    Raises UnsupportedLayout for a layout that cannot be decoded correctly, and UndecodableImage for tags without a
    valid value.
    """
    compression = _number(tags, Tag.COMPRESSION, Compression.NONE)
    is_old_jpeg = compression == Compression.OLD_JPEG
    # Old JPEG is always YCbCr, whatever the tag says.
    photometric = Photometric.YCBCR if is_old_jpeg else _number(tags, Tag.PHOTOMETRIC_INTERPRETATION, 0)
    if photometric not in COLORS:
        raise refusal(f"its PhotometricInterpretation is {named(photometric, PHOTOMETRICS)}")
    extras = _numbers(tags, Tag.EXTRA_SAMPLES)
    samples = _number(tags, Tag.SAMPLES_PER_PIXEL, 3 if is_old_jpeg else 1)
    if not 0 < samples <= _MOST_SAMPLES:
        raise refusal(f"it has {samples} samples a pixel; allowed are 1 to {_MOST_SAMPLES}")
    alpha, associated = _alpha(photometric, samples, extras)
    layout = Layout(
        size=(_number(tags, Tag.IMAGE_WIDTH, 0), _number(tags, Tag.IMAGE_LENGTH, 0)),
        photometric=photometric,
        kind=_kind(tags, samples),
        bits=_bits(tags, samples),
        samples=samples,
        alpha=alpha,
        associated=associated,
        extras=extras,
        planar=_number(tags, Tag.PLANAR_CONFIGURATION, 1) == 2,
        subsampled=photometric == Photometric.YCBCR and _numbers(tags, Tag.YCBCR_SUBSAMPLING) != (1, 1),
        compression=compression,
        predictor=_number(tags, Tag.PREDICTOR, 1),
        fill_order=_number(tags, Tag.FILL_ORDER, 1),
        order=order,
    )
    if min(layout.size) < 1:
        raise UndecodableImage("The TIFF has no pixels: its width or its height is missing.")
    require_supported(layout)
    return layout


def _alpha(photometric: int, samples: int, extras: tuple[int, ...]) -> tuple[int | None, bool]:
    """Return the index of the sample that is alpha, or None, and whether the colours are multiplied by it."""
    colors = COLORS[photometric]
    if samples == colors + 1 and photometric == Photometric.RGB and not extras:
        return colors, False  # Many writers omit ExtraSamples.
    if colors + len(extras) != samples:
        raise refusal(f"it has {samples} samples a pixel, but its tags describe {colors + len(extras)}")
    for number, meaning in enumerate(extras, start=colors):
        if meaning in (ASSOCIATED, UNASSOCIATED, _COREL_ALPHA):
            return number, meaning == ASSOCIATED
    return None, False


def _kind(tags: Tags, samples: int) -> Kind:
    formats = set(_numbers(tags, Tag.SAMPLE_FORMAT)[:samples]) or {Kind.UNSIGNED.value}
    number = formats.pop()
    if formats:
        raise refusal("its samples have different formats")
    if number == _UNDEFINED_FORMAT:
        return Kind.UNSIGNED
    try:
        return Kind(number)
    except ValueError:
        raise refusal(f"its SampleFormat is {named(number, {5: 'complex integers', 6: 'complex floats'})}") from None


def _bits(tags: Tags, samples: int) -> int:
    bits = set(_numbers(tags, Tag.BITS_PER_SAMPLE)[:samples]) or {1}
    if len(bits) > 1:
        raise refusal(f"its samples have different numbers of bits: {', '.join(map(str, sorted(bits)))}")
    return bits.pop()


def _numbers(tags: Tags, tag: int) -> tuple[int, ...]:
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(number, int) for number in values):
        raise UndecodableImage(f"The file is damaged: tag {tag} of the TIFF must have whole numbers.")
    return tuple(values)


def _number(tags: Tags, tag: int, default: int) -> int:
    return next(iter(_numbers(tags, tag)), default)
