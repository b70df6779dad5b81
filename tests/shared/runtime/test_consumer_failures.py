"""The consumer loop when handlers or the queue fail."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

import pytest
from structlog.testing import capture_logs

from darkroom.errors import DarkroomError, NotFound, Unavailable
from darkroom.runtime.consumer import Consumer, Poison, growing_pause
from darkroom.runtime.queue import Delivery
from darkroom.topology import QueueSpec, Topology
from tests.shared.runtime.consuming import Door, consuming
from tests.support.memory_queue import MemoryQueue, away

TOPOLOGY = Topology.named("test")


@pytest.mark.parametrize(("receives", "pause"), [(1, 2), (2, 10), (3, 60), (4, 300), (5, 600), (99, 600)])
async def test_a_retryable_failure_returns_the_message_after_a_growing_pause(receives: int, pause: int) -> None:
    queue = MemoryQueue()
    message_id = queue.put("one")
    for _ in range(receives - 1):
        await queue.set_visibility(await queue.receive(most=1, wait_seconds=0), 0)
    queue.visibilities.clear()

    async def handler(delivery: Delivery) -> None:
        raise Unavailable("DynamoDB cannot be reached.")

    async with consuming(queue, handler):
        await queue.until_visibilities(1)
    assert queue.visibilities == [([message_id], pause)]
    assert queue.deletes == []


@pytest.mark.parametrize(
    ("error", "level"), [(Unavailable("DynamoDB cannot be reached."), "info"), (NotFound("no such job"), "error")]
)
async def test_only_a_permanent_failure_is_logged_with_a_traceback(error: DarkroomError, level: str) -> None:
    queue = MemoryQueue()
    queue.put("one")

    async def handler(delivery: Delivery) -> None:
        raise error from ConnectionError("refused")

    with capture_logs() as logs:
        async with consuming(queue, handler):
            await queue.until_visibilities(1)
    line = next(line for line in logs if line["event"] == "message_failed")
    assert line["log_level"] == level
    if error.retryable:
        assert line["cause"] == "ConnectionError('refused')"
        assert "exc_info" not in line
    else:
        assert line["exc_info"] is error


@pytest.mark.parametrize(
    ("queue", "survived"),
    [
        (TOPOLOGY.uploads, timedelta(hours=2, minutes=36)),
        (TOPOLOGY.reports, timedelta(minutes=56)),
        (TOPOLOGY.tasks, timedelta(minutes=26)),
    ],
    ids=["uploads", "results", "tasks"],
)
def test_an_outage_of_an_hour_kills_no_message(queue: QueueSpec, survived: timedelta) -> None:
    pauses = [growing_pause(received(times)) for times in range(1, queue.max_receives)]
    assert timedelta() <= timedelta(seconds=sum(pauses)) - survived < timedelta(minutes=1)


def test_half_a_minute_of_failures_takes_four_tries_and_delays_by_a_minute() -> None:
    tries = list(accumulate((growing_pause(received(times)) for times in range(1, 5)), initial=0))
    assert next(moment for moment in tries if moment > 30) == 72


def test_no_pause_exceeds_the_longest_that_is_set() -> None:
    assert [growing_pause(received(times), longest_seconds=30) for times in (1, 2, 3, 9)] == [2, 10, 30, 30]


def received(times: int) -> Delivery:
    return Delivery(message_id="m", body="", handle="h", receives=times)


async def test_a_consumer_may_have_pauses_of_its_own() -> None:
    queue = MemoryQueue()
    message_id = queue.put("one")

    async def handler(delivery: Delivery) -> None:
        raise away()

    async with consuming(queue, handler, pause=lambda delivery: 1000 * delivery.receives):
        await queue.until_visibilities(1)
    assert queue.visibilities == [([message_id], 1000)]


@pytest.mark.parametrize("error", [Poison("not JSON"), NotFound("no such job")])
async def test_a_permanent_failure_returns_the_message_at_once(error: Exception) -> None:
    queue = MemoryQueue()
    message_id = queue.put("one")
    enough = asyncio.Event()

    async def handler(delivery: Delivery) -> None:
        if delivery.receives == 4:
            enough.set()
            return
        raise error

    async with consuming(queue, handler):
        await enough.wait()
        await queue.until_empty()
    assert queue.visibilities == [([message_id], 0)] * 3


async def test_a_bug_in_a_handler_returns_the_message_and_stops_nothing_else() -> None:
    queue = MemoryQueue()
    seen = []

    async def handler(delivery: Delivery) -> None:
        seen.append(delivery.body)
        if delivery.body == "odd":
            raise ZeroDivisionError

    odd = queue.put("odd")
    queue.put("even")
    async with consuming(queue, handler):
        await queue.until_visibilities(1)
    assert sorted(seen) == ["even", "odd"]
    assert queue.visibilities == [([odd], 2)]
    assert (await queue.depth()).in_flight == 1


async def test_a_bug_always_returns_the_message_within_a_minute() -> None:
    queue = MemoryQueue()
    odd = queue.put("odd")

    async def handler(delivery: Delivery) -> None:
        raise ZeroDivisionError

    async with consuming(queue, handler, pause=lambda _: 600):
        await queue.until_visibilities(1)
    assert queue.visibilities == [([odd], 60)]


async def test_a_heartbeat_does_not_hide_a_message_that_is_being_returned() -> None:
    class SlowQueue(MemoryQueue):
        async def set_visibility(self, deliveries: Sequence[Delivery], seconds: int) -> None:
            # The first call, a heartbeat, is slow on the wire.
            if seconds:
                beating.set()
                await arrived.wait()
            await super().set_visibility(deliveries, seconds)

    beating, arrived, failing = asyncio.Event(), asyncio.Event(), asyncio.Event()
    queue = SlowQueue()
    message_id = queue.put("one")

    async def handler(delivery: Delivery) -> None:
        if delivery.receives == 1:
            await beating.wait()
            failing.set()
            raise Poison("not JSON")

    async with consuming(queue, handler, visibility_seconds=1):
        await failing.wait()
        await asyncio.sleep(0)
        arrived.set()
        await queue.until_empty()
    assert queue.visibilities == [([message_id], 1), ([message_id], 0)]


async def test_a_receive_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom.runtime.consumer._RECEIVE_PAUSE_SECONDS", 0.01)
    queue = MemoryQueue()
    queue.failures["receive"] = [away()]
    queue.put("one")

    async def handler(delivery: Delivery) -> None: ...

    async with consuming(queue, handler):
        await queue.until_empty()


async def test_a_stop_interrupts_the_pause_after_a_failed_receive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom.runtime.consumer._RECEIVE_PAUSE_SECONDS", 3600)
    queue = MemoryQueue()
    queue.failures["receive"] = [away()]

    async def handler(delivery: Delivery) -> None: ...

    async with consuming(queue, handler) as stopped:
        await queue.failed.wait()
        await stopped()


async def test_an_unusable_queue_ends_the_consumer_and_returns_its_messages() -> None:
    queue, door = MemoryQueue(), Door()
    message_id = queue.put("one")
    consumer = Consumer("test", queue, door, concurrency=2, wait_seconds=1, visibility_seconds=30, drain_seconds=3600)
    running = asyncio.create_task(consumer.run(asyncio.Event()))
    await door.until_waiting(1)
    queue.failures["receive"] = [PermissionError("access denied")]
    with pytest.raises(PermissionError):
        await running
    assert queue.visibilities == [([message_id], 0)]
