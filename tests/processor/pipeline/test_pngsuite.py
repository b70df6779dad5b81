"""Every valid file of PngSuite, pixel by pixel, against a decoder of our own that knows only the specification."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.processor.pipeline.running import image
from tests.support import images, png_reference
from tests.support.corpus import corpus_params


def check(data: bytes) -> None:
    result = np.asarray(image(data, []).convert("RGBA"), dtype=int)
    expected = png_reference.rgba(data)
    seen = expected[..., 3:] > 0
    # Sixteen bits become eight by rounding here, and in Pillow's decoder by leaving the lower byte away: one level.
    assert np.abs(result[..., 3] - expected[..., 3]).max() <= 1
    assert (np.abs(result[..., :3] - expected[..., :3]) * seen).max() <= 1


@pytest.mark.parametrize("path", corpus_params("formats/pngsuite/*.png"))
def test_pngsuite_is_decoded_as_specified(path: Path) -> None:
    check(path.read_bytes())


@pytest.mark.parametrize(("mode", "level"), [("1", 0), ("1", 1), ("L", 77), ("I;16", 4000), ("I;16", 65535)])
def test_a_transparent_level_is_that_of_the_files_depth(mode: str, level: int) -> None:
    picture = Image.new(mode, (6, 4), level)
    picture.paste(1 - level if mode == "1" else 9, (0, 0, 3, 4))
    check(images.encoded(picture, "PNG", transparency=level))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_own_files_are_decoded_as_specified(mode: str) -> None:
    check(images.encoded(images.photo(37, 23, "RGBA").convert("L" if mode == "I;16" else mode).convert(mode), "PNG"))
