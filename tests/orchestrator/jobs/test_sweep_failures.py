"""Tests sweeps while messages wait, a service is unavailable, or a record is unreadable."""

from dataclasses import replace

import pytest

from darkroom.errors import Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.messages import UploadArrived
from darkroom.runtime.queue import Outgoing
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.jobs.sweep import MOST_BEHIND, MOST_REDRIVES, PATIENCE
from darkroom_orchestrator.jobs.sweep_round import MOST_FAILURES
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD
from tests.orchestrator.harness import RECIPE, Harness, drained
from tests.orchestrator.task_reports import finished
from tests.support.memory_queue import MemoryQueue, away


async def test_sweep_behind_waiting_announcements_only_moves_the_deadline(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.upload(job)
    absent = await harness.waiting_job()
    await harness.orchestrator.queues[QueueName.UPLOADS].queue.send([Outgoing(job_id=job.job_id, message=RECIPE)])
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    after = await harness.job(job.job_id)
    assert (after.status, after.redrives) == (JobStatus.AWAITING_UPLOAD, 0)
    assert after.deadline == (harness.now() + WORK_PERIOD).replace(microsecond=0)
    assert (await harness.job(absent.job_id)).status is JobStatus.EXPIRED


async def test_sweep_behind_a_backlog_only_moves_the_deadline(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.orchestrator.start(await harness.upload(job), redelivered=False)
    before = await harness.job(job.job_id)
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    after = await harness.job(job.job_id)
    assert (after.redrives, after.updated_at) == (0, before.updated_at)
    assert after.deadline == (harness.now() + WORK_PERIOD).replace(microsecond=0)
    assert len(await harness.sent_tasks()) == 1


async def test_waiting_reports_are_a_backlog_too(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    reports = harness.orchestrator.queues[QueueName.REPORTS].queue
    await reports.send([Outgoing(job_id=job.job_id, message=finished(task))])
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    assert await harness.sent_tasks() == []


async def busy(harness: Harness, name: QueueName) -> None:
    """Let a message wait in a queue, as in busy times."""
    waiting = await harness.waiting_job()
    await harness.orchestrator.queues[name].queue.send([Outgoing(job_id=waiting.job_id, message=RECIPE)])


async def test_task_that_is_lost_in_busy_times_is_sent_again(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    await busy(harness, QueueName.REPORTS)
    for _ in range(PATIENCE - 1):
        harness.now.forward(minutes=5, seconds=1)
        await harness.orchestrator.sweep()
    assert await harness.sent_tasks() == []

    for _ in range(MOST_REDRIVES + 2):
        harness.now.forward(minutes=5, seconds=1)
        await harness.orchestrator.sweep()
        assert [task.job_id for task in await harness.sent_tasks()] == [job.job_id]

    waiting = await harness.job(job.job_id)
    assert (waiting.status, waiting.redrives) == (JobStatus.QUEUED, 0), "a job that waits is not given up"


async def test_announcement_that_is_lost_in_busy_times_is_sent_again(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.upload(job)
    uploads = harness.orchestrator.queues[QueueName.UPLOADS].queue
    await busy(harness, QueueName.UPLOADS)
    for _ in range(PATIENCE - 1):
        harness.now.forward(minutes=5, seconds=1)
        await harness.orchestrator.sweep()
    assert (await uploads.depth()).visible == 1

    harness.now.forward(minutes=5, seconds=1)
    await harness.orchestrator.sweep()

    _, announcement = await drained(uploads)
    assert UploadArrived.model_validate_json(announcement.body).job_id == job.job_id


async def test_sweep_of_a_long_backlog_resends_only_the_oldest_jobs(harness: Harness) -> None:
    jobs = []
    for _ in range(MOST_BEHIND + 3):
        jobs.append((await harness.queued_job())[0])
        harness.now.forward(seconds=1)
    await busy(harness, QueueName.REPORTS)
    harness.now.forward(minutes=5 * PATIENCE)

    await harness.orchestrator.sweep()

    sent = {task.job_id for task in await harness.sent_tasks()}
    assert sent == {job.job_id for job in jobs[:MOST_BEHIND]}
    assert await harness.orchestrator.sweep() == 0, "all have another period"


class NoTopic(JobEvents):
    """A topic while SNS is unavailable."""

    def __init__(self) -> None:
        self.asked = 0

    async def publish(self, job: Job) -> None:
        del job
        self.asked += 1
        raise away("SNS")


async def test_outage_delays_only_the_jobs_that_need_what_is_unavailable(harness: Harness) -> None:
    ended = [await harness.waiting_job() for _ in range(MOST_FAILURES + 2)]
    for job in ended:
        await harness.jobs.cancel(job)
    absent = await harness.waiting_job()
    lost, _ = await harness.queued_job()
    harness.now.forward(minutes=6)
    topic = NoTopic()

    with pytest.raises(Unavailable, match="SNS"):
        await replace(harness.orchestrator.sweep, events=topic)()

    assert [task.job_id for task in await harness.sent_tasks()] == [lost.job_id]
    assert topic.asked in (MOST_FAILURES, MOST_FAILURES + 1)
    await harness.orchestrator.sweep()
    assert len(await harness.events()) == len(ended) + 1
    assert (await harness.job(absent.job_id)).status is JobStatus.EXPIRED


async def test_job_without_upload_expires_although_queue_depths_are_unknown(harness: Harness) -> None:
    job = await harness.waiting_job()
    harness.now.forward(minutes=6)
    queue = MemoryQueue()
    queue.failures["depth"] = [away()]

    with pytest.raises(Unavailable, match="SQS"):
        await replace(harness.orchestrator.sweep, uploads=queue)()

    assert (await harness.job(job.job_id)).status is JobStatus.EXPIRED


@pytest.mark.parametrize("broken", range(3))
async def test_unreadable_record_does_not_keep_the_sweeper_from_other_jobs(harness: Harness, broken: int) -> None:
    jobs = [await harness.waiting_job() for _ in range(3)]
    await harness.clients.dynamodb.update_item(
        TableName=harness.settings.jobs_table,
        Key={"job_id": {"S": jobs[broken].job_id}},
        UpdateExpression="SET recipe = :nonsense",
        ExpressionAttributeValues={":nonsense": {"S": "no recipe"}},
    )
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    others = [job for number, job in enumerate(jobs) if number != broken]
    assert {(await harness.job(job.job_id)).status for job in others} == {JobStatus.EXPIRED}
