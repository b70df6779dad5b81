"""Tests that owners share the messages that are handled at the same time."""

import asyncio
from collections import Counter

from darkroom.runtime.consumer import Handler
from darkroom.runtime.queue import OWNER_ATTRIBUTE, Delivery
from darkroom_orchestrator.owner_concurrency import OwnerConcurrency


class Handling:
    """A handler that ends when the test says so, and records the owners of the messages that it began, in order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended = 0
        self._let_go = asyncio.Semaphore(0)

    async def __call__(self, delivery: Delivery) -> None:
        self.begun.append(delivery.attributes.get(OWNER_ATTRIBUTE, ""))
        await self._let_go.acquire()
        self.ended += 1

    async def let_go(self, count: int) -> None:
        for _ in range(count):
            self._let_go.release()
        await settled()


def message(owner: str | None) -> Delivery:
    attributes = {OWNER_ATTRIBUTE: owner} if owner else {}
    return Delivery(message_id="1", body="", handle="1", receives=1, attributes=attributes)


async def run(handle: Handler, delivery: Delivery) -> None:
    await handle(delivery)


async def settled() -> None:
    """Let all tasks run until they wait."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_message_waits_behind_one_share_of_a_flood_and_not_behind_all_of_it() -> None:
    handling = Handling()
    handle = OwnerConcurrency(most=4, each=2).guard(handling)
    async with asyncio.TaskGroup() as group:
        for owner in ["flood"] * 30 + ["other flood"] * 30 + ["quiet"]:
            group.create_task(run(handle, message(owner)))
        await settled()
        assert Counter(handling.begun) == {"flood": 2, "other flood": 2}
        await handling.let_go(2)
        assert handling.begun[4] == "quiet"
        await handling.let_go(100)
    assert (len(handling.begun), handling.ended) == (61, 61)


async def test_lone_owner_has_one_share_and_the_rest_stays_free() -> None:
    handling = Handling()
    handle = OwnerConcurrency(most=4, each=2).guard(handling)
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(run(handle, message("flood")))
        await settled()
        assert len(handling.begun) == 2
        group.create_task(run(handle, message(None)))
        await settled()
        assert handling.begun[-1] == ""
        await handling.let_go(10)


async def test_cancelled_or_failed_handler_keeps_no_permit() -> None:
    shares = OwnerConcurrency(most=1, each=1)

    async def failing(delivery: Delivery) -> None:
        raise ValueError(delivery.message_id)

    await asyncio.gather(*(shares.guard(failing)(message("a")) for _ in range(3)), return_exceptions=True)
    handling = Handling()
    waiting = [asyncio.create_task(run(shares.guard(handling), message("a"))) for _ in range(3)]
    await settled()
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    async with asyncio.timeout(5), shares.of("a"):
        pass
