"""The search for the best quality within a limit of bytes."""

import pytest

from darkroom.errors import OutputLimit
from darkroom_processor.pipeline.encoding.quality_search import best_quality_within


class Encoder:
    """Writes ten bytes for each step of quality, and records the qualities that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, quality: int) -> bytes:
        self.asked.append(quality)
        return bytes(10 * quality)


@pytest.mark.parametrize("highest", [1, 2, 80, 100])
@pytest.mark.parametrize("limit", [10, 19, 20, 355, 799, 800, 5000])
def test_the_highest_quality_within_the_limit_is_found(highest: int, limit: int) -> None:
    encoder = Encoder()
    assert len(best_quality_within(limit, highest, encoder)) == min(limit // 10, highest) * 10
    assert len(encoder.asked) <= 8


def test_fewer_tries_find_a_quality_below() -> None:
    encoder = Encoder()
    found = len(best_quality_within(355, 100, encoder, tries=4))
    assert 200 < found <= 355
    assert len(encoder.asked) <= 5


def test_a_limit_that_cannot_be_kept_raises_output_limit() -> None:
    for tries in (1, 2, 8):
        with pytest.raises(OutputLimit) as caught:
            best_quality_within(9, 90, Encoder(), tries=tries)
        assert caught.value.fields == {"limit": 9, "actual": 10}
