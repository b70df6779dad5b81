"""The sequence header, which applies to all frames of a sequence (AV1 specification, section 5.5)."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.av1.units import Bits

CHOSEN_BY_FRAME: Final = 2
"""The value of a setting that each frame header contains (`SELECT_SCREEN_CONTENT_TOOLS`, `SELECT_INTEGER_MV`)."""


class CodePoints(NamedTuple):
    """Coding-independent code points: the numbers that identify colours (ITU-T H.273, sections 8.1 to 8.3)."""

    primaries: int
    transfer: int
    matrix: int


@dataclass
class SequenceHeader:
    """The fields that are needed to read a frame header."""

    size: Size = (0, 0)
    size_bits: tuple[int, int] = (0, 0)
    reduced: bool = False
    superblock: int = 64
    """Width and height of a superblock, in pixels."""
    superres: bool = False
    """Whether frames may be coded narrower than they are shown."""
    equal_interval: bool = False
    removal_bits: int = 0
    presentation_bits: int = 0
    """Bits of a presentation time; 0 without a decoder model."""
    points: list[tuple[int, bool]] = field(default_factory=list)
    """Operating points: the layers of each one, and whether it has a decoder model."""
    delta_bits: int = 0
    id_bits: int = 0
    screen_content: int = CHOSEN_BY_FRAME
    integer_motion: int = CHOSEN_BY_FRAME
    order_bits: int = 0
    code_points: CodePoints | None = None


def read_sequence(bits: Bits) -> SequenceHeader:
    """Read a sequence header (section 5.5.1)."""
    it = SequenceHeader()
    profile = bits.number(3)
    bits.number(1)
    it.reduced = bits.flag()
    if it.reduced:
        bits.number(5)
    else:
        _read_operating_points(bits, it)
    it.size_bits = bits.number(4) + 1, bits.number(4) + 1
    it.size = bits.number(it.size_bits[0]) + 1, bits.number(it.size_bits[1]) + 1
    if not it.reduced and bits.flag():
        it.delta_bits = bits.number(4) + 2
        it.id_bits = it.delta_bits + bits.number(3) + 1
    it.superblock = 128 if bits.flag() else 64
    bits.number(2)
    if not it.reduced:
        _read_tools(bits, it)
    it.superres = bits.flag()
    bits.number(2)
    it.code_points = _read_colors(bits, profile)
    return it


def _read_operating_points(bits: Bits, it: SequenceHeader) -> None:
    delay_bits = 0
    if bits.flag():
        bits.number(64)
        it.equal_interval = bits.flag()
        if it.equal_interval:
            bits.skip_variable()
        if bits.flag():
            delay_bits = bits.number(5) + 1
            bits.number(32)
            it.removal_bits, it.presentation_bits = bits.number(5) + 1, bits.number(5) + 1
    display_delays = bits.flag()
    for _ in range(bits.number(5) + 1):
        layers = bits.number(12)
        if bits.number(5) > 7:
            bits.number(1)
        modelled = bool(delay_bits) and bits.flag()
        if modelled:
            bits.number(2 * delay_bits + 1)
        if display_delays and bits.flag():
            bits.number(4)
        it.points.append((layers, modelled))


def _read_tools(bits: Bits, it: SequenceHeader) -> None:
    bits.number(4)
    ordered = bits.flag()
    if ordered:
        bits.number(2)
    it.screen_content = CHOSEN_BY_FRAME if bits.flag() else bits.number(1)
    if it.screen_content:
        it.integer_motion = CHOSEN_BY_FRAME if bits.flag() else bits.number(1)
    it.order_bits = bits.number(3) + 1 if ordered else 0


def _read_colors(bits: Bits, profile: int) -> CodePoints | None:
    """Read the colours (section 5.5.2). None if the header does not describe them."""
    deep = bits.flag()
    if profile == 2 and deep:
        bits.number(1)
    if profile != 1:
        bits.number(1)
    return CodePoints(bits.number(8), bits.number(8), bits.number(8)) if bits.flag() else None
