"""Tests of rates that several tasks share."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from darkroom import clock
from darkroom.accounts.allowances import Rate
from darkroom_local.clients import open_clients
from darkroom_local.installation import Installation
from darkroom_upload.callers.rate_table import RateTable
from tests.support.aws_proxy import running_proxy
from tests.support.emulator import Cloud
from tests.support.interceptions import LostAnswers

SLOW = Rate.of(0.01, 5)


class Watch:
    seconds = 4_000_000_000
    """A moment in 2096, because an emulator deletes expired items."""

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


@pytest.fixture
def task(cloud: Cloud, shared_installation: Installation) -> Callable[..., RateTable]:
    """Return a function that makes the table of one task."""
    table = shared_installation.topology.accounts.name
    return lambda now=clock.now: RateTable(cloud.dynamodb, table, now=now)


async def test_exactly_the_burst_of_twenty_requests_at_once_to_two_tasks_passes(task: Callable[..., RateTable]) -> None:
    tasks = [task(), task()]
    standings = await asyncio.gather(*(tasks[number % 2].take("crowd", SLOW) for number in range(20)))
    passed = [standing for standing in standings if not standing.is_reached]
    assert sorted(standing.remaining for standing in passed) == [0, 1, 2, 3, 4]
    assert {standing.retry_after for standing in standings if standing.is_reached} <= {99, 100}


async def test_each_caller_has_its_own_bucket(task: Callable[..., RateTable]) -> None:
    rates = task()
    for caller in ("one", "other"):
        assert (await rates.take(caller, SLOW)).remaining == 4


async def test_tokens_come_back_with_time(task: Callable[..., RateTable]) -> None:
    watch = Watch()
    here, there = task(watch), task(watch)
    for _ in range(5):
        assert not (await here.take("patient", SLOW)).is_reached
    assert (await there.take("patient", SLOW)).retry_after == 100
    watch.seconds += 100
    assert (await there.take("patient", SLOW)).remaining == 0
    assert (await here.take("patient", SLOW)).is_reached
    watch.seconds += 10_000
    assert (await here.take("patient", SLOW)).remaining == 4


async def test_another_rate_begins_with_a_full_bucket(task: Callable[..., RateTable]) -> None:
    rates = task()
    while not (await rates.take("promoted", SLOW)).is_reached:
        continue
    assert (await rates.take("promoted", Rate.of(10, 100))).remaining == 99
    assert (await rates.take("promoted", SLOW)).is_reached


async def test_a_flood_costs_no_calls(cloud: Cloud, shared_installation: Installation) -> None:
    async with running_proxy(cloud.endpoint_url) as proxy, open_clients(proxy.url) as clients:
        rates = RateTable(clients.dynamodb, shared_installation.topology.accounts.name, now=clock.now)
        for _ in range(6):
            await rates.take("flood", SLOW)
        assert len(proxy.calls) == 5, "one write for each request, and none for a request that is certain to be refused"


async def test_a_lost_answer_costs_the_caller_at_most_a_token(cloud: Cloud, shared_installation: Installation) -> None:
    async with running_proxy(cloud.endpoint_url) as proxy, open_clients(proxy.url) as clients:
        rates = RateTable(clients.dynamodb, shared_installation.topology.accounts.name, now=clock.now)
        with proxy.intercepted(LostAnswers()):
            passed = [not (await rates.take("unlucky", SLOW)).is_reached for _ in range(6)]
    assert 2 <= sum(passed) <= 3
    assert passed == sorted(passed, reverse=True)
