"""Tests of following a job's states."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
import pytest_asyncio

from darkroom.errors import NotFound, Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom_upload.jobs.follow import LONGEST_SECONDS, FollowJob, ReadState, State
from darkroom_upload.jobs.job_version import JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.results.result_links import Link
from tests.upload.examples import completed, queued, settled, waiting
from tests.upload.memory_jobs import MemoryJobs

QUICK = 0.01


class Links:
    """Links that lead nowhere."""

    async def sign(self, link: Link) -> str:
        """Return an address that does not exist."""
        return f"https://pictures.example/{link.key}"

    def public(self, key: str) -> str:
        """Return an address that does not exist."""
        return f"https://pictures.example/{key}"


class Story:
    """A table in memory, a watcher of it, a follower, and a clock."""

    def __init__(self) -> None:
        self.table = MemoryJobs()
        self.watcher = JobWatcher(self.table.versions, poll_seconds=QUICK)
        self.now = 0.0
        self.read_state = ReadState(find_job=self.table.owned_with_details, links=Links())
        self.follow = FollowJob(read_state=self.read_state, watcher=self.watcher, monotonic=lambda: self.now)
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(self.watcher.run(self.stop))

    async def from_now(self, job: Job) -> AsyncGenerator[State, None]:
        """Return the states after the present one."""
        return self.follow((await self.read_state(job.job_id, job.owner)).seen, self.check)

    async def check(self) -> None:
        """Allow every caller."""


@pytest_asyncio.fixture
async def story() -> AsyncIterator[Story]:
    story = Story()
    async with asyncio.timeout(15):
        yield story
        story.stop.set()
        await story.running


async def test_each_change_is_a_state_and_the_end_is_the_last_one(story: Story) -> None:
    job = story.table.put(waiting())
    states = await story.from_now(job)
    for change in (
        queued(job_id=job.job_id),
        settled(queued(job_id=job.job_id)),
        settled(queued(job_id=job.job_id), "square-64"),
        settled(queued(job_id=job.job_id), "square-64", "square-128"),
        completed(job_id=job.job_id),
    ):
        story.table.put(change)
        assert (await anext(states)).seen.version == JobVersion.of(change)
    assert [state async for state in states] == []
    assert not story.watcher._waiters


async def test_progress_shows_the_variants_that_are_completed(story: Story) -> None:
    job = story.table.put(queued())
    states = await story.from_now(job)
    story.table.put(settled(job, "square-64"))
    body = (await anext(states)).body
    assert (body.status, body.progress.done, body.progress.total) == (JobStatus.PROCESSING, 1, 4)
    assert [variant.url is None for variant in body.variants] == [False, True, True, True]
    await states.aclose()


async def test_a_finished_job_has_no_further_state(story: Story) -> None:
    job = story.table.put(completed())
    assert [state async for state in await story.from_now(job)] == []
    assert story.table.version_reads == []


async def test_a_change_since_the_last_seen_state_is_shown_at_once(story: Story) -> None:
    job = story.table.put(waiting())
    states = await story.from_now(job)
    story.table.put(queued(job_id=job.job_id))
    story.table.put(completed(job_id=job.job_id))
    assert [state.body.status async for state in states] == [JobStatus.COMPLETED]


async def test_each_state_has_its_own_event_id() -> None:
    job = queued()
    states = [
        waiting(job_id=job.job_id),
        job,
        settled(job),
        settled(job, "square-64"),
        settled(job, "square-64", "square-128"),
        completed(job_id=job.job_id, failed=("square-256",)),
        queued(job_id=job.job_id, attempt=2),
        completed(job_id=job.job_id, attempt=2),
    ]
    table = MemoryJobs()
    read_state = ReadState(find_job=table.owned_with_details, links=Links())
    event_ids = []
    for each in states:
        table.put(each)
        event_ids.append((await read_state(each.job_id, each.owner)).event_id)
    assert len(set(event_ids)) == len(states)
    assert (await read_state(job.job_id, job.owner)).event_id == event_ids[-1]


async def test_following_a_deleted_job_raises_not_found(story: Story) -> None:
    job = story.table.put(queued())
    states = await story.from_now(job)
    story.table.remove(job)
    with pytest.raises(NotFound):
        await anext(states)


async def test_another_owners_job_is_not_found(story: Story) -> None:
    job = story.table.put(queued(owner="stranger"))
    with pytest.raises(NotFound):
        await story.read_state(job.job_id, "demo")


async def test_a_table_that_is_unavailable_for_a_while_ends_nothing(story: Story) -> None:
    job = story.table.put(waiting())
    states = await story.from_now(job)
    story.table.failing_version_reads, story.table.failing_reads = 2, 3
    story.table.put(queued(job_id=job.job_id))
    assert (await anext(states)).body.status is JobStatus.QUEUED
    assert (story.table.failing_version_reads, story.table.failing_reads) == (0, 0)
    await states.aclose()


async def test_a_table_that_is_unavailable_from_the_start_is_an_error(story: Story) -> None:
    job = story.table.put(waiting())
    story.table.failing_reads = 1
    with pytest.raises(Unavailable):
        await story.read_state(job.job_id, job.owner)


async def test_following_ends_after_some_minutes(story: Story) -> None:
    job = story.table.put(waiting())
    states = await story.from_now(job)
    story.table.put(queued(job_id=job.job_id))
    await anext(states)
    story.now = LONGEST_SECONDS
    assert [state async for state in states] == []
    assert not story.watcher._waiters


async def test_stopping_ends_all_streams_of_states(story: Story) -> None:
    jobs = [story.table.put(waiting()) for _ in range(5)]
    followed = [await story.from_now(job) for job in jobs]
    ends = [asyncio.create_task(anext(states, None)) for states in followed]
    await story.table.next_look()
    story.stop.set()
    assert await asyncio.gather(*ends) == [None] * len(jobs)


async def test_a_client_that_leaves_ends_its_wait(story: Story) -> None:
    job = story.table.put(waiting())
    going = asyncio.create_task(anext(await story.from_now(job)))
    await story.table.next_look()
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert not story.watcher._waiters
