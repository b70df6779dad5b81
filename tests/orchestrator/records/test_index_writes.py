"""Tests how many writes a job costs the indexes of its table. A partition takes 1,000 writes a second."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio

from darkroom.jobs import Job, NewJob, new_job_id
from darkroom.object_keys import direct_key
from darkroom.runtime.aws import Aws
from darkroom.tables.change_marks import tombstone_key
from darkroom.topology import BY_OWNER, BY_SLOT, CHANGE_SHARDS, CHANGES, OPEN_BY_DEADLINE, OPEN_SHARDS, OWNER_SHARDS
from darkroom_orchestrator.composition import Composition, open_clients
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, started
from tests.support.aws_proxy import running_proxy
from tests.support.dynamodb_rules import PARTITION_WRITES
from tests.support.emulator import Cloud
from tests.support.index_counting import IndexCounting

INDEXES = (BY_OWNER, OPEN_BY_DEADLINE, BY_SLOT, CHANGES)

JOBS_OF_ONE_OWNER = 1000
"""Planned rate of one owner's jobs, per second."""
JOBS_IN_ALL = 2000
"""Planned rate of all jobs, per second."""
MOST_BY_OWNER = 2
"""Writes by owner of a job that is created and deleted."""
MOST_OPEN = 4
"""Writes of open jobs for a presigned upload, whose deadline moves once."""
MOST_CHANGES = 7
"""Writes of changes for a job of one task: created, queued, begun and ended."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A harness that counts writes. It sets no limit of slots, as on AWS."""

    harness: Harness
    orchestrator: Composition
    count: IndexCounting

    def costs(self) -> tuple[int, int, int]:
        """Return the write units since the last call, of the indexes by owner, by deadline and by slot."""
        by_owner, open_jobs, slots, _ = (self.count.writes[index.name] for index in INDEXES)
        self.count.writes.clear()
        return by_owner, open_jobs, slots


