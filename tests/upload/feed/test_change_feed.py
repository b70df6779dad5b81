"""Tests of the feed of changes and its streams, on an index in memory and with a clock of their own."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from darkroom.errors import Unauthenticated, Unavailable
from darkroom_upload.feed import change_feed, stream
from darkroom_upload.feed.change_feed import OVERLAP, RESUMED_OVERLAP, ChangeFeed
from darkroom_upload.feed.follow_owner import Batch, Check, FollowOwner, Reason
from darkroom_upload.feed.recent_changes import KEPT
from tests.upload.memory_changes import MINUTE, SECOND, MemoryChanges

QUICK = 0.001
LONG = 30.0
START = datetime(2026, 11, 30, 12, 9, 58, tzinfo=UTC)


async def allowed() -> None:
    """Let every caller through."""


class Feed:
    """A running feed, with a clock that stands still unless a test moves it."""

    def __init__(self, index: MemoryChanges, moment: datetime = START) -> None:
        self.index = index
        self.moment = moment
        self.feed = ChangeFeed(index.read, index.summaries, now=lambda: self.moment, poll_seconds=QUICK)
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(self.feed.run(self.stop))

    def forward(self, by: timedelta) -> None:
        self.moment += by

    @asynccontextmanager
    async def follow(
        self, owner: str, position: datetime | None = None, check: Check = allowed
    ) -> AsyncIterator["Follower"]:
        reason = Reason.TOO_LONG_AGO if position else Reason.NEW_STREAM
        async with aclosing(FollowOwner(feed=self.feed)(owner, position, reason, check)) as batches:
            yield Follower(batches)

    async def end(self) -> None:
        self.stop.set()
        await self.running


class Follower:
    """A client of one stream."""

    def __init__(self, batches: AsyncGenerator[Batch, None]) -> None:
        self.batches = batches
        self.position = START

    async def next(self) -> list[tuple[str, object]]:
        """Return the next events: kind and data."""
        while True:
            batch = await anext(self.batches)
            self.position = batch.position
            if batch.events:
                return [(event.kind.value, json.loads(event.data)) for event in batch.events]

    async def silent(self) -> bool:
        """Read the first batch, and say whether it has no events."""
        return not (await anext(self.batches)).events


def reset(reason: Reason) -> tuple[str, object]:
    return ("reset", {"reason": reason})


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Feed]:
    feed = Feed(MemoryChanges())
    async with asyncio.timeout(LONG):
        yield feed
        await feed.end()


async def test_new_stream_begins_with_a_reset_and_tells_each_change(running: Feed) -> None:
    async with running.follow("ann") as client:
        assert await client.next() == [reset(Reason.NEW_STREAM)]
        job_id = running.index.change("ann", running.moment, "queued")
        assert await client.next() == [("job", "queued")]
        running.index.change("ann", running.moment, "completed", job_id)
        assert await client.next() == [("job", "completed")], "two changes in one millisecond are two changes"
        running.index.delete("ann", running.moment, job_id)
        assert await client.next() == [("deleted", {"job_id": job_id})]


async def test_stream_tells_nothing_of_other_owners(running: Feed) -> None:
    async with running.follow("ann") as ann, running.follow("bob") as bob:
        await ann.next()
        await bob.next()
        running.index.change("bob", running.moment, "bob's")
        running.index.change("eve", running.moment, "eve's")
        assert await bob.next() == [("job", "bob's")]
        running.index.change("ann", running.moment, "ann's")
        assert await ann.next() == [("job", "ann's")]
    assert [len(ids) for ids in running.index.summary_reads if ids] == [1, 1], "jobs that nobody follows are not read"


async def test_one_poll_serves_all_streams(running: Feed) -> None:
    async with running.follow("ann") as one, running.follow("ann") as other:
        await one.next()
        await other.next()
        running.index.change("ann", running.moment, "queued")
        assert await one.next() == await other.next() == [("job", "queued")]
    assert [len(ids) for ids in running.index.summary_reads if ids] == [1]


async def test_nothing_is_read_while_no_stream_is_open(running: Feed) -> None:
    async with running.follow("ann") as client:
        await client.next()
    await asyncio.sleep(0)
    reads = len(running.index.reads)
    async with running.follow("ann") as client:
        await client.next()
    assert len(running.index.reads) <= reads + 2


async def test_resumed_stream_gets_what_it_missed_from_another_process() -> None:
    index = MemoryChanges()
    first = Feed(index)
    async with asyncio.timeout(LONG):
        async with first.follow("ann") as client:
            await client.next()
        await first.end()
        job_id = index.change("ann", START + SECOND, "completed")
        gone = index.change("ann", START + SECOND, "failed")
        index.delete("ann", START + 2 * SECOND, gone)
        second = Feed(index, START + 4 * MINUTE)
        async with second.follow("ann", client.position) as resumed:
            events = await resumed.next()
            assert ("job", "completed") in events
            assert ("deleted", {"job_id": gone}) in events
            assert len(events) == 2, "no reset"
        async with second.follow("bob", client.position) as other:
            assert await other.silent()
        await second.end()
    assert job_id in index.states


@pytest.mark.parametrize("behind", [OVERLAP - SECOND, timedelta(0), -OVERLAP, -MINUTE])
async def test_change_by_a_clock_that_is_behind_or_ahead_is_told(running: Feed, behind: timedelta) -> None:
    async with running.follow("ann") as client:
        await client.next()
        running.forward(10 * SECOND)
        await running.index.next_poll()
        running.index.change("ann", running.moment - behind, "completed")
        assert await client.next() == [("job", "completed")]


async def test_entry_that_appears_minutes_late_is_told_by_the_next_long_look(running: Feed) -> None:
    async with running.follow("ann") as client:
        await client.next()
        running.forward(MINUTE)
        await running.index.next_poll()
        running.index.change("ann", START, "completed")
        await running.index.next_poll()
        running.forward(MINUTE)
        assert await client.next() == [("job", "completed")]
        position = client.position
    async with running.follow("ann", position - SECOND) as resumed:
        assert await resumed.next() == [("job", "completed")], "a client of another process may have missed it"


async def test_resumed_stream_looks_back_behind_its_position(running: Feed) -> None:
    running.index.change("ann", START - RESUMED_OVERLAP / 2, "late")
    running.index.change("ann", START - 2 * RESUMED_OVERLAP, "known")
    async with running.follow("ann", START) as client:
        assert await client.next() == [("job", "late")]


@pytest.mark.parametrize("position", [START - KEPT - SECOND, START + MINUTE])
async def test_position_that_is_too_old_or_in_the_future_is_reset(running: Feed, position: datetime) -> None:
    async with running.follow("ann", position) as client:
        assert await client.next() == [reset(Reason.TOO_LONG_AGO)]


async def test_too_many_missed_changes_are_reset(running: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_feed, "MOST_MISSED", 3)
    for _ in range(4):
        running.index.change("ann", START, "queued")
    async with running.follow("ann", START) as client:
        assert await client.next() == [reset(Reason.TOO_LONG_AGO)]
        running.forward(SECOND)
        for _ in range(4):
            running.index.change("ann", running.moment, "queued")
        assert await client.next() == [reset(Reason.TOO_MANY_CHANGES)]
        running.forward(MINUTE)
        await running.index.next_poll()
        running.index.change("ann", running.moment, "completed")
        assert await client.next() == [("job", "completed")], "the stream goes on"


async def test_gap_in_the_feed_resets_all_streams(running: Feed) -> None:
    async with running.follow("ann") as client:
        await client.next()
        running.forward(SECOND)
        running.index.skipped_before = running.moment
        assert await client.next() == [reset(Reason.TOO_MANY_CHANGES)]


async def test_slow_client_gets_the_latest_state_of_each_job_or_a_reset(
    running: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_WAITING", 3)
    async with running.follow("ann") as client:
        await client.next()
        job_id = running.index.change("ann", running.moment, "queued")
        await running.index.next_poll()
        running.index.change("ann", running.moment, "completed", job_id)
        await running.index.next_poll()
        assert await client.next() == [("job", "completed")]
        for _ in range(4):
            running.index.change("ann", running.moment, "queued")
            await running.index.next_poll()
        first, *latest = await client.next()
        assert first == reset(Reason.TOO_MANY_CHANGES)
        assert len(latest) == 5, "the changes of the last seconds, which lists may not have yet"


async def test_outage_delays_events_and_loses_none(running: Feed) -> None:
    async with running.follow("ann") as client:
        await client.next()
        running.index.change("ann", running.moment, "completed")
        running.index.fail(3)
        assert await client.next() == [("job", "completed")]


async def test_bug_in_a_poll_does_not_end_the_feed(running: Feed) -> None:
    async with running.follow("ann") as client:
        await client.next()
        running.index.failures.append(KeyError("owner"))
        running.index.change("ann", running.moment, "completed")
        assert await client.next() == [("job", "completed")]


async def test_revoked_caller_gets_no_event(running: Feed) -> None:
    async def revoked() -> None:
        raise Unauthenticated("The API key is not known.")

    async with running.follow("ann", check=revoked) as client:
        await client.next()
        running.index.change("ann", running.moment, "completed")
        with pytest.raises(Unauthenticated):
            await client.next()


async def test_caller_who_cannot_be_checked_now_gets_the_event_later(
    running: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("darkroom_upload.feed.follow_owner._PAUSE_SECONDS", 0)
    failures = [Unavailable("DynamoDB cannot be reached.")] * 2

    async def checked() -> None:
        if failures:
            raise failures.pop()

    async with running.follow("ann", check=checked) as client:
        await client.next()
        running.index.change("ann", running.moment, "completed")
        assert await client.next() == [("job", "completed")]
    assert failures == []


async def test_silent_stream_moves_its_position_on(running: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkroom_upload.feed.follow_owner.KEEP_ALIVE_SECONDS", QUICK)
    async with running.follow("ann") as client:
        await client.next()
        running.forward(4 * MINUTE)
        await running.index.next_poll()
        assert (await anext(client.batches)).events == []
        assert (await anext(client.batches)).position == running.moment


async def test_stop_ends_all_streams() -> None:
    feed = Feed(MemoryChanges())
    async with asyncio.timeout(LONG), feed.follow("ann") as client:
        await client.next()
        await feed.end()
        assert [batch async for batch in client.batches] == []


async def test_stream_that_opens_after_the_stop_ends_at_once() -> None:
    feed = Feed(MemoryChanges())
    await feed.end()
    async with asyncio.timeout(LONG), feed.follow("ann") as client:
        assert [batch async for batch in client.batches] == []
