"""Colours that a file tells by numbers: their primaries and their transfer function."""

from dataclasses import dataclass
from typing import Final, Self

from darkroom_processor.pipeline.colorimetry import transfer
from darkroom_processor.pipeline.colorimetry.primaries import KNOWN, SRGB, Primaries, is_srgb
from darkroom_processor.pipeline.colorimetry.transfer import Transfer

_DISPLAY_EXPONENT: Final = 2.2
_NO_MATTER: Final = 0.05
"""Part by which an exponent may differ from that of sRGB and still count as the same. libpng has the same limit."""
SRGB_CURVE: Final = Transfer(code=transfer.SRGB)


@dataclass(frozen=True)
class Told:
    """Primaries and a transfer function. Equal ones have equal hashes, so that what is made of them can be kept."""

    primaries: Primaries = SRGB
    transfer: Transfer = SRGB_CURVE

    @classmethod
    def by_codes(cls, primaries_code: int, transfer_code: int, *, narrow: bool = False) -> Self:
        """Colours by the numbers of ITU-T H.273. A number that is unknown is as good as that of sRGB."""
        known = transfer_code if transfer_code in transfer.KNOWN else transfer.SRGB
        return cls(KNOWN.get(primaries_code, SRGB), Transfer(code=known, narrow=narrow))

    @classmethod
    def by_exponent(cls, exponent: float, chosen: Primaries = SRGB) -> Self:
        """Colours by the exponent from level to light. With the primaries of sRGB, nearly 2.2 means sRGB."""
        own = not is_srgb(chosen)
        near = abs(exponent / _DISPLAY_EXPONENT - 1) <= _NO_MATTER
        return cls(chosen, Transfer(exponent=exponent)) if own or not near else cls()

    @property
    def is_srgb(self) -> bool:
        """Whether there is nothing to convert."""
        return self.transfer == SRGB_CURVE and self.has_srgb_primaries

    @property
    def has_srgb_primaries(self) -> bool:
        """Whether each channel can be converted by itself."""
        return is_srgb(self.primaries)
