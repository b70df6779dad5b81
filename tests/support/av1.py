"""Writes AV1 headers, so that a test can announce any size (AV1 specification, sections 5.3, 5.5 and 5.9).

No pixels follow: they are for files that must be refused before they are decoded.
"""

SIDE_BITS = 16


def unit(kind: int, body: bytes) -> bytes:
    """Return a unit (OBU) with its size."""
    assert len(body) < 128
    return bytes([kind << 3 | 2, len(body)]) + body


def bits(*fields: tuple[int, int]) -> bytes:
    """Return the bytes of (number, number of bits) fields, then a one and zeros up to the next byte."""
    text = "".join(format(number, f"0{size}b") for number, size in fields if size) + "1"
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def sequence(width: int, height: int, numbers: tuple[int, int, int] | None = None, *, still: bool = True) -> bytes:
    """Return a sequence header. Unless it is for a still picture, frame headers may contain a size."""
    start = [(0, 3), (1, 1), (1, 1), (0, 5)] if still else [(0, 3), (0, 2), (0, 1), (0, 1), (0, 5), (0, 12), (0, 5)]
    sides = [(SIDE_BITS - 1, 4), (SIDE_BITS - 1, 4), (width - 1, SIDE_BITS), (height - 1, SIDE_BITS)]
    # No frame numbers and no tools, except those that each frame header selects.
    tools = [(0, 3)] if still else [(0, 1), (0, 3), (0, 4), (0, 1), (1, 1), (1, 1)]
    colors = [(0, 3), (0, 1), (0, 1), *([(1, 1), *((number, 8) for number in numbers)] if numbers else [(0, 1)])]
    return unit(1, bits(*start, *sides, *tools, *colors, (0, 8)))


def sized_frame(width: int, height: int) -> bytes:
    """Return a key frame whose header contains a size, for a sequence header with `still=False`."""
    head = [(0, 1), (0, 2), (1, 1), (0, 1), (0, 1), (1, 1)]
    return unit(6, bits(*head, (width - 1, SIDE_BITS), (height - 1, SIDE_BITS), (0, 30)))
