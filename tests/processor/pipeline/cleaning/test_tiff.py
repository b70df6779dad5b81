"""TIFFs with faulty tags that the pixels do not need, and truncated TIFFs."""

import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.tiff import clean
from tests.processor.pipeline.running import description, image
from tests.support import profiles, tiffs
from tools.testbed import images

pytestmark = pytest.mark.slow

PICTURE = images.photo(40, 30)
PROFILE, XMP, DESCRIPTION, RESOLUTION, PHOTOSHOP, ORIENTATION = 34675, 700, 270, 282, 34377, 274


def made(**options: Any) -> bytes:
    """Return a TIFF with a description and a resolution."""
    return images.encoded(PICTURE, "TIFF", description="a text of some length", dpi=(72, 72), **options)


def changed(
    data: bytes,
    tag: int,
    *,
    to: int | None = None,
    kind: int | None = None,
    count: int | None = None,
    value: int | None = None,
) -> bytes:
    """Return the file with a changed entry in its first directory."""
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, at)
    for place in range(at + 2, at + 2 + 12 * entries, 12):
        fields = struct.unpack_from(f"{order}HHII", data, place)
        if fields[0] == tag:
            new = (to or fields[0], kind or fields[1], fields[2] if count is None else count, value or fields[3])
            return data[:place] + struct.pack(f"{order}HHII", *new) + data[place + 12 :]
    raise LookupError(tag)


FAULTS: dict[str, dict[str, Any]] = {
    "a text beyond the end": {"tag": DESCRIPTION, "value": 0xFFFFFF},
    "a text of four gigabytes": {"tag": DESCRIPTION, "count": 2**32 - 1},
    "a text of no bytes": {"tag": DESCRIPTION, "count": 0},
    "a text of an unknown type": {"tag": DESCRIPTION, "kind": 99},
    "a text of floats": {"tag": DESCRIPTION, "kind": 11},
    "a profile of text": {"tag": DESCRIPTION, "to": PROFILE},
    "a profile of rationals": {"tag": DESCRIPTION, "to": PROFILE, "kind": 5, "count": 2},
    "a profile of nonsense": {"tag": DESCRIPTION, "to": PROFILE, "kind": 7},
    "a profile beyond the end": {"tag": DESCRIPTION, "to": PROFILE, "kind": 7, "value": 0xFFFFFF},
    "XMP of text": {"tag": DESCRIPTION, "to": XMP},
    "XMP of numbers": {"tag": DESCRIPTION, "to": XMP, "kind": 3, "count": 5},
    "XMP beyond the end": {"tag": DESCRIPTION, "to": XMP, "value": 0xFFFFFF},
    "Photoshop's blocks beyond the end": {"tag": DESCRIPTION, "to": PHOTOSHOP, "value": 0xFFFFFF},
    "a resolution beyond the end": {"tag": RESOLUTION, "value": 0xFFFFFF},
    "a resolution of text": {"tag": RESOLUTION, "kind": 2},
    "an EXIF directory beyond the end": {"tag": DESCRIPTION, "to": 34665, "kind": 4, "count": 1, "value": 0xFFFFFF},
    "a directory of places that is the file's head": {
        "tag": DESCRIPTION,
        "to": 34853,
        "kind": 4,
        "count": 1,
        "value": 1,
    },
}


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_tag_changes_nothing(name: str, compression: str | None) -> None:
    data = changed(made(compression=compression), **FAULTS[name])
    assert image(data, []).tobytes() == PICTURE.tobytes()
    assert description(data).icc_profile is None


def test_tags_after_a_faulty_one_are_read() -> None:
    data = made(icc_profile=profiles.rgb_profile())
    assert description(changed(data, DESCRIPTION, value=0xFFFFFF)).icc_profile == "Wide"


def test_a_file_without_faults_is_not_copied() -> None:
    data = made(icc_profile=profiles.rgb_profile())
    assert clean(data).data is data


def test_later_pages_keep_their_offsets() -> None:
    pages = [images.marked(20, 10), images.marked(30, 40)]
    data = images.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], description="a text of some length")
    assert description(changed(data, DESCRIPTION, value=0xFFFFFF)).frames == 2


@pytest.mark.parametrize("turned", [False, True])
def test_the_orientation_tag_is_applied_and_that_of_xmp_is_not(turned: object) -> None:
    tags = Image.Exif()
    tags[XMP] = b'<rdf:Description tiff:Orientation="6"/>'
    if turned:
        tags[ORIENTATION] = 6
    data = images.encoded(PICTURE, "TIFF", tiffinfo=tags)
    assert image(data, []).size == ((30, 40) if turned else (40, 30))
    assert description(data).orientation == (6 if turned else 1)


def test_big_tiffs_are_cleaned_too() -> None:
    data = images.encoded(PICTURE, "TIFF", description="a text of some length", big_tiff=True)
    entries = int.from_bytes(data[8:16], "little") + 8
    tag = struct.pack("<H", DESCRIPTION)
    at = next(at for at in range(entries, len(data), 20) if data[at : at + 2] == tag)
    assert image(data[: at + 12] + struct.pack("<Q", 2**40) + data[at + 20 :], []).tobytes() == PICTURE.tobytes()


@pytest.mark.parametrize(
    "data", [b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0+\0\x08\0\0" + bytes(8), b"II*\0\x08\0\0\0\xff\xff"]
)
def test_a_file_without_its_directory_is_truncated(data: bytes) -> None:
    with pytest.raises(TruncatedImage):
        clean(data)


@pytest.mark.parametrize("place", [0, 5, 8, 1200, 10**6, 2**32 - 1])
@pytest.mark.parametrize("tag", [34665, 34853, 40965, 330])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_broken_sub_directory_changes_nothing(tag: int, place: int, bits: int) -> None:
    levels = np.linspace(0, 1, 1200).reshape(30, 40)
    broken: dict[str, Any] = {f"t{tag}": place}
    data = tiffs.one_page(levels, bits, 1, **broken)
    for output in ("png", "same"):
        plain = image(tiffs.one_page(levels, bits, 1), [], {"format": output})
        assert image(data, [], {"format": output}).tobytes() == plain.tobytes()
    assert description(data).width == 40


@pytest.mark.parametrize("missing", [1, 20, 500])
@pytest.mark.parametrize("packed", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma", "zstd"])
def test_a_truncated_file_is_refused_for_any_compression(packed: str, missing: int) -> None:
    data = images.encoded(PICTURE, "TIFF", compression=packed)
    with pytest.raises(TruncatedImage):
        image(data[:-missing], [])


@pytest.mark.parametrize("missing", [1, 60, 400])
def test_a_file_that_ends_before_its_directory_is_refused_as_truncated(missing: int) -> None:
    pixels = PICTURE.convert("L").tobytes()
    data = tiffs.tiff([({256: 40, 257: 30, 258: 8, 262: 1}, [pixels])])
    with pytest.raises(TruncatedImage):
        image(data[: -4 - missing], [])
