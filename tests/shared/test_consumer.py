"""The consumer loop on a queue in memory: what it promises about each message, and how it stops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import accumulate

import pytest
from structlog.contextvars import get_contextvars

from darkroom.consumer import Consumer, Handler, Pause, Poison, growing_pause
from darkroom.errors import NotFound, Unavailable
from darkroom.queue import Delivery
from darkroom.topology import QueueSpec, Topology
from tests.support.memory_queue import MemoryQueue, away
from tests.support.spans import recorded

TOPOLOGY = Topology.named("test")
Stop = Callable[[], Coroutine[None, None, None]]


@pytest.fixture(autouse=True)
async def in_time() -> AsyncIterator[None]:
    async with asyncio.timeout(10):
        yield


@asynccontextmanager
async def consuming(
    queue: MemoryQueue,
    handler: Handler,
    *,
    concurrency: int = 10,
    visibility_seconds: int = 30,
    drain_seconds: float = 5,
    pause: Pause | None = None,
) -> AsyncIterator[Stop]:
    """Run a consumer; what is given stops it and returns when it has drained."""
    stop = asyncio.Event()
    consumer = Consumer(
        "test",
        queue,
        handler,
        concurrency=concurrency,
        wait_seconds=1,
        visibility_seconds=visibility_seconds,
        drain_seconds=drain_seconds,
        pause=pause,
    )
    running = asyncio.create_task(consumer.run(stop))

    async def stopped() -> None:
        stop.set()
        await running

    try:
        yield stopped
    finally:
        await stopped()


class Door:
    """A handler that lets nothing through until it is opened, and tells what waits before it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting: list[Delivery] = []
        self.most_at_once = 0
        self._knocked = asyncio.Event()
        self._left = asyncio.Event()

    async def __call__(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
        self.most_at_once = max(self.most_at_once, len(self.waiting))
        self._knocked.set()
        try:
            await self.open.wait()
        finally:
            self.waiting.remove(delivery)
            self._left.set()

    async def until_waiting(self, count: int) -> None:
        while len(self.waiting) < count:
            self._knocked.clear()
            await self._knocked.wait()

    async def until_left(self) -> None:
        """Wait until one went through, or was driven away."""
        await self._left.wait()


async def test_a_handled_message_is_deleted() -> None:
    queue = MemoryQueue()
    seen = []

    async def handler(delivery: Delivery) -> None:
        seen.append(delivery.body)

    queue.put("one")
    async with consuming(queue, handler):
        await queue.until_empty()
    assert seen == ["one"]


async def test_no_more_handlers_run_at_once_than_allowed() -> None:
    queue, door = MemoryQueue(), Door()
    for number in range(12):
        queue.put(str(number))
    async with consuming(queue, door, concurrency=3):
        await door.until_waiting(3)
        assert (await queue.depth()).visible == 9, "what is not worked on is left to other consumers"
        door.open.set()
        await queue.until_empty()
    assert door.most_at_once == 3


async def test_a_free_slot_is_filled_while_others_are_busy() -> None:
    queue = MemoryQueue()
    slow = Door()

    async def handler(delivery: Delivery) -> None:
        if delivery.body == "slow":
            await slow(delivery)

    queue.put("slow")
    async with consuming(queue, handler, concurrency=2) as stopped:
        await slow.until_waiting(1)
        for number in range(8):
            queue.put(str(number))
        await queue.until_deletes(8)
        assert len(slow.waiting) == 1
        slow.open.set()
        await stopped()


async def test_messages_that_are_done_together_are_deleted_together() -> None:
    queue, door = MemoryQueue(), Door()
    for number in range(10):
        queue.put(str(number))
    async with consuming(queue, door):
        await door.until_waiting(10)
        door.open.set()
        await queue.until_empty()
    assert [len(batch) for batch in queue.deletes] == [10]


async def test_a_message_in_hand_is_hidden_from_others_however_long_it_takes() -> None:
    queue, door = MemoryQueue(visibility_seconds=1), Door()
    message_id = queue.put("long")
    async with consuming(queue, door, visibility_seconds=1):
        await door.until_waiting(1)
        await queue.until_visibilities(4)  # A third of a second each: longer than the visibility.
        assert await queue.receive(most=1, wait_seconds=0) == []
        door.open.set()
        await queue.until_empty()
    assert queue.visibilities[:4] == [([message_id], 1)] * 4


async def test_the_heartbeat_leaves_out_what_is_finished() -> None:
    queue, door = MemoryQueue(), Door()

    async def handler(delivery: Delivery) -> None:
        if delivery.body == "long":
            await door(delivery)

    queue.put("short")
    long = queue.put("long")
    async with consuming(queue, handler, visibility_seconds=1):
        await door.until_waiting(1)
        await queue.until_visibilities(2)
        door.open.set()
    assert queue.visibilities[:2] == [([long], 1)] * 2


@pytest.mark.parametrize("error", [away(), RuntimeError("access denied")], ids=["unavailable", "any other"])
async def test_the_heartbeat_outlives_a_failure(error: Exception) -> None:
    queue, door = MemoryQueue(), Door()
    queue.failures["set_visibility"] = [error]
    message_id = queue.put("long")
    async with consuming(queue, door, visibility_seconds=1):
        await door.until_waiting(1)
        await queue.until_visibilities(2)
        door.open.set()
    assert queue.visibilities[:2] == [([message_id], 1)] * 2


@pytest.mark.parametrize("error", [away(), RuntimeError("access denied")], ids=["unavailable", "any other"])
async def test_deletes_go_on_after_one_that_failed(error: Exception) -> None:
    queue = MemoryQueue(visibility_seconds=0.2)
    queue.failures["delete"] = [error]
    seen = []

    async def handler(delivery: Delivery) -> None:
        seen.append(delivery.receives)

    queue.put("one")
    async with consuming(queue, handler):
        await queue.until_empty()
    assert seen == [1, 2], "the message came again and was deleted then"


@pytest.mark.parametrize(("receives", "pause"), [(1, 2), (2, 10), (3, 60), (4, 300), (5, 600), (99, 600)])
async def test_a_failure_that_time_may_heal_brings_the_message_back_after_a_growing_pause(
    receives: int, pause: int
) -> None:
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
    ("queue", "survived"),
    [
        (TOPOLOGY.uploads, timedelta(hours=2, minutes=36)),
        (TOPOLOGY.results, timedelta(minutes=56)),
        (TOPOLOGY.tasks, timedelta(minutes=26)),
    ],
    ids=["uploads", "results", "tasks"],
)
def test_an_outage_of_so_long_kills_no_message(queue: QueueSpec, survived: timedelta) -> None:
    pauses = [growing_pause(received(times)) for times in range(1, queue.max_receives)]
    assert timedelta() <= timedelta(seconds=sum(pauses)) - survived < timedelta(minutes=1)


