"""An RGB colour space: primaries and a transfer function."""

from dataclasses import dataclass
from typing import Final, Self

from darkroom_processor.pipeline.colorimetry import transfer
from darkroom_processor.pipeline.colorimetry.primaries import KNOWN, SRGB, Primaries, is_srgb
from darkroom_processor.pipeline.colorimetry.transfer import Transfer

_DISPLAY_EXPONENT: Final = 2.2
_TOLERANCE: Final = 0.05
"""An exponent within 5% of 2.2 counts as sRGB's transfer function. libpng has the same limit."""
SRGB_TRANSFER: Final = Transfer(code=transfer.SRGB)


@dataclass(frozen=True)
class ColorSpace:
    """Primaries and a transfer function. It is hashable, so that tables made from it can be cached."""

    primaries: Primaries = SRGB
    transfer: Transfer = SRGB_TRANSFER

    @classmethod
    def from_code_points(cls, primaries_code: int, transfer_code: int, *, narrow: bool = False) -> Self:
        """Return the colour space of these code points (ITU-T H.273). An unknown code point means that of sRGB."""
        known = transfer_code if transfer_code in transfer.KNOWN else transfer.SRGB
        return cls(KNOWN.get(primaries_code, SRGB), Transfer(code=known, narrow=narrow))

    @classmethod
    def from_exponent(cls, exponent: float, chosen: Primaries = SRGB) -> Self:
        """Return the colour space of an exponent from level to light. With sRGB's primaries, about 2.2 means sRGB."""
        own = not is_srgb(chosen)
        near = abs(exponent / _DISPLAY_EXPONENT - 1) <= _TOLERANCE
        return cls(chosen, Transfer(exponent=exponent)) if own or not near else cls()

    @property
    def is_srgb(self) -> bool:
        """Whether nothing has to be converted."""
        return self.transfer == SRGB_TRANSFER and self.has_srgb_primaries

    @property
    def has_srgb_primaries(self) -> bool:
        """Whether each channel can be converted separately."""
        return is_srgb(self.primaries)
