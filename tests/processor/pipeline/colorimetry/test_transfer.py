"""Transfer functions."""

import pytest

from darkroom_processor.pipeline.colorimetry.transfer import KNOWN, Transfer, srgb_level
from tests.support import h273

LEVELS = [step / 255 for step in range(256)]


def test_every_function_of_the_specification_is_known() -> None:
    assert KNOWN.keys() == h273.ENCODERS.keys() | h273.HDR.keys()


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_light_is_as_specified(code: int) -> None:
    transfer = Transfer(code=code)
    assert [transfer.light(level) for level in LEVELS] == pytest.approx(
        [min(h273.light(code, level), 1) for level in LEVELS], abs=2e-4
    )


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_light_never_decreases_from_black_to_white(code: int) -> None:
    lights = [Transfer(code=code).light(level) for level in LEVELS]
    assert lights == sorted(lights)
    assert (lights[0], lights[-1]) == pytest.approx((0, 1))


@pytest.mark.parametrize(("code", "level"), [(16, 0.5806888), (18, 0.75)])
def test_diffuse_white_leaves_room_for_brighter_light(code: int, level: float) -> None:
    """The levels mean 203 cd/m² (ITU-R BT.2408, table 1)."""
    assert Transfer(code=code).light(level) == pytest.approx(0.8097, abs=5e-4)


def test_srgb_levels_are_the_inverse_of_their_light() -> None:
    assert [srgb_level(Transfer(code=13).light(level)) for level in LEVELS] == pytest.approx(LEVELS, abs=1e-5)


def test_a_narrow_range_is_expanded() -> None:
    narrow, full = Transfer(code=13, narrow=True), Transfer(code=13)
    assert [narrow.light(level / 255) for level in (0, 16, 125.5, 235, 255)] == pytest.approx(
        [0, 0, full.light(0.5), 1, 1]
    )
