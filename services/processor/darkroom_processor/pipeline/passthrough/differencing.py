"""Horizontal differencing: predictor 2 of TIFF 6.0 (section 14), and the filter Sub of PNG (section 9.2)."""

from array import array
from typing import Final, Literal

_LANES: Final = {8: "B", 16: "H", 32: "I"}
"""Codes of `array` for unsigned numbers, by their bits."""


def difference(rows: bytes, row_bytes: int, bits: int, samples: int, order: Literal["little", "big"]) -> bytes:
    """Subtract from each sample the same sample of the previous pixel. `bits` and `order` are those of a sample.

    A row is treated as one long number, whose lanes are subtracted at once. The highest bit of a lane is handled
    separately, so that nothing is borrowed from the next lane.
    """
    swap = bits > 8 and order == "big"
    high = int.from_bytes((b"\0" * (bits // 8 - 1) + b"\x80") * (row_bytes * 8 // bits), "little")
    whole = (1 << row_bytes * 8) - 1
    made = []
    for at in range(0, len(rows), row_bytes):
        row = int.from_bytes(_swapped(rows[at : at + row_bytes], bits) if swap else rows[at : at + row_bytes], "little")
        before = row << samples * bits & whole
        differences = (row | high) - (before & ~high) ^ ~(row ^ before) & high
        stored = differences.to_bytes(row_bytes, "little")
        made.append(_swapped(stored, bits) if swap else stored)
    return b"".join(made)


def _swapped(row: bytes, bits: int) -> bytes:
    samples = array(_LANES[bits], row)
    samples.byteswap()
    return samples.tobytes()
