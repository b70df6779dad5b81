"""The frame header: its size and its quantizer (AV1 specification, section 5.9)."""

from typing import Final

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.av1.sequence import CHOSEN_BY_FRAME, SequenceHeader
from darkroom_processor.pipeline.containers.av1.units import Bits, Unit

_KEY, _INTRA_ONLY, _SWITCH = 0, 2, 3
_REFERENCES: Final = 7
_WIDEST_TILE: Final = 4096
_LARGEST_TILE: Final = 4096 * 2304
"""The most pixels of a tile: in a row (`MAX_TILE_WIDTH`), and in all (`MAX_TILE_AREA`; section 3)."""
_MOST_TILES: Final = 64
"""The most tiles in a row or in a column (`MAX_TILE_COLS` and `MAX_TILE_ROWS`; section 3)."""


def read_frame_size(bits: Bits, unit: Unit, sequence: SequenceHeader) -> Size | None:
    """Read the size from a frame header (section 5.9.2). None if the sequence header or an earlier frame gives it."""
    if bits.flag():
        return None
    kind, shown = bits.number(2), bits.flag()
    if shown and sequence.presentation_bits and not sequence.equal_interval:
        bits.number(sequence.presentation_bits)
    if not shown:
        bits.number(1)
    resilient = kind == _SWITCH or (kind == _KEY and shown) or bits.flag()
    bits.number(1)
    screen_content = bits.number(1) if sequence.screen_content == CHOSEN_BY_FRAME else sequence.screen_content
    if screen_content and sequence.integer_motion == CHOSEN_BY_FRAME:
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


def _skip_removal_times(bits: Bits, unit: Unit, sequence: SequenceHeader) -> None:
    if not sequence.removal_bits or not bits.flag():
        return
    for layers, modelled in sequence.points:
        within = not layers or (layers >> unit.temporal & 1 and layers >> (unit.spatial + 8) & 1)
        if modelled and within:
            bits.number(sequence.removal_bits)


def _is_sized_by_reference(bits: Bits, sequence: SequenceHeader, *, resilient: bool) -> bool:
    """Skip the references of a frame. Return whether one of them gives the size."""
    short = bool(sequence.order_bits) and bits.flag()
    if short:
        bits.number(6)
    for _ in range(_REFERENCES):
        bits.number((0 if short else 3) + sequence.delta_bits)
    return not resilient and any(bits.flag() for _ in range(_REFERENCES))


def read_quantizer(bits: Bits, unit: Unit, sequence: SequenceHeader) -> int | None:
    """Read `base_q_idx` of a shown key frame (sections 5.9.2 and 5.9.12). None for other frames and uneven tiles."""
    if not sequence.reduced:
        if bits.flag() or bits.number(2) != _KEY or not bits.flag():
            return None
        if sequence.presentation_bits and not sequence.equal_interval:
            bits.number(sequence.presentation_bits)
    frozen = bits.flag()
    screen_content = bits.number(1) if sequence.screen_content == CHOSEN_BY_FRAME else sequence.screen_content
    if screen_content and sequence.integer_motion == CHOSEN_BY_FRAME:
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
        # `SuperresDenom`: the upscaled width is denominator / 8 times the coded width (section 5.9.8).
        denominator = bits.number(3) + 9
        size = (size[0] * 8 + denominator // 2) // denominator, size[1]
    if bits.flag():
        bits.number(32)
    if screen_content and not narrowed:
        bits.number(1)
    if not (sequence.reduced or frozen):
        bits.number(1)
    return bits.number(8) if _skip_even_tiles(bits, size, sequence.superblock) else None


def _skip_even_tiles(bits: Bits, size: Size, superblock: int) -> bool:
    """Skip the tile layout of a frame (section 5.9.15). Return False if the tiles are not evenly spaced."""
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
    """Return how often a number must be doubled to reach the target (`tile_log2`)."""
    return (-(-target // of) - 1).bit_length()


def _count_up(bits: Bits, least: int, most: int) -> int:
    count = least
    while count < most and bits.flag():
        count += 1
    return count
