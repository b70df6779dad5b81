"""Reads the colour space chunks of a PNG: cICP, sRGB, gAMA and cHRM (PNG third edition, sections 4.3 and 11.3.2)."""

from typing import Final

from darkroom_processor.pipeline.colorimetry import primaries, transfer
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.colorimetry.primaries import Primaries
from darkroom_processor.pipeline.containers.png import walk

_BEFORE: Final = frozenset({b"PLTE", b"IDAT"})
"""Colour space chunks must precede these. Later ones are ignored."""
_UNIT: Final = 100_000
_LOWEST_GAMMA, _HIGHEST_GAMMA = 0.05, 20.0
"""The range of accepted values. Outside of it, nearly all pixels of an image would become black or white."""


def read_color_space(data: bytes, *, has_profile: bool) -> ColorSpace | None:
    """Return the colour space that the chunks describe. None if the profile, or sRGB, applies instead.

    The order of precedence is `cICP`, profile, `sRGB`, `gAMA` with `cHRM` (section 4.3). An invalid chunk is ignored.
    """
    chunks: dict[bytes, bytes] = {}
    for chunk in walk(data):
        if chunk.kind in _BEFORE:
            break
        if chunk.kind in _READ and chunk.intact:
            chunks.setdefault(chunk.kind, bytes(chunk.body))
    color_space = _read_cicp(chunks.get(b"cICP", b""))
    if color_space is None and not has_profile and len(chunks.get(b"sRGB", b"")) != 1:
        color_space = _read_gamma(chunks.get(b"gAMA", b""), chunks.get(b"cHRM", b""))
    return color_space


_READ: Final = frozenset({b"cICP", b"sRGB", b"gAMA", b"cHRM"})


def _read_cicp(body: bytes) -> ColorSpace | None:
    """Read the code points of `cICP` (section 11.3.2.6): primaries, transfer, matrix (0 for RGB), full-range flag."""
    if len(body) != 4 or body[0] not in primaries.KNOWN or body[1] not in transfer.KNOWN:
        return None
    if body[2] != 0 or body[3] > 1:
        return None
    return ColorSpace.from_code_points(body[0], body[1], narrow=body[3] == 0)


def _read_gamma(gamma: bytes, chromaticities: bytes) -> ColorSpace | None:
    """Read `gAMA` and `cHRM` (sections 11.3.2.1 and 11.3.2.2). `cHRM` without `gAMA` is ignored."""
    if len(gamma) != 4:
        return None
    stored = int.from_bytes(gamma, "big") / _UNIT
    if not _LOWEST_GAMMA <= stored <= _HIGHEST_GAMMA:
        return None
    return ColorSpace.from_exponent(1 / stored, _read_primaries(chromaticities) or primaries.SRGB)


def _read_primaries(body: bytes) -> Primaries | None:
    if len(body) != 32:
        return None
    numbers = [int.from_bytes(body[at : at + 4], "big") / _UNIT for at in range(0, 32, 4)]
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    found = Primaries(red, green, blue, white)
    return found if primaries.is_sound(found) else None