@pytest_asyncio.fixture
async def counted(cloud: Cloud, harness: Harness, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counted]:
    table = harness.settings.jobs_table
    count = IndexCounting(harness.clients.dynamodb, table, INDEXES)
    async with running_proxy(cloud.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        async with open_clients(Aws()) as clients:
            behind = Harness(harness.settings, clients, "")
            with proxy.intercepted(count):
                yield Counted(harness=behind, orchestrator=behind.with_settings(tasks_per_owner=0), count=count)


async def presigned_job(counted: Counted) -> Job:
    """Create a job that waits two minutes longer than its form is valid. Nothing is counted before it."""
    waiting, job_id = await counted.harness.waiting_job(), new_job_id()
    counted.costs()
    job = replace(
        waiting,
        job_id=job_id,
        original_key=direct_key(job_id, "cat.jpg"),
        deadline=waiting.created_at + timedelta(minutes=12),
    )
    assert await counted.harness.jobs.create(NewJob(job=job, recipe=RECIPE))
    return job


async def run(counted: Counted, job: Job) -> None:
    """Run a job from the upload to its end, in two tasks, each with a report of its start."""
    harness = counted.harness
    tasks_of = harness.with_settings(tasks_per_owner=0, max_variants_per_task=2)
    await tasks_of.start(await harness.upload(job), redelivered=False)
    for task in await harness.sent_tasks():
        harness.now.forward(seconds=3)
        await counted.orchestrator.begin(started(task))
        await counted.orchestrator.finish(finished(task))


async def test_upload_costs_one_write_by_owner_and_two_of_open_jobs(counted: Counted) -> None:
    await run(counted, await counted.harness.waiting_job())
    assert counted.costs() == (1, 2, 0)


async def test_each_change_that_clients_see_costs_two_writes_of_changes(counted: Counted) -> None:
    job, [task] = await counted.harness.queued_job()
    counted.costs()
    await counted.orchestrator.begin(started(task))
    await counted.orchestrator.finish(finished(task))
    assert counted.count.writes[CHANGES.name] == 2 + 2
    counted.costs()
    await counted.orchestrator.delete(job.job_id)
    assert counted.count.writes[CHANGES.name] == 1 + 1, "the job's entry goes, and its tombstone comes"


async def test_upload_costs_one_write_of_changes_and_two_more_to_be_queued(counted: Counted) -> None:
    job = await counted.harness.waiting_job()
    tasks_of = counted.harness.with_settings(tasks_per_owner=0, max_variants_per_task=2)
    await tasks_of.start(await counted.harness.upload(job), redelivered=False)
    assert counted.count.writes[CHANGES.name] == 1 + 2


async def test_deadline_that_moves_costs_no_write_of_changes(counted: Counted) -> None:
    await counted.harness.queued_job()
    counted.harness.now.forward(minutes=6)
    counted.costs()
    await counted.orchestrator.sweep()
    assert counted.costs() == (0, 2, 0)
    assert counted.count.writes[CHANGES.name] == 0


async def test_presigned_upload_costs_two_writes_more(counted: Counted) -> None:
    await run(counted, await presigned_job(counted))
    assert counted.costs() == (1, MOST_OPEN, 0)


async def test_deletion_costs_one_write_by_owner(counted: Counted) -> None:
    job = await counted.harness.waiting_job()
    await run(counted, job)
    counted.costs()
    await counted.orchestrator.delete(job.job_id)
    assert counted.costs() == (1, 0, 0)
    assert list(counted.count.items) == [tombstone_key(job.job_id)["job_id"]["S"]]


async def test_retry_costs_two_writes_of_open_jobs(counted: Counted) -> None:
    job, [task] = await counted.harness.queued_job()
    await counted.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    counted.costs()
    await counted.orchestrator.retry(job.job_id)
    [again] = await counted.harness.sent_tasks()
    await counted.orchestrator.finish(finished(again))
    assert counted.costs() == (0, 2, 0)


async def test_expired_or_cancelled_job_costs_four_writes_of_open_jobs(counted: Counted) -> None:
    await counted.harness.waiting_job()
    counted.harness.now.forward(minutes=6)
    await counted.orchestrator.sweep()
    assert counted.costs() == (1, 4, 0)
    await counted.orchestrator.cancel((await counted.harness.waiting_job()).job_id)
    assert counted.costs() == (1, 4, 0)


async def test_long_job_costs_two_writes_of_open_jobs_in_each_period(counted: Counted) -> None:
    job, [task] = await counted.harness.queued_job()
    counted.costs()
    counted.harness.now.forward(minutes=3)
    await counted.orchestrator.begin(started(task))
    counted.harness.now.forward(minutes=3)
    await counted.orchestrator.sweep()
    assert counted.costs() == (0, 2, 0)
    assert (await counted.harness.job(job.job_id)).redrives == 0


async def test_slot_costs_two_writes_and_waiting_for_it_two_more(counted: Counted) -> None:
    shared = counted.harness.with_settings(tasks_per_owner=1)
    jobs = []
    for _ in range(2):
        jobs.append(job := await counted.harness.waiting_job())
        await shared.start(await counted.harness.upload(job), redelivered=False)
    [task] = await counted.harness.sent_tasks()
    assert counted.costs() == (2, 2, 2)
    await shared.finish(finished(task))
    # The first job gives its slot back. The second takes it, and its deadline moves.
    assert counted.costs()[2] == 1 + 2
    [task] = await counted.harness.sent_tasks()
    await shared.finish(finished(task))
    assert counted.costs()[2] == 1


def test_planned_rates_stay_within_the_limit_of_a_partition() -> None:
    assert JOBS_OF_ONE_OWNER * MOST_BY_OWNER / OWNER_SHARDS <= PARTITION_WRITES / 2
    assert JOBS_IN_ALL * MOST_OPEN / OPEN_SHARDS <= PARTITION_WRITES / 2
    assert JOBS_IN_ALL * MOST_CHANGES / CHANGE_SHARDS <= PARTITION_WRITES
