"""GIF: how many frames there are (GIF89a, sections 18 to 23)."""

from darkroom.limits import MOST_FRAMES_COUNTED

_SCREEN_FLAGS = 10
_SCREEN_END = 13
_EXTENSION = 0x21
_IMAGE = 0x2C


def count_frames(data: bytes) -> int:
    """The number of image descriptors, counted up to `MOST_FRAMES_COUNTED`; at least one."""
    frames = 0
    at = _SCREEN_END + _table_bytes(data, _SCREEN_FLAGS)
    while at < len(data) and frames < MOST_FRAMES_COUNTED:
        block = data[at]
        if block == _EXTENSION:
            at = _skip_sub_blocks(data, at + 2)
        elif block == _IMAGE:
            frames += 1
            # Ten bytes of descriptor, perhaps a colour table, one byte of code size, then the data.
            at = _skip_sub_blocks(data, at + 10 + _table_bytes(data, at + 9) + 1)
        else:
            break
    return max(frames, 1)


def _table_bytes(data: bytes, flags_at: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
