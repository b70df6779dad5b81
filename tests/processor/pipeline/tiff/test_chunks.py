"""TIFF strips that overlap, or lie beyond the end of the file."""

import numpy as np
import pytest

from darkroom.errors import TruncatedImage
from tests.processor.pipeline.tiff.pixels import BLACK_IS_ZERO, LZW, NONE, near, shown
from tests.support import tiffs


def test_overlapping_strips_cost_no_more_than_the_picture() -> None:
    rows = 3000
    tags: dict[int, tiffs.Tag] = {256: 4, 257: rows, 258: 16, 259: LZW, 262: BLACK_IS_ZERO, 278: 1}
    strip = tiffs.lzw(bytes(8)) + bytes(2_000_000)
    data = tiffs.tiff([(tags, [strip])])
    place, counts = 8, [len(strip)] * rows
    assert near(shown(tiffs.with_strips(data, tags, [place] * rows, counts)), np.zeros((rows, 4, 1), dtype=int), 0)


@pytest.mark.parametrize("compression", [NONE, LZW])
def test_a_strip_beyond_the_end_of_the_file_is_refused_as_truncated(compression: int) -> None:
    tags: dict[int, tiffs.Tag] = {256: 4, 257: 4, 258: 16, 259: compression, 262: BLACK_IS_ZERO}
    data = tiffs.with_strips(b"", tags, [10_000], [32])
    with pytest.raises(TruncatedImage):
        shown(data)