def test_half_a_minute_of_trouble_takes_four_tries_and_delays_by_a_minute() -> None:
    tries = list(accumulate((growing_pause(received(times)) for times in range(1, 5)), initial=0))
    assert next(moment for moment in tries if moment > 30) == 72


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
async def test_a_failure_that_time_cannot_heal_brings_the_message_back_at_once(error: Exception) -> None:
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


async def test_a_bug_in_a_handler_brings_the_message_back_and_stops_nothing_else() -> None:
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


async def test_a_bug_brings_its_message_back_within_a_minute_however_often() -> None:
    queue = MemoryQueue()
    odd = queue.put("odd")

    async def handler(delivery: Delivery) -> None:
        raise ZeroDivisionError

    async with consuming(queue, handler, pause=lambda _: 600):
        await queue.until_visibilities(1)
    assert queue.visibilities == [([odd], 60)]


async def test_a_message_on_its_way_back_is_not_hidden_again_by_a_heartbeat_under_way() -> None:
    class SlowQueue(MemoryQueue):
        async def set_visibility(self, deliveries: "list[Delivery]", seconds: int) -> None:  # type: ignore[override]
            # The test's queue is called with lists only; the first call, a heartbeat, is slow on the wire.
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
    monkeypatch.setattr("darkroom.consumer._RECEIVE_PAUSE_SECONDS", 0.01)
    queue = MemoryQueue()
    queue.failures["receive"] = [away()]
    queue.put("one")

    async def handler(delivery: Delivery) -> None: ...

    async with consuming(queue, handler):
        await queue.until_empty()


async def test_a_stop_does_not_wait_out_the_pause_after_a_failed_receive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom.consumer._RECEIVE_PAUSE_SECONDS", 3600)
    queue = MemoryQueue()
    queue.failures["receive"] = [away()]

    async def handler(delivery: Delivery) -> None: ...

    async with consuming(queue, handler) as stopped:
        await queue.failed.wait()
        await stopped()


async def test_a_queue_beyond_use_ends_the_consumer_and_gives_back_what_it_holds() -> None:
    queue, door = MemoryQueue(), Door()
    message_id = queue.put("one")
    consumer = Consumer("test", queue, door, concurrency=2, wait_seconds=1, visibility_seconds=30, drain_seconds=3600)
    running = asyncio.create_task(consumer.run(asyncio.Event()))
    await door.until_waiting(1)
    queue.failures["receive"] = [PermissionError("access denied")]
    with pytest.raises(PermissionError):
        await running
    assert queue.visibilities == [([message_id], 0)]


