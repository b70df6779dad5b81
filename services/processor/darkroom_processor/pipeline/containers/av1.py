"""Sizes and colours of AV1 data, by the headers of its units (AV1 Bitstream & Decoding Process Specification, part 5).

A frame may be larger than its sequence announces: decoders take the size that the frame's own header tells. So both
are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from darkroom.making.geometry import Size
from darkroom_processor.pipeline.containers.boxes import BrokenBox

MOST_UNITS: Final = 20_000
"""Units (OBUs) that are looked at in one file. A picture has about three."""

_SEQUENCE: Final = 1
_FRAMES: Final = frozenset({3, 6, 7})
"""A frame's header, a frame, and a header that is repeated."""
_TILES: Final = 4
_OF_PICTURES: Final = _FRAMES | {_SEQUENCE, _TILES}
_KEY, _INTRA_ONLY, _SWITCH = 0, 2, 3
_REFERENCES: Final = 7
_CHOSEN_BY_FRAME: Final = 2
_WIDEST_TILE: Final = 4096
_LARGEST_TILE: Final = 4096 * 2304
_MOST_TILES: Final = 64
"""Pixels of a tile, and tiles of a row or column, at most (section 3)."""


class Numbers(NamedTuple):
    """Colours by numbers (ITU-T H.273, sections 8.1 to 8.3)."""

    primaries: int
    transfer: int
    matrix: int


@dataclass(kw_only=True)
class Stream:
    """What is found in the AV1 data of one item, or of one track."""

    announced: set[Size] = field(default_factory=set)
    """(width, height) of the largest frame that each sequence header allows."""
    frames: set[Size] = field(default_factory=set)
    """Sizes that frames tell themselves, where they do."""
    numbers: Numbers | None = None
    """Of the first sequence header; None when it tells no colours."""
    units: int = 0
    """Units that were looked at, in this stream and before."""
    sequence: "_Sequence | None" = None
    """The sequence header that is in force."""


class _Unit(NamedTuple):
    head: int
    """Where its own header begins; the contents are from `start` to `end`."""
    kind: int
    temporal: int
    spatial: int
    start: int
    end: int


@dataclass
class _Sequence:
    """What a frame's header cannot be read without."""

    size: Size = (0, 0)
    size_bits: tuple[int, int] = (0, 0)
    reduced: bool = False
    superblock: int = 64
    """Pixels of a side of what tiles consist of."""
    superres: bool = False
    """Whether frames may be stored narrower than they are."""
    equal_interval: bool = False
    removal_bits: int = 0
    presentation_bits: int = 0
    """Zero without a model of the decoder."""
    points: list[tuple[int, bool]] = field(default_factory=list)
    """Each operating point's layers, and whether the model tells of it."""
    delta_bits: int = 0
    id_bits: int = 0
    screen_content: int = _CHOSEN_BY_FRAME
    integer_motion: int = _CHOSEN_BY_FRAME
    order_bits: int = 0
    numbers: Numbers | None = None


