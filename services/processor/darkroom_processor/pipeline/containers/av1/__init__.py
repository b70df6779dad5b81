"""Sizes and colours of AV1 data, by the headers of its units (AV1 Bitstream & Decoding Process Specification, part 5).

A frame may be larger than its sequence announces: decoders take the size that the frame's own header tells. So both
are read.

units     the parts that the data consist of
sequence  the header that holds for several frames
frame     the header of one frame
"""

from dataclasses import dataclass, field
from typing import Final

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.av1.frame import read_frame_size, read_quantizer
from darkroom_processor.pipeline.containers.av1.sequence import Numbers, SequenceHeader, read_sequence
from darkroom_processor.pipeline.containers.av1.units import FRAMES, OF_PICTURES, SEQUENCE, Bits, units
from darkroom_processor.pipeline.containers.boxes import BrokenBox

MOST_UNITS: Final = 20_000
"""Units (OBUs) that are looked at in one file. A picture has about three."""


@dataclass(kw_only=True)
class Stream:
    """What is found in the AV1 data of one item, or of one track."""

    announced: set[Size] = field(default_factory=set)
    """(width, height) of the largest frame that each sequence header allows."""
    frames: set[Size] = field(default_factory=set)
    """Sizes that frames tell themselves, where they do."""
    numbers: Numbers | None = None
    """Colours of the first sequence header; None if it tells none."""
    units: int = 0
    """Units that were looked at, in this stream and before."""
    sequence: SequenceHeader | None = None
    """The sequence header that is in force."""


def look(data: bytes, start: int, end: int, stream: Stream) -> None:
    """Add to `stream` what the units from `start` to `end` tell.

    Raises BrokenBox for more than MOST_UNITS, and for a header that ends too early.
    """
    for unit in units(data, start, min(end, len(data))):
        stream.units += 1
        if stream.units > MOST_UNITS:
            raise BrokenBox
        if unit.kind == SEQUENCE:
            stream.sequence = read_sequence(Bits(data, unit))
            stream.numbers = stream.numbers if stream.announced else stream.sequence.numbers
            stream.announced.add(stream.sequence.size)
        elif unit.kind in FRAMES and stream.sequence and not stream.sequence.reduced:
            size = read_frame_size(Bits(data, unit), unit, stream.sequence)
            stream.frames |= {size} if size else set()


def pictures_only(data: bytes) -> bytes:
    """The units without those that no decoder needs for the picture: metadata, padding, and what is of no known kind.

    Raises BrokenBox for more than MOST_UNITS, and where the units make no sense.
    """
    found = []
    for unit in units(data, 0, len(data)):
        found.append(unit)
        if len(found) > MOST_UNITS:
            raise BrokenBox
    return b"".join(data[unit.head : unit.end] for unit in found if unit.kind in OF_PICTURES)


def is_lossless(data: bytes) -> bool:
    """Whether the first frame is coded without loss, or as near to it as there is: its quantizer is 0, or unknown.

    Raises BrokenBox for headers that end too early.
    """
    sequence: SequenceHeader | None = None
    for unit in units(data, 0, len(data)):
        if unit.kind == SEQUENCE:
            sequence = read_sequence(Bits(data, unit))
        elif unit.kind in FRAMES and sequence:
            return not read_quantizer(Bits(data, unit), unit, sequence)
    return True
