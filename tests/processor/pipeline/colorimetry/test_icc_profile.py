"""The profile by which lcms converts."""

import io

import numpy as np
import pytest
from PIL import ImageCms

from darkroom_processor.pipeline.colorimetry.icc_profile import write_profile
from darkroom_processor.pipeline.colorimetry.primaries import KNOWN
from darkroom_processor.pipeline.colorimetry.transfer import Transfer
from tests.support import h273, profiles


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 13), (12, 13), (9, 16), (10, 17), (4, 5)])
def test_a_profile_means_the_same_as_its_code_points(primaries: int, transfer: int) -> None:
    samples = np.random.default_rng(3).integers(0, 256, (200, 3)) / 255
    made = profiles.to_srgb(write_profile(KNOWN[primaries], Transfer(code=transfer)), samples)
    expected = h273.to_srgb(samples, h273.PRIMARIES[primaries], lambda level: h273.light(transfer, level))
    assert np.abs(made - expected).max() <= 1


def test_a_profile_is_small_and_lcms_reads_it() -> None:
    data = write_profile(KNOWN[9], Transfer(code=16))
    assert len(data) < 2500
    assert ImageCms.ImageCmsProfile(io.BytesIO(data)).profile.xcolor_space == "RGB "
