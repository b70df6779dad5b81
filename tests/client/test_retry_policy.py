"""How long pauses are."""

import pytest

from darkroom_client import RetryPolicy

NEVER_LATE = RetryPolicy(draw=lambda: 0.0)
ALWAYS_LATE = RetryPolicy(draw=lambda: 1.0)


def test_pauses_double_up_to_the_longest() -> None:
    retry_policy = RetryPolicy(tries=9, longest_pause=3, draw=lambda: 1.0)
    assert [retry_policy.pause(tried, None) for tried in range(1, 6)] == [0.5, 1, 2, 3, 3]


def test_pauses_are_drawn_so_that_clients_do_not_come_together() -> None:
    assert (NEVER_LATE.pause(1, None), ALWAYS_LATE.pause(1, None)) == (0.25, 0.5)


def test_what_the_service_asks_for_is_never_shortened() -> None:
    assert NEVER_LATE.pause(1, 7) == 7
    assert ALWAYS_LATE.pause(1, 7) == pytest.approx(7.8)


@pytest.mark.parametrize(("tried", "asked_for"), [(4, None), (4, 1), (1, 31)])
def test_retries_end(tried: int, asked_for: float | None) -> None:
    assert NEVER_LATE.pause(tried, asked_for) is None