async def test_a_stop_lets_handlers_finish_and_flushes_their_deletes() -> None:
    queue, door = MemoryQueue(), Door()
    for number in range(3):
        queue.put(str(number))
    async with consuming(queue, door) as stopped:
        await door.until_waiting(3)
        stopping = asyncio.create_task(stopped())
        await asyncio.sleep(0)
        assert not stopping.done()
        door.open.set()
        await stopping
        assert (await queue.depth()).in_flight == 0
    assert queue.visibilities == [], "nothing had to go back"


async def test_a_stop_gives_back_what_does_not_finish_in_time() -> None:
    queue, door = MemoryQueue(), Door()
    ids = {queue.put(str(number)) for number in range(3)}
    async with consuming(queue, door, drain_seconds=0.05) as stopped:
        await door.until_waiting(3)
        await stopped()
        assert door.waiting == [], "the handlers were cancelled"
    assert len(queue.visibilities) == 1, "all with one call"
    returned, seconds = queue.visibilities[0]
    assert (set(returned), seconds) == (ids, 0)
    assert (await queue.depth()).visible == 3


async def test_the_drain_time_counts_from_the_stop_and_not_from_the_end_of_the_last_poll() -> None:
    queue, door = MemoryQueue(longest_poll_seconds=1), Door()
    queue.put("late")
    async with consuming(queue, door, drain_seconds=0.05) as stopped:
        await door.until_waiting(1)
        await queue.receiving.wait()
        stopping = asyncio.create_task(stopped())
        await door.until_left()
        assert queue.receiving.is_set(), "the poll, which takes a second, is still under way"
        await stopping


async def test_a_stop_with_a_full_house_receives_no_more() -> None:
    queue, door = MemoryQueue(), Door()
    for number in range(4):
        queue.put(str(number))
    async with consuming(queue, door, concurrency=2) as stopped:
        await door.until_waiting(2)
        stopping = asyncio.create_task(stopped())
        await asyncio.sleep(0)
        door.open.set()
        await stopping
    assert (await queue.depth()).visible == 2
    assert door.most_at_once == 2


async def test_what_the_last_poll_brings_goes_back_at_once() -> None:
    queue = MemoryQueue()
    handled = []

    async def handler(delivery: Delivery) -> None:
        handled.append(delivery)

    async with consuming(queue, handler) as stopped:
        await queue.receiving.wait()
        stopping = asyncio.create_task(stopped())
        await asyncio.sleep(0)
        message_id = queue.put("too late")
        await stopping
    assert handled == []
    assert queue.visibilities == [([message_id], 0)]
    assert (await queue.depth()).visible == 1


async def test_a_stop_ends_although_the_queue_is_away() -> None:
    queue, door = MemoryQueue(), Door()
    queue.put("one")
    queue.put("two")

    async def handler(delivery: Delivery) -> None:
        if delivery.body == "one":
            await door(delivery)

    async with consuming(queue, handler, drain_seconds=0.05) as stopped:
        await door.until_waiting(1)
        queue.failures["delete"] = [away()] * 3
        queue.failures["set_visibility"] = [away()] * 3
        await stopped()


async def test_log_lines_of_a_handler_name_its_job_and_message() -> None:
    queue = MemoryQueue()
    fields = {}

    async def handler(delivery: Delivery) -> None:
        fields.update(get_contextvars())

    message_id = queue.put("one", {"job_id": "0199"})
    async with consuming(queue, handler):
        await queue.until_empty()
    assert fields == {"consumer": "test", "message_id": message_id, "job_id": "0199"}
    assert get_contextvars() == {}


async def test_a_message_is_a_span_and_a_failed_one_says_so() -> None:
    queue = MemoryQueue()

    async def handler(delivery: Delivery) -> None:
        if delivery.body == "bad":
            raise Poison("private")

    queue.put("good", {"job_id": "0199"})
    queue.put("bad")
    with recorded() as spans:
        async with consuming(queue, handler) as stopped:
            await queue.until_deletes(1)
            await stopped()
    made = {span.attributes.get("job_id"): span for span in spans()}
    assert {(span.name, span.kind) for span in made.values()} == {("process test", "CONSUMER")}
    assert not made["0199"].failed
    assert made[None].failed
    assert made[None].attributes["error.type"] == "poison_message"
    assert "private" not in made[None].json
