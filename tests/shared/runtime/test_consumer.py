"""The consumer loop on a queue in memory."""

import pytest
from structlog.contextvars import get_contextvars

from darkroom.runtime.consumer import Poison
from darkroom.runtime.queue import Delivery
from tests.shared.runtime.consuming import Door, consuming
from tests.support.memory_queue import MemoryQueue, away
from tests.support.spans import recorded


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


async def test_messages_that_finish_together_are_deleted_in_one_call() -> None:
    queue, door = MemoryQueue(), Door()
    for number in range(10):
        queue.put(str(number))
    async with consuming(queue, door):
        await door.until_waiting(10)
        door.open.set()
        await queue.until_empty()
    assert [len(batch) for batch in queue.deletes] == [10]


async def test_a_message_stays_hidden_while_its_handler_runs() -> None:
    queue, door = MemoryQueue(visibility_seconds=1), Door()
    message_id = queue.put("long")
    async with consuming(queue, door, visibility_seconds=1):
        await door.until_waiting(1)
        await queue.until_visibilities(4)  # A third of a second each: longer than the visibility.
        assert await queue.receive(most=1, wait_seconds=0) == []
        door.open.set()
        await queue.until_empty()
    assert queue.visibilities[:4] == [([message_id], 1)] * 4


async def test_the_heartbeat_leaves_out_finished_messages() -> None:
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


async def test_each_message_is_a_span_that_shows_failures() -> None:
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
