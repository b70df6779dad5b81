"""JPEGs without an end marker are complete if all pixels are there, and truncated otherwise."""

from itertools import product
from typing import Any

import pytest
from PIL import Image, ImageChops

from darkroom.errors import TruncatedImage
from tests.processor.pipeline.running import image
from tools.testbed import images

pytestmark = pytest.mark.slow

WAYS: dict[str, dict[str, Any]] = {
    "sequential": {},
    "fine": {"quality": 98, "subsampling": 0},
    "with restart markers": {"restart_marker_blocks": 3},
    "with a restart marker a row": {"restart_marker_rows": 1},
    "with tables of its own": {"optimize": True, "quality": 30},
    "progressive": {"progressive": True},
    "progressive with restart markers": {"progressive": True, "restart_marker_blocks": 2},
}
PICTURES = {
    "photo": images.photo(90, 70),
    "plain": Image.new("RGB", (64, 32), (255, 0, 0)),
    "middle grey": Image.new("RGB", (50, 50), (128, 128, 128)),
    "grey": images.photo(33, 17, "L"),
    "CMYK": images.photo(40, 30).convert("CMYK"),
}


@pytest.mark.parametrize(("way", "name"), list(product(WAYS, PICTURES)))
def test_a_file_without_its_end_marker_is_complete(way: str, name: str) -> None:
    data = images.encoded(PICTURES[name], "JPEG", **WAYS[way])
    whole = image(data, [])
    for end in (b"", b"\xff", bytes(5), b"\r\n"):
        assert image(data[:-2] + end, []).tobytes() == whole.tobytes()


@pytest.mark.parametrize(("way", "name"), list(product(WAYS, PICTURES)))
def test_a_truncated_file_is_decoded_completely_or_refused(way: str, name: str) -> None:
    data = images.encoded(PICTURES[name], "JPEG", **WAYS[way])
    whole = image(data, [])
    scan = data.rindex(b"\xff\xda")
    for length in [*range(len(data) - 3, max(scan, len(data) - 40), -1), *range(scan, 20, -max(1, scan // 12))]:
        try:
            made = image(data[:length], [])
        except TruncatedImage:
            continue
        assert ImageChops.difference(made, whole).getbbox() is None, length


@pytest.mark.parametrize("way", WAYS)
def test_a_file_cut_in_its_middle_and_filled_with_zeros_is_refused(way: str) -> None:
    data = images.encoded(PICTURES["photo"], "JPEG", **WAYS[way])
    for length in (len(data) // 2, len(data) - 30):
        with pytest.raises(TruncatedImage):
            image(data[:length] + bytes(3000), [])
