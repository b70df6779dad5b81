"""PNG: the colours that chunks tell by numbers (PNG third edition, sections 4.3 and 11.3.2)."""

from typing import Final

from darkroom_processor.pipeline.colorimetry import primaries, transfer
from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.colorimetry.primaries import Primaries
from darkroom_processor.pipeline.containers.png import walk

_BEFORE: Final = frozenset({b"PLTE", b"IDAT"})
"""Colours are told before these; later chunks count for nothing."""
_UNIT: Final = 100_000
_LOWEST_GAMMA, _HIGHEST_GAMMA = 0.05, 20.0
"""Beyond these a picture would have two tones."""


def read_colors(data: bytes, *, has_profile: bool) -> Told | None:
    """The colours that count, of a file that has a profile or none; None when the profile, or sRGB, counts.

    `cICP` counts more than a profile, a profile more than `sRGB`, this more than `gAMA` with `cHRM`. A chunk that makes
    no sense is as good as none.
    """
    chunks: dict[bytes, bytes] = {}
    for chunk in walk(data):
        if chunk.kind in _BEFORE:
            break
        if chunk.kind in _READ and chunk.intact:
            chunks.setdefault(chunk.kind, bytes(chunk.body))
    told = _read_cicp(chunks.get(b"cICP", b""))
    if told is None and not has_profile and len(chunks.get(b"sRGB", b"")) != 1:
        told = _read_gamma(chunks.get(b"gAMA", b""), chunks.get(b"cHRM", b""))
    return told


_READ: Final = frozenset({b"cICP", b"sRGB", b"gAMA", b"cHRM"})


def _read_cicp(body: bytes) -> Told | None:
    """Section 11.3.2.6: two numbers of ITU-T H.273, a third that is 0 for RGB, and whether the range is full."""
    if len(body) != 4 or body[0] not in primaries.KNOWN or body[1] not in transfer.KNOWN:
        return None
    if body[2] != 0 or body[3] > 1:
        return None
    return Told.by_codes(body[0], body[1], narrow=body[3] == 0)


def _read_gamma(gamma: bytes, chromaticities: bytes) -> Told | None:
    """Sections 11.3.2.1 and 11.3.2.2. Primaries alone tell nothing of the levels, and count for nothing."""
    if len(gamma) != 4:
        return None
    stored = int.from_bytes(gamma, "big") / _UNIT
    if not _LOWEST_GAMMA <= stored <= _HIGHEST_GAMMA:
        return None
    return Told.by_exponent(1 / stored, _read_primaries(chromaticities) or primaries.SRGB)


def _read_primaries(body: bytes) -> Primaries | None:
    if len(body) != 32:
        return None
    numbers = [int.from_bytes(body[at : at + 4], "big") / _UNIT for at in range(0, 32, 4)]
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    found = Primaries(red, green, blue, white)
    return found if primaries.is_sound(found) else None
