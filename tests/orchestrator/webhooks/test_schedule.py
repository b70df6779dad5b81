"""Tests the pauses between the attempts of a webhook."""

import pytest

from darkroom.runtime.queue import Delivery
from darkroom.topology import DELIVERY_ATTEMPTS
from darkroom_orchestrator.settings import LONGEST_WEBHOOK_RETRY_SECONDS, WEBHOOK_RETRY_SECONDS
from darkroom_orchestrator.webhooks.schedule import pauses

SQS_LONGEST_SECONDS = 12 * 3600


def received(times: int) -> Delivery:
    return Delivery(message_id="m", body="{}", handle="h", receives=times)


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_each_attempt_but_the_last_has_a_longer_pause_than_the_one_before() -> None:
    pause = pauses(WEBHOOK_RETRY_SECONDS, chance=middle)
    waits = [pause(received(times)) for times in range(1, DELIVERY_ATTEMPTS)]
    assert waits == list(WEBHOOK_RETRY_SECONDS)
    assert waits == sorted(set(waits))
    assert 24 * 3600 <= sum(waits) <= 27 * 3600, "a receiver may be away for a day"


def test_message_goes_to_its_dead_letter_queue_at_once_after_the_last_attempt() -> None:
    assert pauses(WEBHOOK_RETRY_SECONDS)(received(DELIVERY_ATTEMPTS)) == 0


def test_last_pause_of_a_short_schedule_is_repeated() -> None:
    pause = pauses((1, 7), chance=middle)
    assert [pause(received(times)) for times in (1, 2, 3, 9)] == [1, 7, 7, 7]


def test_pauses_are_spread_by_a_tenth() -> None:
    waits = {pauses((1000,))(received(1)) for _ in range(200)}
    assert len(waits) > 20
    assert 900 <= min(waits) <= max(waits) <= 1100


@pytest.mark.parametrize("longest", [max(WEBHOOK_RETRY_SECONDS), LONGEST_WEBHOOK_RETRY_SECONDS])
def test_no_pause_is_longer_than_a_queue_can_hide_a_message(longest: int) -> None:
    assert pauses((longest,), chance=lambda _, high: high)(received(1)) < SQS_LONGEST_SECONDS
