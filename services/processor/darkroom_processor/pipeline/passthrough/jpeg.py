"""Copies the tables, frame and scans of a JPEG, without application segments and comments."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from darkroom_processor.pipeline.containers.jpeg import (
    APP,
    COM,
    END_OF_IMAGE,
    EOI,
    FRAMES,
    SOS,
    START_OF_IMAGE,
    Segment,
    segment,
    walk,
)
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata

_JFIF: Final = 0xE0
_ADOBE: Final = 0xEE
_APP1: Final = 0xE1
_APP2: Final = 0xE2
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
"""Huffman tables, arithmetic conditioning, quantization tables, restart interval."""
_KNOWN: Final = FRAMES | _TABLES | {SOS, EOI, COM}
_NO_DENSITY: Final = bytes([0, 0, 1, 0, 1, 0, 0])
"""JFIF fields: the pixels are square, and there is no thumbnail (ITU-T T.871, section 10.1)."""
_JFIF_BYTES: Final = 14
_ADOBE_BYTES: Final = 12
_USUAL_TRANSFORM: Final = 1
"""YCbCr, which decoders assume if there is no Adobe segment (ITU-T T.872, section 6.5.3)."""
_ICC_HEAD: Final = b"ICC_PROFILE\0"
_ICC_PIECE: Final = 65_533 - len(_ICC_HEAD) - 2
_XMP_HEAD: Final = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF_HEAD: Final = b"Exif\0\0"


def copy_coded_pixels(data: bytes, kept: KeptMetadata) -> bytes | None:
    """Return the image in a new file; None if it has unknown segments, or other than one frame header."""
    return _copied(data, kept, marked=True)


def stream_of(data: bytes) -> bytes | None:
    """Copy a JPEG stream inside a TIFF, whose tags describe the colours. Tables may be missing. None as above."""
    return _copied(data, KeptMetadata(), marked=False)


def tables_of(data: bytes) -> bytes | None:
    """Copy a stream that has only tables, which several strips or tiles share. None if it has more than tables."""
    segments = list(walk(data))
    if not data.startswith(START_OF_IMAGE) or any(one.marker in FRAMES or one.marker == SOS for one in segments):
        return None
    tables = (one.file[one.start : one.end] for one in segments if one.marker in _TABLES)
    return b"".join([START_OF_IMAGE, *tables, END_OF_IMAGE])


def _copied(data: bytes, kept: KeptMetadata, *, marked: bool) -> bytes | None:
    segments = list(walk(data))
    known = all(one.marker in _KNOWN or one.marker in APP for one in segments)
    if not known or sum(one.marker in FRAMES for one in segments) != 1:
        # Decoders disagree about where the data of a scan ends before an unknown marker.
        return None
    # What follows the header of a scan belongs to the scan, up to the next segment or the end of the image.
    ends = [following.start for _, following in pairwise(segments)]
    ends.append(segments[-1].start if segments[-1].marker == EOI else len(data))
    parts: list[bytes | memoryview] = [START_OF_IMAGE, *(_marks(segments) if marked else ()), *_kept_segments(kept)]
    for one, end in zip(segments, ends, strict=True):
        if one.marker in FRAMES or one.marker in _TABLES:
            parts.append(one.file[one.start : one.end])
        elif one.marker == SOS:
            parts.append(one.file[one.start : end])
    return b"".join([*parts, END_OF_IMAGE])


def _marks(segments: list[Segment]) -> Iterator[bytes]:
    """Yield the segment that says how the colours are coded: JFIF, or else Adobe's with the colour transform."""
    jfif = next((one for one in segments if one.marker == _JFIF and bytes(one.body[:5]) == b"JFIF\0"), None)
    adobe = next((one for one in segments if one.marker == _ADOBE and bytes(one.body[:5]) == b"Adobe"), None)
    if jfif and len(jfif.body) >= _JFIF_BYTES:
        yield segment(_JFIF, bytes(jfif.body[:7]) + _NO_DENSITY)
    elif adobe and len(adobe.body) >= _ADOBE_BYTES and adobe.body[11] != _USUAL_TRANSFORM:
        # The version and both flags do not change the pixels.
        yield segment(_ADOBE, b"Adobe\0\x64" + bytes(4) + bytes(adobe.body[11:12]))


def _kept_segments(kept: KeptMetadata) -> Iterator[bytes]:
    if kept.exif:
        yield segment(_APP1, _EXIF_HEAD + kept.exif.removeprefix(_EXIF_HEAD))
    if kept.xmp:
        yield segment(_APP1, _XMP_HEAD + kept.xmp)
    pieces = [kept.icc[at : at + _ICC_PIECE] for at in range(0, len(kept.icc), _ICC_PIECE)]
    for number, piece in enumerate(pieces, 1):
        yield segment(_APP2, _ICC_HEAD + bytes([number, len(pieces)]) + piece)
