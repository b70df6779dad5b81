"""Tracks of animated AVIF files: their size, and where their samples are (ISO/IEC 14496-12, chapter 8)."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from darkroom_processor.pipeline.containers.boxes import MOST_ENTRIES, Box, BrokenBox, Fields, walk
from darkroom_processor.pipeline.containers.items import Span

_SAMPLE_ENTRY_BYTES: Final = 78
"""Bytes of a `VisualSampleEntry` before the boxes in it (section 12.1.3)."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """The frames of an animation, or of its alpha plane."""

    size: tuple[int, int]
    """(width, height) in pixels, as the track header announces it."""
    properties: list[Box]
    """Boxes of the sample entry: configuration, colours, clean aperture."""
    samples: list[Span]
    """Positions of the frames in the file, in order; at most MOST_ENTRIES."""


def read(data: bytes) -> list[Track]:
    """Return the tracks that hold AV1. Raises BrokenBox if their tables are broken, or have too many entries."""
    moov = next((box for box in walk(data, 0, len(data)) if box.kind == b"moov"), None)
    if moov is None:
        return []
    tracks = (_read_track(data, box) for box in walk(data, moov.body, moov.end) if box.kind == b"trak")
    return [track for track in tracks if track]


def _read_track(data: bytes, trak: Box) -> Track | None:
    boxes: dict[bytes, Box] = {}
    inside = [trak]
    while inside:
        parent = inside.pop()
        for box in walk(data, parent.body, parent.end):
            if box.kind in _ONCE and box.kind in boxes:
                raise BrokenBox
            boxes[box.kind] = box
            if box.kind in _PARENTS:
                inside.append(box)
    if not boxes.keys() >= {b"tkhd", b"stsd"}:
        return None
    properties = _read_description(data, boxes[b"stsd"])
    if properties is None:
        return None
    return Track(
        size=_read_size(Fields(data, boxes[b"tkhd"])), properties=properties, samples=_read_samples(data, boxes)
    )


_PARENTS: Final = {b"mdia", b"minf", b"stbl"}
_ONCE: Final = {b"tkhd", b"stsd", b"stsz", b"stsc", b"stco", b"co64", *_PARENTS}


def _read_size(fields: Fields) -> tuple[int, int]:
    """Read width and height from the end of `tkhd`. They are 16.16 fixed-point numbers (section 8.3.2)."""
    version, _ = fields.version_and_flags()
    fields.raw((32 if version == 1 else 20) + 52)
    return fields.number(4) >> 16, fields.number(4) >> 16


def _read_description(data: bytes, stsd: Box) -> list[Box] | None:
    """Return the boxes of the first sample entry of AV1; None if there is none."""
    for entry in walk(data, stsd.body + 8, stsd.end):
        if entry.kind == b"av01":
            return list(walk(data, entry.body + _SAMPLE_ENTRY_BYTES, entry.end))
    return None


def _read_samples(data: bytes, boxes: dict[bytes, Box]) -> list[Span]:
    """Find the samples: chunks of the file hold them one after the other (sections 8.7.3 to 8.7.5)."""
    sizes = _read_sample_sizes(data, boxes.get(b"stsz"))
    firsts, counts = _read_chunk_lengths(data, boxes.get(b"stsc"))
    samples: list[Span] = []
    for number, at in enumerate(_read_chunks(data, boxes), 1):
        entry = bisect_right(firsts, number) - 1
        inside = sizes[len(samples) : len(samples) + counts[entry]] if entry >= 0 else []
        samples += [Span(at + end - size, at + end) for size, end in zip(inside, accumulate(inside), strict=True)]
    return samples


def _read_sample_sizes(data: bytes, stsz: Box | None) -> list[int]:
    if stsz is None:
        return []
    fields = Fields(data, stsz)
    fields.version_and_flags()
    common = fields.number(4)
    return [common or fields.number(4) for _ in range(min(fields.number(4), MOST_ENTRIES))]


def _read_chunk_lengths(data: bytes, stsc: Box | None) -> tuple[list[int], list[int]]:
    """Read the runs of chunks with equal numbers of samples: first chunk of each run, from 1, and samples per chunk."""
    if stsc is None:
        return [], []
    fields = Fields(data, stsc)
    fields.version_and_flags()
    rows = [(fields.number(4), fields.number(4), fields.number(4)) for _ in range(fields.count(4))]
    firsts = [first for first, _, _ in rows]
    if firsts != sorted(firsts):
        raise BrokenBox
    return firsts, [min(count, MOST_ENTRIES) for _, count, _ in rows]


def _read_chunks(data: bytes, boxes: dict[bytes, Box]) -> list[int]:
    for kind, size in ((b"stco", 4), (b"co64", 8)):
        if kind in boxes:
            fields = Fields(data, boxes[kind])
            fields.version_and_flags()
            return [fields.number(size) for _ in range(min(fields.number(4), MOST_ENTRIES))]
    return []
