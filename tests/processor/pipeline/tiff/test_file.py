"""Pages of a TIFF: number, orientation and description."""

import numpy as np
import pytest
from PIL import Image

from darkroom_processor.pipeline.decoding.animation_frames import decode_frames
from darkroom_processor.pipeline.decoding.decode import decode
from darkroom_processor.pipeline.decoding.needs import Needs
from darkroom_processor.pipeline.opening.open_image import open_image
from tests.processor.pipeline.running import description
from tests.processor.pipeline.tiff.pixels import (
    BLACK_IS_ZERO,
    WHITE_IS_ZERO,
    shown,
)
from tests.support import profiles, tiffs
from tools.testbed import images


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_pages_may_have_different_layouts(order: str, big: bool) -> None:  # noqa: FBT001 - a parameter of a test
    deep = np.full((8, 8), 51 * 257, dtype=f"{order}u2")
    floats = np.full((8, 8), 0.4, dtype=f"{order}f4")
    pages: list[tuple[dict[int, tiffs.Tag], list[bytes]]] = [
        ({256: 8, 257: 8, 258: 8, 262: BLACK_IS_ZERO}, [bytes([10]) * 64]),
        ({256: 8, 257: 8, 258: 16, 262: WHITE_IS_ZERO}, [deep.tobytes()]),
        ({256: 8, 257: 8, 258: 32, 262: BLACK_IS_ZERO, 339: 3}, [floats.tobytes()]),
    ]
    data = tiffs.tiff(pages, order=order, big=big)
    assert description(data).frames == 3
    source = open_image(data)
    first = decode(source, Needs(scale=lambda _: 1.0))
    frames = decode_frames(source, first, in_embedded_space=False)
    assert [frame.raster.image.getpixel((0, 0)) for frame in frames] == [10, 204, 102]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_the_orientation_of_a_page_is_applied(bits: int, big: bool, order: str) -> None:  # noqa: FBT001 - see above
    levels = np.zeros((2, 3))
    levels[0, 0] = 1
    data = tiffs.one_page(levels, bits, BLACK_IS_ZERO, order=order, big=big, t274=6)
    assert description(data).orientation == 6
    turned = shown(data)[..., 0]
    assert turned.tolist() == [[0, 255], [0, 0], [0, 0]]


def test_resolution_and_profile_of_a_page_that_pillow_does_not_decode_are_described() -> None:
    picture = Image.new("I;16", (4, 4), 30_000)
    data = images.encoded(picture, "TIFF", dpi=(300, 300), icc_profile=profiles.gray_profile(profiles.gamma_curve(1)))
    told = description(data)
    assert told.dpi == (300, 300)
    assert told.icc_profile
    assert told.mode == "I;16"
