"""Writes an ICC profile from primaries and a transfer function. lcms converts with it; no result contains it."""

import struct
from typing import Final

from darkroom_processor.pipeline.colorimetry.matrices import Vector, transposed
from darkroom_processor.pipeline.colorimetry.primaries import D50, Primaries, to_d50
from darkroom_processor.pipeline.colorimetry.transfer import Transfer

_ENTRIES: Final = 1024
_HEADER_BYTES: Final = 128
_VERSION: Final = 0x02400000


def write_profile(primaries: Primaries, transfer: Transfer) -> bytes:
    """Return the profile, 2.3 kB: three matrix columns, and one tone curve for all channels (ICC.1:2022, 8.3)."""
    levels = [round(transfer.light(step / (_ENTRIES - 1)) * 0xFFFF) for step in range(_ENTRIES)]
    columns = transposed(to_d50(primaries))
    bodies = [_xyz(D50), *map(_xyz, columns), b"curv" + struct.pack(f">II{_ENTRIES}H", 0, _ENTRIES, *levels)]
    tags = {b"wtpt": 0, b"rXYZ": 1, b"gXYZ": 2, b"bXYZ": 3, b"rTRC": 4, b"gTRC": 4, b"bTRC": 4}
    start = _HEADER_BYTES + 4 + 12 * len(tags)
    places = [start + sum(map(len, bodies[:at])) for at in range(len(bodies))]
    entries = [struct.pack(">4sII", tag, places[at], len(bodies[at])) for tag, at in tags.items()]
    table = struct.pack(">I", len(tags)) + b"".join(entries)
    return _header(start + sum(map(len, bodies))) + table + b"".join(bodies)


def _header(size: int) -> bytes:
    """Return the header of a display profile from RGB to XYZ (section 7.2)."""
    head = struct.pack(">I4xI4s4s4s", size, _VERSION, b"mntr", b"RGB ", b"XYZ ")
    return head.ljust(36, b"\0") + (b"acsp".ljust(32, b"\0") + _numbers(D50)).ljust(_HEADER_BYTES - 36, b"\0")


def _xyz(vector: Vector) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(vector)


def _numbers(vector: Vector) -> bytes:
    return struct.pack(">3i", *(round(part * 65536) for part in vector))