class _Bits:
    """Reads numbers of any bits. Raises BrokenBox at the end of the unit."""

    def __init__(self, data: bytes, unit: _Unit) -> None:
        self._data = data
        self._at = unit.start * 8
        self._end = unit.end * 8

    def number(self, bits: int) -> int:
        first, self._at = self._at, self._at + bits
        if self._at > self._end:
            raise BrokenBox
        stop = (self._at + 7) // 8
        whole = int.from_bytes(self._data[first // 8 : stop], "big")
        return whole >> (stop * 8 - self._at) & ((1 << bits) - 1)

    def flag(self) -> bool:
        return bool(self.number(1))

    def skip_variable(self) -> None:
        """Pass over a `uvlc()` (section 4.10.3)."""
        zeros = 0
        while not self.flag():
            zeros += 1
        self.number(zeros if zeros < 32 else 0)


def look(data: bytes, start: int, end: int, stream: Stream) -> None:
    """Add to `stream` what the units from `start` to `end` tell.

    Raises BrokenBox for more than MOST_UNITS, and for a header that ends too early.
    """
    for unit in _units(data, start, min(end, len(data))):
        stream.units += 1
        if stream.units > MOST_UNITS:
            raise BrokenBox
        if unit.kind == _SEQUENCE:
            stream.sequence = _read_sequence(_Bits(data, unit))
            stream.numbers = stream.numbers if stream.announced else stream.sequence.numbers
            stream.announced.add(stream.sequence.size)
        elif unit.kind in _FRAMES and stream.sequence and not stream.sequence.reduced:
            size = _read_frame_size(_Bits(data, unit), unit, stream.sequence)
            stream.frames |= {size} if size else set()


def pictures_only(data: bytes) -> bytes:
    """The units without those that no decoder needs for the picture: metadata, padding, and what is of no known kind.

    Raises BrokenBox for more than MOST_UNITS, and where the units make no sense.
    """
    units = []
    for unit in _units(data, 0, len(data)):
        units.append(unit)
        if len(units) > MOST_UNITS:
            raise BrokenBox
    return b"".join(data[unit.head : unit.end] for unit in units if unit.kind in _OF_PICTURES)


def is_lossless(data: bytes) -> bool:
    """Whether the first frame is coded without loss, or as near to it as there is: its quantizer is 0, or unknown.

    Raises BrokenBox for headers that end too early.
    """
    sequence: _Sequence | None = None
    for unit in _units(data, 0, len(data)):
        if unit.kind == _SEQUENCE:
            sequence = _read_sequence(_Bits(data, unit))
        elif unit.kind in _FRAMES and sequence:
            return not _read_quantizer(_Bits(data, unit), unit, sequence)
    return True


def _units(data: bytes, at: int, end: int) -> Iterator[_Unit]:
    """Section 5.3. What is cut ends the walk."""
    while at < end:
        first, head = at, data[at]
        layers = data[at + 1] if head & 4 and at + 1 < end else 0
        at += 2 if head & 4 else 1
        size = end - at
        if head & 2:
            size, at = _leb128(data, at, end)
        yield _Unit(first, head >> 3 & 15, layers >> 5, layers >> 3 & 3, at, min(at + size, end))
        at += size


def _leb128(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends (section 4.10.5)."""
    value = 0
    for shift in range(0, 56, 7):
        if at >= end:
            raise BrokenBox
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    raise BrokenBox


def _read_sequence(bits: _Bits) -> _Sequence:
    """Section 5.5.1."""
    it = _Sequence()
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
    it.numbers = _read_colors(bits, profile)
    return it


def _read_operating_points(bits: _Bits, it: _Sequence) -> None:
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


def _read_tools(bits: _Bits, it: _Sequence) -> None:
    bits.number(4)
    ordered = bits.flag()
    if ordered:
        bits.number(2)
    it.screen_content = _CHOSEN_BY_FRAME if bits.flag() else bits.number(1)
    if it.screen_content:
        it.integer_motion = _CHOSEN_BY_FRAME if bits.flag() else bits.number(1)
    it.order_bits = bits.number(3) + 1 if ordered else 0


def _read_colors(bits: _Bits, profile: int) -> Numbers | None:
    """Section 5.5.2."""
    deep = bits.flag()
    if profile == 2 and deep:
        bits.number(1)
    if profile != 1:
        bits.number(1)
    return Numbers(bits.number(8), bits.number(8), bits.number(8)) if bits.flag() else None


def _read_frame_size(bits: _Bits, unit: _Unit, sequence: _Sequence) -> Size | None:
    """The size that a frame's header tells (section 5.9.2); None when it is the sequence's or an earlier frame's."""
    if bits.flag():
        return None
    kind, shown = bits.number(2), bits.flag()
    if shown and sequence.presentation_bits and not sequence.equal_interval:
        bits.number(sequence.presentation_bits)
    if not shown:
        bits.number(1)
    resilient = kind == _SWITCH or (kind == _KEY and shown) or bits.flag()
    bits.number(1)
    screen_content = bits.number(1) if sequence.screen_content == _CHOSEN_BY_FRAME else sequence.screen_content
    if screen_content and sequence.integer_motion == _CHOSEN_BY_FRAME:
        bits.number(1)
    bits.number(sequence.id_bits)
    own_size = kind == _SWITCH or bits.flag()
    if not own_size:
        return None
    bits.number(sequence.order_bits)
    intra = kind in {_KEY, _INTRA_ONLY}
    if not (intra or resilient):
        bits.number(3)
    _skip_removal_times(bits, unit, sequence)
    refreshed = 0xFF if kind == _SWITCH or (kind == _KEY and shown) else bits.number(8)
    if (not intra or refreshed != 0xFF) and resilient:
        bits.number(8 * sequence.order_bits)
    if not intra and _is_sized_by_reference(bits, sequence, resilient=resilient):
        return None
    return bits.number(sequence.size_bits[0]) + 1, bits.number(sequence.size_bits[1]) + 1


def _skip_removal_times(bits: _Bits, unit: _Unit, sequence: _Sequence) -> None:
    if not sequence.removal_bits or not bits.flag():
        return
    for layers, modelled in sequence.points:
        within = not layers or (layers >> unit.temporal & 1 and layers >> (unit.spatial + 8) & 1)
        if modelled and within:
            bits.number(sequence.removal_bits)


def _is_sized_by_reference(bits: _Bits, sequence: _Sequence, *, resilient: bool) -> bool:
    """Pass over the references of a frame. Returns whether one of them gives the size."""
    short = bool(sequence.order_bits) and bits.flag()
    if short:
        bits.number(6)
    for _ in range(_REFERENCES):
        bits.number((0 if short else 3) + sequence.delta_bits)
    return not resilient and any(bits.flag() for _ in range(_REFERENCES))


def _read_quantizer(bits: _Bits, unit: _Unit, sequence: _Sequence) -> int | None:
    """`base_q_idx` of a key frame that is shown (sections 5.9.2 and 5.9.12); None where it is not looked for."""
    if not sequence.reduced:
        if bits.flag() or bits.number(2) != _KEY or not bits.flag():
            return None
        if sequence.presentation_bits and not sequence.equal_interval:
            bits.number(sequence.presentation_bits)
    frozen = bits.flag()
    screen_content = bits.number(1) if sequence.screen_content == _CHOSEN_BY_FRAME else sequence.screen_content
    if screen_content and sequence.integer_motion == _CHOSEN_BY_FRAME:
        bits.number(1)
    bits.number(sequence.id_bits)
    own_size = not sequence.reduced and bits.flag()
    bits.number(sequence.order_bits)
    _skip_removal_times(bits, unit, sequence)
    size = sequence.size
    if own_size:
        size = bits.number(sequence.size_bits[0]) + 1, bits.number(sequence.size_bits[1]) + 1
    narrowed = sequence.superres and bits.flag()
    if narrowed:
        # Eighths that a stored row is longer than the picture is wide, from nine on (section 5.9.8).
        denominator = bits.number(3) + 9
        size = (size[0] * 8 + denominator // 2) // denominator, size[1]
    if bits.flag():
        bits.number(32)
    if screen_content and not narrowed:
        bits.number(1)
    if not (sequence.reduced or frozen):
        bits.number(1)
    return bits.number(8) if _skip_even_tiles(bits, size, sequence.superblock) else None


def _skip_even_tiles(bits: _Bits, size: Size, superblock: int) -> bool:
    """Pass over how a frame is divided into tiles (section 5.9.15). Returns False if these are of several sizes."""
    if not bits.flag():
        return False
    across, down = (-(-side // superblock) for side in size)
    most_across = _WIDEST_TILE // superblock
    most_in_all = _LARGEST_TILE // superblock**2
    least_columns = _doublings(across, most_across)
    columns = _count_up(bits, least_columns, _doublings(min(across, _MOST_TILES), 1))
    least = max(least_columns, _doublings(across * down, most_in_all))
    rows = _count_up(bits, max(least - columns, 0), _doublings(min(down, _MOST_TILES), 1))
    if columns or rows:
        bits.number(columns + rows + 2)
    return True


def _doublings(target: int, of: int) -> int:
    """How often a number must be doubled to reach the target (`tile_log2`)."""
    return (-(-target // of) - 1).bit_length()


def _count_up(bits: _Bits, least: int, most: int) -> int:
    count = least
    while count < most and bits.flag():
        count += 1
    return count
