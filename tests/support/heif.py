"""Writes AVIF files box by box (ISO/IEC 14496-12 and 23008-12), so that a test can put anything into them."""

import struct
from dataclasses import dataclass

from PIL import Image

from tools.testbed import images


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box with these contents."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with version and flags before its contents (`FullBox`)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def ispe(width: int, height: int) -> bytes:
    """Return the property with the size of an item, in pixels."""
    return full_box(b"ispe", struct.pack(">II", width, height))


def clap(width: float, height: float, across: float = 0, down: float = 0, denominator: int = 1) -> bytes:
    """Return the clean aperture property: width, height, and the offset of its centre from that of the picture."""
    numbers = [round(value * denominator) for value in (width, height, across, down)]
    return box(b"clap", b"".join(struct.pack(">iI", number, denominator) for number in numbers))


def nclx(primaries: int, transfer: int, matrix: int = 6, *, full_range: bool = True) -> bytes:
    """Return the colour property with code points (ITU-T H.273)."""
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, full_range << 7))


def icc(profile: bytes) -> bytes:
    """Return the colour property with an ICC profile."""
    return box(b"colr", b"prof", profile)


def irot(quarters: int) -> bytes:
    """Return the property that rotates the picture by quarter turns counter-clockwise."""
    return box(b"irot", bytes([quarters]))


def imir(axis: int) -> bytes:
    """Return the property that mirrors the picture: 0 swaps top and bottom, 1 left and right."""
    return box(b"imir", bytes([axis]))


ALPHA = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item to write, with its properties."""

    number: int
    kind: bytes = b"av01"
    data: bytes = b""
    properties: tuple[bytes, ...] = ()
    content_type: bytes = b""
    extents: tuple[tuple[int, int], ...] | None = None
    """Extents: parts of `data` as (start, end), in the order in which they are read. None for one extent."""
    in_idat: bool = False


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A coded picture: AV1 data and its properties `av1C` and `pixi`."""

    data: bytes
    config: bytes
    pixi: bytes

    def item(self, number: int, *properties: bytes) -> Item:
        """Return an item of this picture with these additional properties."""
        return Item(number=number, data=self.data, properties=(self.config, self.pixi, *properties))


