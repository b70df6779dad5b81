"""Cleans JPEG: adds a missing end marker, and drops application segments that are unknown or malformed."""

from collections.abc import Sequence
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned
from darkroom_processor.pipeline.containers import jpeg
from darkroom_processor.pipeline.containers.jpeg import Segment

_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_SHORTEST: Final = {
    (_APP0, b"JFIF\0"): 14,
    (_APP1, b"Exif\0\0"): 6,
    (_APP1, b"http://ns.adobe.com/xap/1.0/\0"): 29,
    (_APP14, b"Adobe"): 12,
}
"""The least bytes of a segment's contents, by its marker and its first bytes. libjpeg also ignores JFIF and Adobe
segments that are shorter."""
_RESERVED: Final = range(0x02, 0xC0)
"""Reserved markers (table B.1). A file that has one is not a JPEG, although it begins like one."""
_PROFILE: Final = b"ICC_PROFILE\0"
_PROFILE_HEAD: Final = 14
"""Bytes before a part of the profile: identifier, number of the part, number of parts (ICC.1:2022, B.4)."""


def clean(data: bytes) -> Cleaned:
    """Return the file with an end marker. If it was missing, `ended` is false: only decoding shows what is missing.

    Raises TruncatedImage if the file ends before its first scan. A file that only begins like a JPEG is returned
    unchanged; the decoder refuses it.
    """
    if data.endswith(jpeg.END_OF_IMAGE):
        return Cleaned(data)
    segments = list(jpeg.walk(data))
    markers = {one.marker for one in segments if one.whole}
    if jpeg.EOI in markers or _is_no_jpeg(data, segments):
        return Cleaned(data)
    if jpeg.SOS not in markers:
        raise TruncatedImage("The file is truncated: it ends before the first pixel.")
    return Cleaned(data + jpeg.END_OF_IMAGE, ended=False)


def _is_no_jpeg(data: bytes, segments: Sequence[Segment]) -> bool:
    """Whether a marker is reserved, or the segments before the first scan are followed by other bytes."""
    last = segments[-1].end if segments else len(jpeg.START_OF_IMAGE)
    scanned = any(one.marker == jpeg.SOS for one in segments)
    return any(one.marker in _RESERVED for one in segments) or (not scanned and data[last : last + 1] not in b"\xff")


def without_faults(data: bytes) -> bytes:
    """Return the file without the application segments that are not read here, and without malformed ones."""
    profile = is_profile([bytes(one.body) for one in jpeg.walk(data) if _is_part(one)])
    return jpeg.rewrite(data, lambda one: profile if _is_part(one) else _is_read(one))


def is_profile(segments: Sequence[bytes]) -> bool:
    """Whether these APP2 segments contain each part of one profile exactly once (ICC.1:2022, B.4)."""
    parts = [one for one in segments if one.startswith(_PROFILE)]
    if any(len(one) < _PROFILE_HEAD for one in parts):
        return False
    numbers, counts = sorted(one[12] for one in parts), {one[13] for one in parts}
    return numbers == list(range(1, len(parts) + 1)) and counts <= {len(parts)}


def _is_read(one: Segment) -> bool:
    return any(
        one.marker == marker and bytes(one.body[: len(name)]) == name and len(one.body) >= shortest
        for (marker, name), shortest in _SHORTEST.items()
    )


def _is_part(one: Segment) -> bool:
    return one.marker == _APP2 and bytes(one.body[: len(_PROFILE)]) == _PROFILE
