"""Items of AVIF and HEIC."""

import random
from pathlib import Path

import pytest

from darkroom_processor.pipeline.containers.boxes import MOST_ENTRIES
from darkroom_processor.pipeline.containers.items import Items, is_alpha, read
from tests.support import heif
from tests.support.corpus import corpus_params
from tools.testbed import images

XMP = b"application/rdf+xml"


def known(data: bytes) -> Items:
    """Read the items of a file, which must have some."""
    items = read(data)
    assert items is not None
    return items


def example(*, wide: bool) -> bytes:
    """Return a file with an image, its alpha, and metadata, partly in several extents and partly in `idat`."""
    return heif.File(
        items=(
            heif.Item(number=1, data=b"picture", properties=(heif.ispe(64, 48), heif.clap(32, 24))),
            heif.Item(number=2, data=b"alpha", properties=(heif.ispe(64, 48), heif.ALPHA)),
            heif.Item(number=3, kind=b"Exif", data=b"0123456789", extents=((4, 6), (0, 3), (4, 6))),
            heif.Item(number=4, kind=b"mime", data=b"<xmp>", content_type=XMP, in_idat=True),
            heif.Item(number=5, kind=b"mime", data=b"<xmp/>", content_type=XMP, in_idat=True),
        ),
        references=((b"auxl", 2, (1,)), (b"cdsc", 3, (1, 2)), (b"cdsc", 4, (1,))),
        wide=wide,
    ).written()


@pytest.mark.parametrize("wide", [False, True])
def test_all_items_are_read_with_both_widths_of_numbers(wide: object) -> None:
    data = example(wide=bool(wide))
    items = known(data)
    assert items.primary == 1
    assert {item.number: item.kind for item in items.items.values()} == {
        1: b"av01", 2: b"av01", 3: b"Exif", 4: b"mime", 5: b"mime",
    }  # fmt: skip
    assert {number: item.data(data, 100) for number, item in items.items.items()} == {
        1: b"picture", 2: b"alpha", 3: b"4501245", 4: b"<xmp>", 5: b"<xmp/>",
    }  # fmt: skip
    assert items.items[3].data(data, 4) == b"4501"
    assert items.items[4].content_type == XMP
    assert [box.kind for box in items.items[1].properties] == [b"ispe", b"clap"]
    assert [number for number, item in items.items.items() if is_alpha(data, item)] == [2]
    assert items.targets(b"cdsc", 3) == [1, 2]
    assert items.targets(b"dimg", 1) == []


def test_entries_have_their_offsets() -> None:
    data = example(wide=False)
    entry = known(data).items[3].entry
    assert entry is not None
    assert data[entry.start : entry.end].endswith(b"Exif\0")


def test_items_of_real_encoders_are_read() -> None:
    data = images.encoded(images.photo(64, 48, "RGBA"), "AVIF", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    items = known(data)
    assert items.primary == 1
    assert sorted(item.kind for item in items.items.values()) == [b"Exif", b"av01", b"av01"]
    assert all(item.data(data, 3)[:2] == b"\x12\0" for item in items.items.values() if item.kind == b"av01")


def repeated(kind: bytes) -> bytes:
    """Return a file in which a table occurs twice."""
    data = example(wide=False)
    meta = data.index(b"meta") - 4
    size = int.from_bytes(data[meta : meta + 4], "big")
    start = data.index(kind) - 4
    table = data[start : start + int.from_bytes(data[start : start + 4], "big")]
    longer = (size + len(table)).to_bytes(4, "big") + data[meta + 4 : meta + size] + table
    return data[:meta] + longer + data[meta + size :]


@pytest.mark.parametrize("kind", [b"pitm", b"iloc", b"iinf", b"iref", b"iprp", b"idat"])
def test_a_file_with_a_repeated_table_is_not_read(kind: bytes) -> None:
    assert read(repeated(kind)) is None


def test_a_file_without_items_has_none() -> None:
    assert read(b"") is None
    assert read(images.png(8, 8)) is None
    assert read(heif.box(b"ftyp", b"avif", bytes(4)) + heif.box(b"mdat", bytes(99))) is None


def test_an_item_in_an_idat_that_is_missing_has_no_bytes() -> None:
    data = example(wide=False).replace(b"idat", b"free")
    assert known(data).items[4].extents == []


@pytest.mark.parametrize("wide", [False, True])
def test_no_damage_makes_the_reader_raise(wide: object) -> None:
    data = example(wide=bool(wide))
    chance = random.Random(5)  # noqa: S311 - damage, not a secret
    for at in range(len(data)):
        for level in (0, 255, data[at] ^ 1, data[at] ^ 128):
            read(data[:at] + bytes([level]) + data[at + 1 :])
        read(data[:at])
        read(data[:at] + chance.randbytes(9) + data[at + 9 :])


def many(count: int, extents: int = 1) -> bytes:
    """Return a file of this many items."""
    spans = ((0, 1),) * extents
    items = tuple(heif.Item(number=1 + at, kind=b"Exif", data=b"x", extents=spans) for at in range(count))
    return heif.File(items=items, wide=True).written()


@pytest.mark.parametrize(("count", "extents"), [(MOST_ENTRIES + 1, 1), (100, 101)])
def test_tables_of_too_many_entries_are_refused(count: int, extents: int) -> None:
    assert read(many(count // 2, extents // 2 or 1)) is not None
    assert read(many(count, extents)) is None


@pytest.mark.parametrize("path", [*corpus_params("*/*.avif"), *corpus_params("heic/*")])
def test_files_of_other_encoders_are_read(path: Path) -> None:
    items = read(path.read_bytes())
    assert items is None or items.primary in items.items
