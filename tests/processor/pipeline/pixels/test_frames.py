"""The frames that an encoder gets."""

import pytest

from darkroom_processor.pipeline.pixels.frames import Frames
from darkroom_processor.pipeline.pixels.raster import Raster
from tools.testbed import images


def test_frames_of_several_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="several sizes"):
        Frames((Raster(images.marked(30, 20)), Raster(images.marked(30, 21))))
