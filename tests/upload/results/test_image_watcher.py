"""Waits for requested images, with a table in memory."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from darkroom import clock
from darkroom.errors import Unavailable
from darkroom.jobs import Fault
from darkroom.requested_images import RequestedImage, RequestId, RequestKind, RequestState
from darkroom_upload.results.image_watcher import ImageWatcher

LONG = 30.0
"""Longer than any test takes."""
ONE, TWO = (RequestId(job_id="job", kind=RequestKind.PREVIEW, name=name) for name in ("one", "two"))
FAULT = Fault(code="output_limit", message="It is too large.")


def image(request_id: RequestId, state: RequestState = RequestState.WAITING) -> RequestedImage:
    return RequestedImage(id=request_id, owner="demo", token="t", deadline=clock.now(), state=state, fault=FAULT)


class Table:
    """Items in memory. Each read can be awaited."""

    def __init__(self) -> None:
        self.items: dict[RequestId, RequestedImage] = {}
        self.errors: list[Exception] = []
        self.reads: list[Sequence[RequestId]] = []
        self.read = asyncio.Event()

    async def __call__(self, request_ids: Sequence[RequestId]) -> Mapping[RequestId, RequestedImage]:
        self.reads.append(request_ids)
        self.read.set()
        if self.errors:
            raise self.errors.pop()
        return {one: self.items[one] for one in request_ids if one in self.items}

    async def next_read(self) -> None:
        self.read.clear()
        await self.read.wait()


def watching(table: Table) -> ImageWatcher:
    return ImageWatcher(table, poll_seconds=0.001, quick_seconds=0.001)


async def test_a_wait_ends_with_the_image() -> None:
    table = Table()
    watcher = watching(table)
    table.items[ONE] = image(ONE)
    wait = asyncio.create_task(watcher.ended(ONE, within_seconds=LONG))
    await table.next_read()
    assert not wait.done()
    table.items[ONE] = image(ONE, RequestState.FAILED)
    assert await wait == table.items[ONE]


async def test_many_waits_for_one_image_read_one_item() -> None:
    table = Table()
    watcher = watching(table)
    table.items[ONE] = image(ONE)
    waits = [asyncio.create_task(watcher.ended(ONE, within_seconds=LONG)) for _ in range(50)]
    await table.next_read()
    table.items[ONE] = image(ONE, RequestState.DONE)
    assert await asyncio.gather(*waits) == [table.items[ONE]] * 50
    assert all(ids == [ONE] for ids in table.reads)


async def test_nothing_is_read_while_nobody_waits() -> None:
    table = Table()
    watcher = watching(table)
    table.items = {one: image(one, RequestState.DONE) for one in (ONE, TWO)}
    assert await watcher.ended(ONE, within_seconds=LONG)
    assert await watcher.ended(TWO, within_seconds=LONG)
    polling = watcher._polling
    if polling is not None:
        await polling
    assert watcher._polling is None
    assert not watcher._waiting


async def test_a_wait_ends_without_an_image_whose_item_is_gone() -> None:
    assert await watching(Table()).ended(ONE, within_seconds=LONG) is None


async def test_a_wait_has_an_end() -> None:
    table = Table()
    table.items[ONE] = image(ONE)
    assert await watching(table).ended(ONE, within_seconds=0.01) is None


@pytest.mark.parametrize("error", [Unavailable("DynamoDB is away."), ZeroDivisionError()])
async def test_a_failed_read_is_followed_by_the_next(error: Exception) -> None:
    table = Table()
    table.errors = [error]
    table.items[ONE] = image(ONE, RequestState.DONE)
    assert await watching(table).ended(ONE, within_seconds=LONG) == table.items[ONE]
