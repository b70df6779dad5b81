"""Tests that the sweeper sends lost messages again, and gives jobs up in the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from darkroom.jobs import Job, JobStatus
from darkroom.messages import Report, UploadArrived
from darkroom.runtime.queue import Queue
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_item import to_item
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.jobs.sweep import MOST_REDRIVES
from darkroom_orchestrator.records.job_store import EXPIRED_KEPT
from darkroom_orchestrator.records.open_jobs import WORK_PERIOD
from tests.orchestrator.harness import Harness, drained
from tests.orchestrator.task_reports import DECODER_FAULT, finished, started
from tests.support.waiting import until


async def holds(queue: Queue, messages: int) -> bool:
    """Return whether this number of messages waits."""
    return (await queue.depth()).visible == messages


async def test_no_job_is_overdue_before_its_deadline(harness: Harness) -> None:
    waiting = await harness.waiting_job()
    queued, _ = await harness.queued_job()
    harness.now.forward(minutes=4, seconds=59)

    assert await harness.orchestrator.sweep() == 0
    assert {(await harness.job(job.job_id)).redrives for job in (waiting, queued)} == {0}


async def test_job_without_its_original_expires(harness: Harness) -> None:
    job = await harness.waiting_job()
    harness.now.forward(minutes=6)

    assert await harness.orchestrator.sweep() == 1

    assert (await harness.job(job.job_id)).status is JobStatus.EXPIRED
    assert [event.status for event in await harness.events()] == [JobStatus.EXPIRED]
    assert await harness.open_ids() == []
    assert await harness.orchestrator.sweep() == 0


async def test_expired_job_is_refunded_to_its_caller_once(harness: Harness) -> None:
    counter = {"id": {"S": "usage#ann#2035-11-22"}}
    table = harness.settings.accounts_table
    count = {**counter, "used_jobs": {"N": "3"}, "used_bytes": {"N": "1000"}}
    await harness.clients.dynamodb.put_item(TableName=table, Item=count)
    gone = "usage#ann#2026-11-01"
    charged = [
        replace(await harness.waiting_job(), charged_to=to, original_bytes=100) for to in (counter["id"]["S"], gone)
    ]
    for job in charged:
        await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(job))
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()
    # Repeats what a sweeper did that died before it removed the job from the index.
    for job in charged:
        assert await harness.orchestrator.refunds.give_back(job)

    answer = await harness.clients.dynamodb.get_item(TableName=table, Key=counter)
    assert (answer["Item"]["used_jobs"], answer["Item"]["used_bytes"]) == ({"N": "2"}, {"N": "900"})
    assert {(await harness.job(job.job_id)).status for job in charged} == {JobStatus.EXPIRED}
    assert await harness.open_ids() == []


async def test_unannounced_object_is_announced(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job)
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    [announcement] = await drained(harness.orchestrator.queues[QueueName.UPLOADS].queue)
    arrived = UploadArrived.model_validate_json(announcement.body)
    assert (arrived.job_id, arrived.original.key, arrived.original.version_id) == (job.job_id, new.key, new.version_id)
    await harness.orchestrator.start(new, redelivered=False)
    queued = await harness.job(job.job_id)
    assert (queued.status, queued.redrives) == (JobStatus.QUEUED, 0)


async def test_job_that_never_starts_expires_in_the_end(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.upload(job)

    for _ in range(MOST_REDRIVES + 1):
        harness.now.forward(minutes=6)
        await harness.orchestrator.sweep()
        await drained(harness.orchestrator.queues[QueueName.UPLOADS].queue)

    assert (await harness.job(job.job_id)).status is JobStatus.EXPIRED


async def test_lost_tasks_are_sent_again_for_the_pending_parts(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=2).start(await harness.upload(job), redelivered=False)
    first, second = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(first))
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    [task] = await harness.sent_tasks()
    assert (task.variants, task.describe, task.attempt) == (second.variants, second.describe, 1)
    redriven = await harness.job(job.job_id)
    assert (redriven.redrives, redriven.status) == (1, JobStatus.PROCESSING)
    assert redriven.deadline == (harness.now() + WORK_PERIOD).replace(microsecond=0)


async def test_period_of_a_job_begins_at_its_last_progress(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=2).start(await harness.upload(job), redelivered=False)
    first, second = await harness.sent_tasks()
    harness.now.forward(minutes=4)
    await harness.orchestrator.begin(started(second))
    harness.now.forward(seconds=30)
    await harness.orchestrator.finish(finished(first))
    progressed = harness.now()
    assert (await harness.job(job.job_id)).deadline == job.created_at.replace(microsecond=0) + WORK_PERIOD, (
        "no step moves the deadline"
    )
    harness.now.forward(minutes=4)

    await harness.orchestrator.sweep()

    found = await harness.job(job.job_id)
    assert (found.redrives, await harness.sent_tasks()) == (0, [])
    assert found.deadline == (progressed + WORK_PERIOD).replace(microsecond=0)
    assert await harness.orchestrator.sweep() == 0
    harness.now.forward(minutes=2)
    await harness.orchestrator.sweep()
    assert (await harness.job(job.job_id)).redrives == 1


async def test_lost_presigned_job_is_found_as_soon_as_others(harness: Harness) -> None:
    job = await harness.waiting_job()
    later = replace(job, deadline=job.created_at + timedelta(minutes=12))
    await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(later))
    await harness.orchestrator.start(await harness.upload(job), redelivered=False)
    assert (await harness.job(job.job_id)).deadline == (harness.now() + WORK_PERIOD).replace(microsecond=0)


async def test_expired_job_is_kept_for_a_week_and_then_deleted_by_ttl_with_all_its_items(harness: Harness) -> None:
    job = await harness.waiting_job()
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()

    items = (await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table))["Items"]
    assert {item["job_id"]["S"].removeprefix(job.job_id) for item in items} == {"", "#recipe", "#details"}
    assert {int(item["expires_at"]["N"]) for item in items} == {epoch(harness.now() + EXPIRED_KEPT)}
    await harness.orchestrator.delete(job.job_id)
    left = (await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table))["Items"]
    assert [item["job_id"]["S"] for item in left] == [f"{job.job_id}#deleted"], "streams tell of the deletion"


async def test_job_that_did_not_expire_has_no_ttl(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))
    await harness.orchestrator.cancel((await harness.waiting_job()).job_id)
    items = (await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table))["Items"]
    assert job.job_id in {item["job_id"]["S"] for item in items}
    assert not [item for item in items if "expires_at" in item]


async def test_job_whose_tasks_are_lost_repeatedly_fails_as_lost(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))
    for _ in range(MOST_REDRIVES):
        harness.now.forward(minutes=6)
        await harness.orchestrator.sweep()
        assert len(await harness.sent_tasks()) == 1
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    assert await harness.sent_tasks() == []
    [delivery] = await drained(harness.orchestrator.queues[QueueName.REPORTS].queue)
    await harness.report(Report.validate_json(delivery.body))
    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.FAILED
    assert ended.fault is not None
    assert ended.fault.code == "lost"
    assert [event.fault for event in await harness.events()] == [ended.fault]


async def test_lost_job_keeps_its_results(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=2).start(await harness.upload(job), redelivered=False)
    first, second = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(first))
    for _ in range(MOST_REDRIVES + 1):
        harness.now.forward(minutes=6)
        await harness.orchestrator.sweep()
        await harness.sent_tasks()
    [delivery] = await drained(harness.orchestrator.queues[QueueName.REPORTS].queue)

    await harness.report(Report.validate_json(delivery.body))

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.PARTIALLY_COMPLETED
    assert {state.fault.code for state in ended.variants.values() if state.fault} == {"lost"}
    assert sum(state.result is not None for state in ended.variants.values()) == len(second.variants)


async def test_simultaneous_sweepers_send_tasks_once(harness: Harness) -> None:
    jobs: list[Job] = []
    for _ in range(4):
        job, _ = await harness.queued_job()
        jobs.append(job)
    harness.now.forward(minutes=6)

    await asyncio.gather(*(harness.orchestrator.sweep() for _ in range(4)))

    assert sorted(task.job_id for task in await harness.sent_tasks()) == sorted(job.job_id for job in jobs)
    assert {(await harness.job(job.job_id)).redrives for job in jobs} == {1}


async def test_sweeper_does_not_redrive_a_job_that_has_progressed(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    harness.now.forward(minutes=6)
    overdue = await harness.job(job.job_id)
    await harness.orchestrator.begin(started(task))

    assert await harness.open_jobs.redrive(overdue) is None
    assert await harness.open_jobs.postpone(overdue) is None


async def test_drop_whose_start_was_lost_is_announced_with_its_own_version(harness: Harness) -> None:
    new = await harness.put_original("incoming/web/cat.jpg")
    await harness.orchestrator.start(new, redelivered=False)
    [queued] = await harness.all_jobs()
    await harness.forget_start(queued)
    await harness.put_original("incoming/web/cat.jpg", b"another job's")
    uploads = harness.orchestrator.queues[QueueName.UPLOADS].queue
    await until(lambda: holds(uploads, 2))
    await drained(uploads)
    harness.now.forward(minutes=6)

    await harness.orchestrator.sweep()

    [announcement] = await drained(uploads)
    assert UploadArrived.model_validate_json(announcement.body).original.version_id == new.version_id


async def test_failed_part_of_a_redriven_job_stays_failed(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    single = task.model_copy(update={"variants": task.variants[:1], "describe": False})
    name = single.variants[0].variant.name
    await harness.orchestrator.finish(finished(single, failed={name: DECODER_FAULT}))
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()
    [again] = await harness.sent_tasks()

    await harness.orchestrator.finish(finished(again))

    assert name not in {planned.variant.name for planned in again.variants}
    assert (await harness.job(job.job_id)).variants[name].fault == DECODER_FAULT
