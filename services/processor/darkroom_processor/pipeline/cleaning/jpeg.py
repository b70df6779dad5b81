"""JPEG: adds a missing end, and keeps the segments that are read here and well made."""

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
"""Bytes that the contents of a segment have at least, by its marker and its first bytes. libjpeg, too, takes JFIF's and
Adobe's for none if they are shorter."""
_RESERVED: Final = range(0x02, 0xC0)
"""Markers that no JPEG has (table B.1): the file only begins like one."""
_PROFILE: Final = b"ICC_PROFILE\0"
_PROFILE_HEAD: Final = 14
"""Bytes before a part of the profile: the name, which part it is, and how many there are."""


def clean(data: bytes) -> Cleaned:
    """Return the file with an end. Without one, `ended` is false: then only a decoder can tell what is missing.

    Raises TruncatedImage if the file ends before its first scan begins. A file that only begins like
    a JPEG is left to the decoder, which refuses it.
    """
    if data.endswith(jpeg.END_OF_IMAGE):
        return Cleaned(data)
    segments = list(jpeg.walk(data))
    markers = {one.marker for one in segments if one.whole}
    if jpeg.EOI in markers or _is_no_jpeg(data, segments):
        return Cleaned(data)
    if jpeg.SOS not in markers:
        raise TruncatedImage("The file ends before the picture does.")
    return Cleaned(data + jpeg.END_OF_IMAGE, ended=False)


def _is_no_jpeg(data: bytes, segments: Sequence[Segment]) -> bool:
    """Whether other bytes follow where a segment would, or a marker is reserved."""
    last = segments[-1].end if segments else len(jpeg.START_OF_IMAGE)
    scanned = any(one.marker == jpeg.SOS for one in segments)
    return any(one.marker in _RESERVED for one in segments) or (not scanned and data[last : last + 1] not in b"\xff")


def without_faults(data: bytes) -> bytes:
    """The file without segments of applications that nothing here reads, and without those that are made badly."""
    profile = is_profile([bytes(one.body) for one in jpeg.walk(data) if _is_part(one)])
    return jpeg.rewrite(data, lambda one: profile if _is_part(one) else _is_read(one))


def is_profile(segments: Sequence[bytes]) -> bool:
    """Whether the contents of these APP2 segments are all parts of one profile, each of them once (ICC.1:2022, B.4)."""
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
