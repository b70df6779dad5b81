"""Makes files that look like camera RAW: with a thumbnail that any reader shows, and the marks of their formats."""

from tests.support import tiffs

THUMBNAIL: dict[int, tiffs.Tag] = {256: 4, 257: 4, 258: [8, 8, 8], 262: 2, 277: 3}
_PIXELS = bytes(48)


def maker(name: bytes) -> dict[int, tiffs.Tag]:
    """Return the tag `Make` with this name."""
    return {271: name + b"\0"}


def files() -> dict[str, tuple[bytes, str]]:
    """Return (file, name of its format) by special features."""
    reduced: dict[int, tiffs.Tag] = {**THUMBNAIL, 254: 1, 330: [8, 8]}
    sensor: dict[int, tiffs.Tag] = {**THUMBNAIL, 258: 16, 262: 32803, 277: 1}
    found = {
        f"{name}, {order}, {'big' if big else 'classic'}": (tiffs.tiff([(tags, [_PIXELS])], order=order, big=big), kind)
        for order in "<>"
        for big in (False, True)
        for name, tags, kind in [
            ("DNGVersion", {**THUMBNAIL, 50706: b"\1\4\0\0"}, "DNG"),
            ("a thumbnail of Nikon's", {**reduced, **maker(b"NIKON CORPORATION")}, "NEF"),
            ("a thumbnail of Sony's", {**reduced, **maker(b"SONY")}, "ARW"),
            ("a thumbnail of Hasselblad's", {**reduced, **maker(b"Hasselblad")}, "3FR"),
            ("a thumbnail without a maker", reduced, ""),
            ("a sensor of Pentax's", {**sensor, **maker(b"PENTAX Corporation")}, "PEF"),
            ("linear light", {**sensor, 262: 34892}, ""),
        ]
    }
    later = tiffs.tiff([(THUMBNAIL, [_PIXELS]), ({**sensor, **maker(b"SAMSUNG")}, [_PIXELS])])
    found["a sensor on the second page"] = later, "SRW"
    canon = b"II*\0\x10\0\0\0CR\2\0\0\0\0\0" + tiffs.tiff([(THUMBNAIL, [_PIXELS])])[8:]
    phase_one = b"II*\0\x40\0\0\0IIIITwaR" + bytes(64)
    found |= {"Canon's header": (canon, "CR2"), "Phase One's header": (phase_one, "IIQ")}
    found["Phase One's other header"] = b"MM\0*\0\0\0\x40MMMMRawT" + bytes(64), "IIQ"
    return found


OTHERS = {
    "ORF": b"IIRO\x08\0\0\0" + bytes(40),
    "RW2": b"IIU\0\x18\0\0\0" + bytes(40),
    "RAF": b"FUJIFILMCCD-RAW 0201" + bytes(40),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(40),
    "X3F": b"FOVb" + bytes(40),
    "MRW": b"\0MRM" + bytes(40),
    "CRW": b"II\x1a\0\0\0HEAPCCDR" + bytes(40),
}
"""Beginnings of RAW files that are not TIFFs, by the name of their format."""
