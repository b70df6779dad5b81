"""Copies the tracks of an animated AVIF into new boxes (ISO/IEC 14496-12, chapter 8).

From the old boxes, only times, sizes, track numbers and the decoder's configuration are copied.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from darkroom_processor.pipeline.containers import av1, tracks
from darkroom_processor.pipeline.containers.boxes import Box, BrokenBox, walk
from darkroom_processor.pipeline.containers.tracks import Track
from darkroom_processor.pipeline.passthrough.box_writer import Media, box, full_box, hdlr

Boxes = Mapping[bytes, bytes]
"""Contents of the boxes of one track, by box type."""

_PARENTS: Final = frozenset({b"mdia", b"minf", b"stbl", b"edts", b"tref"})
_NEEDED: Final = frozenset({b"tkhd", b"mdhd", b"hdlr", b"stsd", b"stts"})
_IDENTITY_MATRIX: Final = b"".join(
    number.to_bytes(4, "big") for number in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
)
_TRANSFORMING: Final = frozenset({b"clap", b"irot", b"imir"})
_ONE: Final = (1).to_bytes(4, "big")
_IN_FILE: Final = box(b"dinf", full_box(b"dref", _ONE + full_box(b"url ", b"", flags=1)))
_72_DPI: Final = (72 << 16).to_bytes(4, "big")


def copy_coded_pixels(data: bytes, *, frames: int) -> bytes | None:
    """Return the animation, which must have `frames` frames, in a new file.

    None if its parts cannot be separated safely. Raises BrokenBox if a table is broken.
    """
    moov = next((one for one in walk(data, 0, len(data)) if one.kind == b"moov"), None)
    inside = list(walk(data, moov.body, moov.end)) if moov else []
    header = next((data[one.body : one.end] for one in inside if one.kind == b"mvhd"), None)
    av1_tracks = tracks.read(data)
    boxes = [_boxes(data, one) for one in inside if one.kind == b"trak"]
    if header is None or len(boxes) != len(av1_tracks) or any(len(track.samples) != frames for track in av1_tracks):
        return None
    if not all(_is_plain(track, one) for track, one in zip(av1_tracks, boxes, strict=True)):
        return None
    media, written = Media(), [_coded(data, track) for track in av1_tracks]
    starts = [media.add(b"".join(samples)) for samples in written]

    def head(start: int) -> bytes:
        parts = [_movie_header(header)]
        for track, one, samples, first in zip(av1_tracks, boxes, written, starts, strict=True):
            parts.append(_track(data, track, one, samples, start + first))
        return box(b"ftyp", b"avis" + bytes(4) + b"avismsf1iso8") + box(b"moov", b"".join(parts))

    return media.file_of(head)


def _boxes(data: bytes, trak: Box) -> Boxes:
    found: dict[bytes, bytes] = {}
    parents = [trak]
    while parents:
        parent = parents.pop()
        for one in walk(data, parent.body, parent.end):
            found.setdefault(one.kind, data[one.body : one.end])
            if one.kind in _PARENTS:
                parents.append(one)
    return found


def _is_plain(track: Track, boxes: Boxes) -> bool:
    """Whether all needed boxes are there, and the frames are shown without rotation, mirroring or crop."""
    transformed = _TRANSFORMING & {one.kind for one in track.properties}
    return boxes.keys() >= _NEEDED and not transformed and boxes[b"tkhd"][-44:-8] == _IDENTITY_MATRIX


def _coded(data: bytes, track: Track) -> list[bytes]:
    samples = [data[span.start : span.end] for span in track.samples]
    if sum(map(len, samples)) > len(data) or any(not sample for sample in samples):
        raise BrokenBox
    return [av1.without_metadata(sample) for sample in samples]


def _date_bytes(body: bytes) -> int:
    """Return the bytes of the two dates at the start of a header: four each, or eight each in version 1."""
    return 16 if body[:1] == b"\1" else 8


def _movie_header(body: bytes) -> bytes:
    """Return `mvhd` without the dates of the file."""
    dates = _date_bytes(body)
    times = body[4 + dates : 8 + dates + dates // 2]
    fields = bytes(dates) + times + (1 << 16).to_bytes(4, "big") + b"\1\0" + bytes(10) + _IDENTITY_MATRIX + bytes(24)
    return full_box(b"mvhd", fields + body[-4:], version=body[0] & 1)


def _track_header(body: bytes) -> bytes:
    dates = _date_bytes(body)
    number = body[4 + dates : 8 + dates]
    duration = body[12 + dates : 12 + dates + dates // 2]
    fields = bytes(dates) + number + bytes(4) + duration + bytes(16) + _IDENTITY_MATRIX + body[-8:]
    return full_box(b"tkhd", fields, version=body[0] & 1, flags=body[3] & 0b111)


def _media_header(body: bytes) -> bytes:
    dates = _date_bytes(body)
    # The language is `und`, undetermined: three letters of five bits each.
    fields = bytes(dates) + body[4 + dates : 8 + dates + dates // 2] + b"\x55\xc4\0\0"
    return full_box(b"mdhd", fields, version=body[0] & 1)


def _track(data: bytes, track: Track, boxes: Boxes, samples: Sequence[bytes], start: int) -> bytes:
    """Return the track. Its samples follow one another from offset `start`."""
    sizes = b"".join(len(sample).to_bytes(4, "big") for sample in samples)
    table = [
        full_box(b"stsd", _ONE + _description(data, track)),
        _counted(boxes, b"stts", 8),
        full_box(b"stsc", _ONE + _ONE + len(samples).to_bytes(4, "big") + _ONE),
        full_box(b"stsz", bytes(4) + len(samples).to_bytes(4, "big") + sizes),
        full_box(b"stco", _ONE + start.to_bytes(4, "big")),
        _counted(boxes, b"stss", 4),
    ]
    minf = [full_box(b"vmhd", bytes(8), flags=1), _IN_FILE, box(b"stbl", b"".join(table))]
    mdia = [_media_header(boxes[b"mdhd"]), hdlr(boxes[b"hdlr"][8:12]), box(b"minf", b"".join(minf))]
    references = b"".join(box(kind, boxes[kind][:4]) for kind in (b"auxl", b"prem") if kind in boxes)
    edits = _counted(boxes, b"elst", 20 if boxes.get(b"elst", b"")[:1] == b"\1" else 12)
    parts = [
        _track_header(boxes[b"tkhd"]),
        box(b"tref", references) if references else b"",
        box(b"edts", edits) if edits else b"",
        box(b"mdia", b"".join(mdia)),
    ]
    return box(b"trak", b"".join(parts))


def _counted(boxes: Boxes, kind: bytes, size: int) -> bytes:
    """Return a table whose entries have `size` bytes, without bytes after its last entry. Empty if there is none."""
    body = boxes.get(kind, b"")
    return box(kind, body[: 8 + size * int.from_bytes(body[4:8], "big")]) if body else b""


def _description(data: bytes, track: Track) -> bytes:
    """Return the sample entry `av01` (section 12.1.3), without the name of the encoder."""
    sides = b"".join(side.to_bytes(2, "big") for side in track.size)
    fields = [bytes(7), b"\1", bytes(16), sides, _72_DPI * 2, bytes(4), b"\0\1", bytes(32), b"\0\x18\xff\xff"]
    for one in track.properties:
        body = data[one.body : one.end]
        if one.kind == b"av1C":
            fields.append(box(b"av1C", body[:4]))
        elif one.kind == b"colr" and body[:4] == b"nclx":
            fields.append(box(b"colr", body[:11]))
        elif one.kind == b"ccst":
            fields.append(box(b"ccst", body[:8]))
        elif one.kind == b"auxi":
            kind, end, _ = body[4:].partition(b"\0")
            fields.append(full_box(b"auxi", kind + end))
    return box(b"av01", b"".join(fields))
