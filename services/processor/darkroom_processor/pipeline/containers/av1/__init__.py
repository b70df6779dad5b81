"""Reads sizes and colours from the headers of AV1 data (AV1 Bitstream & Decoding Process Specification, part 5).

A frame may be larger than its sequence header announces, and decoders use the size in the frame header. So both headers
are read.

units     OBUs: the units that the data consists of
sequence  the sequence header, which applies to several frames
frame     the frame header
"""

from dataclasses import dataclass, field
from typing import Final

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.av1.frame import read_frame_size, read_quantizer
from darkroom_processor.pipeline.containers.av1.sequence import CodePoints, SequenceHeader, read_sequence
from darkroom_processor.pipeline.containers.av1.units import FRAME_HEADERS, NEEDED, SEQUENCE, Bits, units
from darkroom_processor.pipeline.containers.boxes import BrokenBox

MOST_UNITS: Final = 20_000
"""The most units (OBUs) that are read in one file. A still image has about three."""


@dataclass(kw_only=True)
class StreamHeaders:
    """Facts from the headers of the AV1 data of one item or one track."""

    sequence_sizes: set[Size] = field(default_factory=set)
    """(width, height) of the largest frame that each sequence header allows."""
    frame_sizes: set[Size] = field(default_factory=set)
    """Sizes that frame headers contain. Most frame headers contain none."""
    code_points: CodePoints | None = None
    """Colours of the first sequence header; None if it does not describe them."""
    units: int = 0
    """Number of units read, in this stream and in earlier ones."""
    sequence: SequenceHeader | None = None
    """The latest sequence header."""


def read_headers(data: bytes, start: int, end: int, stream: StreamHeaders) -> None:
    """Add the headers of the units from `start` to `end` to `stream`.

    Raises BrokenBox for more than MOST_UNITS units, and for a header that ends too early.
    """
    for unit in units(data, start, min(end, len(data))):
        stream.units += 1
        if stream.units > MOST_UNITS:
            raise BrokenBox
        if unit.kind == SEQUENCE:
            stream.sequence = read_sequence(Bits(data, unit))
            stream.code_points = stream.code_points if stream.sequence_sizes else stream.sequence.code_points
            stream.sequence_sizes.add(stream.sequence.size)
        elif unit.kind in FRAME_HEADERS and stream.sequence and not stream.sequence.reduced:
            size = read_frame_size(Bits(data, unit), unit, stream.sequence)
            stream.frame_sizes |= {size} if size else set()


def without_metadata(data: bytes) -> bytes:
    """Return the units that a decoder needs for the pixels: no metadata, padding or units of unknown type.

    Raises BrokenBox for more than MOST_UNITS units, and for a size field that is broken.
    """
    found = []
    for unit in units(data, 0, len(data)):
        found.append(unit)
        if len(found) > MOST_UNITS:
            raise BrokenBox
    return b"".join(data[unit.head : unit.end] for unit in found if unit.kind in NEEDED)


def is_lossless(data: bytes) -> bool:
    """Whether the first frame is coded without loss: its quantizer index is 0, or is not read.

    Quantizer 0 is lossless if the deltas that follow it are 0 too; they are not read. Raises BrokenBox for headers
    that end too early.
    """
    sequence: SequenceHeader | None = None
    for unit in units(data, 0, len(data)):
        if unit.kind == SEQUENCE:
            sequence = read_sequence(Bits(data, unit))
        elif unit.kind in FRAME_HEADERS and sequence:
            return not read_quantizer(Bits(data, unit), unit, sequence)
    return True
