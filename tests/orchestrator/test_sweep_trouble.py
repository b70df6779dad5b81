"""Sweeping while messages wait, something is away, or a record cannot be read: nobody is forgotten for it."""

from dataclasses import replace

import pytest

from darkroom.errors import Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.messages import UploadArrived
from darkroom.runtime.queue import Outgoing
from darkroom_orchestrator.adapters.events import JobEvents
from darkroom_orchestrator.adapters.job_store import WORK_PERIOD
from darkroom_orchestrator.api import QueueName
from darkroom_orchestrator.sweep import MOST_BEHIND, MOST_FAILURES, MOST_REDRIVES, PATIENCE
from tests.orchestrator.site import RECIPE, Site, drained, finished
from tests.support.memory_queue import MemoryQueue, away


async def test_announcements_that_wait_only_move_the_deadline(site: Site) -> None:
    job = await site.waiting_job()
    await site.upload(job)
    absent = await site.waiting_job()
    await site.orchestrator.queues[QueueName.UPLOADS].queue.send([Outgoing(job_id=job.job_id, message=RECIPE)])
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    after = await site.job(job.job_id)
    assert (after.status, after.redrives) == (JobStatus.AWAITING_UPLOAD, 0)
    assert after.deadline == (site.now() + WORK_PERIOD).replace(microsecond=0)
    assert (await site.job(absent.job_id)).status is JobStatus.EXPIRED


async def test_a_backlog_only_moves_the_deadline(site: Site) -> None:
    job = await site.waiting_job()
    await site.orchestrator.start(await site.upload(job), redelivered=False)
    before = await site.job(job.job_id)
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    after = await site.job(job.job_id)
    assert (after.redrives, after.updated_at) == (0, before.updated_at)
    assert after.deadline == (site.now() + WORK_PERIOD).replace(microsecond=0)
    assert len(await site.sent_tasks()) == 1


async def test_reports_that_wait_are_a_backlog_too(site: Site) -> None:
    job, [task] = await site.queued_job()
    reports = site.orchestrator.queues[QueueName.REPORTS].queue
    await reports.send([Outgoing(job_id=job.job_id, message=finished(task))])
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    assert await site.sent_tasks() == []


async def busy(site: Site, name: QueueName) -> None:
    """Let a message wait in a queue, as one does at any moment of busy times."""
    waiting = await site.waiting_job()
    await site.orchestrator.queues[name].queue.send([Outgoing(job_id=waiting.job_id, message=RECIPE)])


async def test_a_task_that_got_lost_in_busy_times_is_sent_again(site: Site) -> None:
    job, _ = await site.queued_job()
    await busy(site, QueueName.REPORTS)
    for _ in range(PATIENCE - 1):
        site.now.forward(minutes=5, seconds=1)
        await site.orchestrator.sweep()
    assert await site.sent_tasks() == []

    for _ in range(MOST_REDRIVES + 2):
        site.now.forward(minutes=5, seconds=1)
        await site.orchestrator.sweep()
        assert [task.job_id for task in await site.sent_tasks()] == [job.job_id]

    waiting = await site.job(job.job_id)
    assert (waiting.status, waiting.redrives) == (JobStatus.QUEUED, 0), "who waits has failed at nothing"


async def test_an_announcement_that_got_lost_in_busy_times_is_sent_again(site: Site) -> None:
    job = await site.waiting_job()
    await site.upload(job)
    uploads = site.orchestrator.queues[QueueName.UPLOADS].queue
    await busy(site, QueueName.UPLOADS)
    for _ in range(PATIENCE - 1):
        site.now.forward(minutes=5, seconds=1)
        await site.orchestrator.sweep()
    assert (await uploads.depth()).visible == 1

    site.now.forward(minutes=5, seconds=1)
    await site.orchestrator.sweep()

    _, announcement = await drained(uploads)
    assert UploadArrived.model_validate_json(announcement.body).job_id == job.job_id


async def test_of_a_long_backlog_a_sweep_asks_only_for_the_few_again_that_have_waited_longest(site: Site) -> None:
    jobs = []
    for _ in range(MOST_BEHIND + 3):
        jobs.append((await site.queued_job())[0])
        site.now.forward(seconds=1)
    await busy(site, QueueName.REPORTS)
    site.now.forward(minutes=5 * PATIENCE)

    await site.orchestrator.sweep()

    sent = {task.job_id for task in await site.sent_tasks()}
    assert sent == {job.job_id for job in jobs[:MOST_BEHIND]}
    assert await site.orchestrator.sweep() == 0, "all have got another period"


class NoTopic(JobEvents):
    """SNS is away."""

    def __init__(self) -> None:
        self.asked = 0

    async def publish(self, job: Job) -> None:
        del job
        self.asked += 1
        raise away("SNS")


async def test_what_is_away_holds_up_only_the_jobs_that_need_it(site: Site) -> None:
    ended = [await site.waiting_job() for _ in range(MOST_FAILURES + 2)]
    for job in ended:
        await site.jobs.cancel(job)
    absent = await site.waiting_job()
    lost, _ = await site.queued_job()
    site.now.forward(minutes=6)
    topic = NoTopic()

    with pytest.raises(Unavailable, match="SNS"):
        await replace(site.orchestrator.sweep, events=topic)()

    assert [task.job_id for task in await site.sent_tasks()] == [lost.job_id]
    assert topic.asked in (MOST_FAILURES, MOST_FAILURES + 1)
    await site.orchestrator.sweep()
    assert len(await site.events()) == len(ended) + 1
    assert (await site.job(absent.job_id)).status is JobStatus.EXPIRED


async def test_without_depths_what_came_to_no_upload_expires_all_the_same(site: Site) -> None:
    job = await site.waiting_job()
    site.now.forward(minutes=6)
    queue = MemoryQueue()
    queue.failures["depth"] = [away()]

    with pytest.raises(Unavailable, match="SQS"):
        await replace(site.orchestrator.sweep, uploads=queue)()

    assert (await site.job(job.job_id)).status is JobStatus.EXPIRED


@pytest.mark.parametrize("broken", range(3))
async def test_one_record_that_cannot_be_read_does_not_keep_the_sweeper_from_the_others(
    site: Site, broken: int
) -> None:
    jobs = [await site.waiting_job() for _ in range(3)]
    await site.clients.dynamodb.update_item(
        TableName=site.settings.jobs_table,
        Key={"job_id": {"S": jobs[broken].job_id}},
        UpdateExpression="SET recipe = :nonsense",
        ExpressionAttributeValues={":nonsense": {"S": "no recipe"}},
    )
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    others = [job for number, job in enumerate(jobs) if number != broken]
    assert {(await site.job(job.job_id)).status for job in others} == {JobStatus.EXPIRED}
