"""The consumer loop after a stop."""

import asyncio

from darkroom.runtime.queue import Delivery
from tests.shared.runtime.consuming import Door, consuming
from tests.support.memory_queue import MemoryQueue, away


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


async def test_a_stop_returns_messages_that_do_not_finish_in_time() -> None:
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


async def test_a_stop_with_all_handlers_busy_receives_no_more() -> None:
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


async def test_messages_of_the_last_poll_are_returned_at_once() -> None:
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


async def test_a_stop_ends_even_if_the_queue_does_not_answer() -> None:
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