def coded(image: Image.Image, **options: object) -> Coded:
    """Encode the picture as AV1 by Pillow. Only its colour item is returned."""
    file = images.encoded(image, "AVIF", **options)
    found = {kind: file[file.index(kind) - 4 :] for kind in (b"av1C", b"pixi")}
    boxes = {kind: data[: struct.unpack(">I", data[:4])[0]] for kind, data in found.items()}
    at = file.index(b"iloc") + 4
    _, _, _, _, _, _, offset, length = struct.unpack_from(">IHHHHHII", file, at)
    return Coded(data=file[offset : offset + length], config=boxes[b"av1C"], pixi=boxes[b"pixi"])


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of items to write."""

    items: tuple[Item, ...]
    primary: int = 1
    references: tuple[tuple[bytes, int, tuple[int, ...]], ...] = ()
    """(type, number of the referring item, numbers of the other items)."""
    wide: bool = False
    """Whether item numbers and property indexes have the larger of the two possible widths."""
    brand: bytes = b"avif"
    more: bytes = b""
    """Boxes after all others."""

    @property
    def number(self) -> str:
        """The `struct` format of an item number."""
        return ">I" if self.wide else ">H"

    def written(self) -> bytes:
        """Return the file: `ftyp`, `meta`, `mdat`."""
        head = box(b"ftyp", self.brand, bytes(4), b"avifmif1miaf")
        length = len(head) + len(self._meta(0))
        body = b"".join(item.data for item in self.items if not item.in_idat)
        return head + self._meta(length + 8) + box(b"mdat", body) + self.more

    def _meta(self, media: int) -> bytes:
        idat = b"".join(item.data for item in self.items if item.in_idat)
        return full_box(
            b"meta",
            full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
            full_box(b"pitm", struct.pack(self.number, self.primary), version=self.wide),
            self._locations(media),
            self._entries(),
            *([self._references()] if self.references else []),
            self._properties(),
            *([box(b"idat", idat)] if idat else []),
        )

    def _locations(self, media: int) -> bytes:
        """Return `iloc`, of version 1, or 2 if `wide`: with construction method, base offset and index."""
        at = {False: media, True: 0}
        body = b""
        for item in self.items:
            extents = item.extents if item.extents is not None else ((0, len(item.data)),)
            body += struct.pack(self.number, item.number) + struct.pack(">HHI", item.in_idat, 0, at[item.in_idat])
            body += struct.pack(">H", len(extents))
            body += b"".join(struct.pack(">II", start, end - start) for start, end in extents)
            at[item.in_idat] += len(item.data)
        count = struct.pack(self.number, len(self.items))
        return full_box(b"iloc", b"\x44\x40", count, body, version=2 if self.wide else 1)

    def _entries(self) -> bytes:
        entries = [
            full_box(
                b"infe",
                struct.pack(self.number, item.number),
                bytes(2),
                item.kind,
                b"\0",
                item.content_type + b"\0" if item.kind == b"mime" else b"",
                version=3 if self.wide else 2,
            )
            for item in self.items
        ]
        return full_box(b"iinf", struct.pack(self.number, len(entries)), *entries, version=self.wide)

    def _references(self) -> bytes:
        parts = []
        for kind, source, targets in self.references:
            numbers = b"".join(struct.pack(self.number, target) for target in targets)
            parts.append(box(kind, struct.pack(self.number, source), struct.pack(">H", len(targets)), numbers))
        return full_box(b"iref", *parts, version=self.wide)

    def _properties(self) -> bytes:
        known = list(dict.fromkeys(prop for item in self.items for prop in item.properties))
        rows = []
        for item in self.items:
            indexes = [known.index(prop) + 1 for prop in item.properties]
            row = struct.pack(self.number, item.number) + bytes([len(indexes)])
            rows.append(row + b"".join(self._association(index, known[index - 1]) for index in indexes))
        body = struct.pack(">I", len(rows)) + b"".join(rows)
        return box(b"iprp", box(b"ipco", *known), full_box(b"ipma", body, version=self.wide, flags=self.wide))

    def _association(self, index: int, prop: bytes) -> bytes:
        essential = prop[4:8] in {b"av1C", b"clap", b"irot", b"imir"}
        return struct.pack(">H", essential << 15 | index) if self.wide else bytes([essential << 7 | index])


def avif(image: Image.Image, *properties: bytes, **options: object) -> bytes:
    """Return an AVIF of the picture with its size and these properties."""
    return File(items=(coded(image, **options).item(1, ispe(*image.size), *properties),)).written()


def with_alpha(image: Image.Image, *properties: bytes, of_alpha: tuple[bytes, ...] = (), wide: bool = False) -> bytes:
    """Return an AVIF of an `RGBA` picture. The alpha item has a size only if `of_alpha` contains one."""
    colors, alpha = coded(image.convert("RGB")), coded(image.getchannel("A"))
    return File(
        items=(colors.item(1, ispe(*image.size), *properties), alpha.item(2, ALPHA, *of_alpha)),
        references=((b"auxl", 2, (1,)),),
        wide=wide,
    ).written()


def grid(tile: Coded, tile_size: tuple[int, int], size: tuple[int, int]) -> bytes:
    """Return an AVIF grid of this size. Each of its tiles is a separate item with the same picture."""
    columns, rows = (-(-whole // side) for whole, side in zip(size, tile_size, strict=True))
    body = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)
    whole = Item(number=1, kind=b"grid", data=body, properties=(ispe(*size),), in_idat=True)
    tiles = tuple(tile.item(10 + at, ispe(*tile_size)) for at in range(columns * rows))
    return File(items=(whole, *tiles), references=((b"dimg", 1, tuple(one.number for one in tiles)),)).written()


def animated(data: bytes, more: bytes) -> bytes:
    """Add a box to the sample entry of an animation that Pillow wrote.

    The boxes around it get longer, and the offsets of the frames, which follow it, get larger.
    """
    out = bytearray(data)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"av01"):
        _add(out, data.index(kind, data.index(b"moov")) - 4, len(more))
    _add(out, data.index(b"stco") + 12, len(more))
    _add(out, data.index(b"iloc") + 22 - 4, len(more))
    at = data.index(b"ccst") - 4
    return bytes(out[:at]) + more + bytes(out[at:])


def _add(data: bytearray, at: int, number: int) -> None:
    struct.pack_into(">I", data, at, struct.unpack_from(">I", data, at)[0] + number)
