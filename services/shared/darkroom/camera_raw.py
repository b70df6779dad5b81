"""Recognises camera RAW, which Darkroom refuses: a decoder for TIFF would read only its thumbnail."""

from typing import Final

_AT_THE_START: Final = (
    (b"IIRO", "ORF"),
    (b"IIRS", "ORF"),
    (b"MMOR", "ORF"),
    (b"IIU\0", "RW2"),
    (b"FUJIFILMCCD-RAW", "RAF"),
    (b"FOVb", "X3F"),
    (b"\0MRM", "MRW"),
    (b"II\x1a\0\0\0HEAPCCDR", "CRW"),
)
_CR2: Final = b"CR\x02\0"
_IIQ: Final = {b"II*\0": (b"IIII", 13, b"waR"), b"MM\0*": (b"MMMM", 12, b"Raw")}
"""Bytes 8 to 11 of an IIQ, and a word with its offset, by the first four bytes. A TIFF can have pixels there, so both
must match."""
_CR3: Final = b"ftypcrx "
_MAKERS: Final = (
    ("NIKON", "NEF"),
    ("CANON", "CR2"),
    ("SONY", "ARW"),
    ("PENTAX", "PEF"),
    ("RICOH", "PEF"),
    ("SAMSUNG", "SRW"),
    ("HASSELBLAD", "3FR"),
    ("IMACON", "FFF"),
    ("PHASE ONE", "IIQ"),
    ("LEAF", "MOS"),
    ("MAMIYA", "MEF"),
    ("OLYMPUS", "ORF"),
    ("PANASONIC", "RW2"),
    ("LEICA", "RWL"),
    ("SEIKO EPSON", "ERF"),
    ("EASTMAN KODAK", "DCR"),
    ("KODAK", "DCR"),
)
"""Beginning of the name of a camera maker, and the format that its cameras write."""


def by_magic(head: bytes) -> str | None:
    """Return the camera RAW format of a file by its first 16 bytes, or None."""
    for magic, name in _AT_THE_START:
        if head.startswith(magic):
            return name
    if head[4:12] == _CR3:
        return "CR3"
    if head[:8] == b"II*\0\x10\0\0\0" and head[8:12] == _CR2:
        return "CR2"
    magic, at, word = _IIQ.get(head[:4], (b"none", 0, b""))
    return "IIQ" if head[8:12] == magic and head[at : at + 3] == word else None


def by_maker(maker: str) -> str:
    """Return the format that a maker's cameras write, or an empty text for an unknown maker."""
    return next((name for start, name in _MAKERS if maker.upper().startswith(start)), "")


def refusal(name: str) -> str:
    """Return the error text for a file in this camera RAW format. `name` may be empty."""
    return (
        f"Camera RAW{f' ({name})' if name else ''} is not supported. Export the image as JPEG, PNG or TIFF and upload "
        "that."
    )
