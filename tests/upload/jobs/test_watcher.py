"""Tests of waiting for jobs to change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from darkroom.errors import Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom_upload.jobs.job_version import JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from tests.upload.examples import completed, queued, waiting
from tests.upload.memory_jobs import MemoryJobs

QUICK = 0.01
LONG = 30.0
"""Longer than any test takes."""


class Watch:
    """A running watcher of a table in memory."""

    def __init__(self) -> None:
        self.table = MemoryJobs()
        self.watcher = JobWatcher(self.table.versions, poll_seconds=QUICK)
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(self.watcher.run(self.stop))

    def wait_for(self, job: Job, seconds: float = LONG, *, progress: bool = False) -> asyncio.Task[bool]:
        return asyncio.create_task(
            self.watcher.changed(job.job_id, JobVersion.of(job), within_seconds=seconds, progress=progress)
        )


@pytest_asyncio.fixture
async def watch() -> AsyncIterator[Watch]:
    watch = Watch()
    async with asyncio.timeout(LONG / 2):
        yield watch
        watch.stop.set()
        await watch.running


async def test_a_wait_ends_when_the_status_changes(watch: Watch) -> None:
    job = watch.table.put(waiting())
    wait = watch.wait_for(job)
    await watch.table.next_look()
    assert not wait.done()
    watch.table.put(queued(job_id=job.job_id))
    assert await wait


async def test_a_wait_ends_at_once_if_the_status_has_already_changed(watch: Watch) -> None:
    job = waiting()
    watch.table.put(completed(job_id=job.job_id))
    assert await watch.wait_for(job)


async def test_a_retry_is_a_change_even_if_the_status_is_the_same(watch: Watch) -> None:
    job = waiting()
    watch.table.put(replace(job, attempt=2))
    assert await watch.wait_for(job)


async def test_progress_ends_only_waits_for_progress(watch: Watch) -> None:
    job = watch.table.put(queued())
    status, progress = watch.wait_for(job), watch.wait_for(job, progress=True)
    await watch.table.next_look()
    watch.table.put(replace(job, pending=frozenset(list(job.pending)[1:])))
    assert await progress
    await watch.table.next_look()
    assert not status.done()
    watch.table.put(replace(job, status=JobStatus.PROCESSING))
    assert await status


async def test_a_new_status_ends_a_wait_for_progress_too(watch: Watch) -> None:
    job = watch.table.put(queued())
    wait = watch.wait_for(job, progress=True)
    await watch.table.next_look()
    watch.table.put(replace(job, status=JobStatus.PROCESSING))
    assert await wait


async def test_a_wait_ends_when_the_job_is_deleted(watch: Watch) -> None:
    assert await watch.wait_for(waiting())


async def test_a_wait_ends_after_its_time(watch: Watch) -> None:
    job = watch.table.put(waiting())
    assert not await watch.wait_for(job, seconds=0.05)


async def test_only_waits_for_the_changed_job_end(watch: Watch) -> None:
    jobs = [watch.table.put(waiting()) for _ in range(3)]
    waits = [watch.wait_for(job) for job in jobs] + [watch.wait_for(jobs[0])]
    await watch.table.next_look()
    watch.table.put(queued(job_id=jobs[0].job_id))
    await asyncio.gather(waits[0], waits[3])
    assert not waits[1].done()
    assert not waits[2].done()


async def test_all_jobs_are_read_in_one_call_and_each_once(watch: Watch) -> None:
    jobs = [watch.table.put(waiting()) for _ in range(20)]
    waits = [watch.wait_for(job) for job in jobs * 3]
    await watch.table.next_look()
    await watch.table.next_look()
    assert sorted(watch.table.version_reads[-1]) == sorted(job.job_id for job in jobs)
    for wait in waits:
        wait.cancel()


async def test_nothing_is_read_while_no_request_waits(watch: Watch) -> None:
    job = watch.table.put(waiting())
    wait = watch.wait_for(job)
    await watch.table.next_look()
    wait.cancel()
    await asyncio.gather(wait, return_exceptions=True)
    looks = len(watch.table.version_reads)
    await asyncio.sleep(QUICK * 10)
    assert len(watch.table.version_reads) <= looks + 1
    assert not watch.watcher._waiters
    again = watch.wait_for(job)
    await watch.table.next_look()
    again.cancel()


@pytest.mark.parametrize("failure", [Unavailable("DynamoDB cannot be reached."), RuntimeError("bug")])
async def test_failed_reads_end_neither_the_waits_nor_the_watcher(watch: Watch, failure: Exception) -> None:
    watch.table.failing_version_reads, watch.table.failure = 3, failure
    job = watch.table.put(waiting())
    wait = watch.wait_for(job)
    while watch.table.failing_version_reads:
        await watch.table.next_look()
    assert not wait.done()
    watch.table.put(replace(job, status=JobStatus.FAILED))
    assert await wait


async def test_a_read_that_began_before_a_wait_does_not_end_it(watch: Watch) -> None:
    job = watch.table.put(queued())
    watch.table.may_return.clear()
    earlier = watch.wait_for(job)
    await watch.table.next_look()
    later = watch.wait_for(watch.table.put(replace(job, status=JobStatus.PROCESSING)))
    await asyncio.sleep(0)
    watch.table.may_return.set()
    await watch.table.next_look()
    assert await earlier
    assert not later.done()
    later.cancel()


async def test_stopping_ends_all_waits_and_later_ones_at_once(watch: Watch) -> None:
    waits = [watch.wait_for(watch.table.put(waiting())) for _ in range(5)]
    await watch.table.next_look()
    watch.stop.set()
    assert not any(await asyncio.gather(*waits))
    await watch.running
    assert not await watch.wait_for(watch.table.put(waiting()))


async def test_a_watcher_without_waits_stops_at_once(watch: Watch) -> None:
    await asyncio.sleep(0)
    watch.stop.set()
    await watch.running
    assert watch.table.version_reads == []
