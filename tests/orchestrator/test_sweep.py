"""Sweeping: what was lost is asked for again, and given up in the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from darkroom.jobs import Job, JobStatus
from darkroom.messages import TaskReport, UploadArrived
from darkroom.runtime.queue import Queue
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_item import to_item
from darkroom_orchestrator.adapters.job_store import EXPIRED_KEPT, WORK_PERIOD
from darkroom_orchestrator.api import QueueName
from darkroom_orchestrator.sweep import MOST_REDRIVES
from tests.orchestrator.site import DECODER_FAULT, Site, drained, finished, started
from tests.support.waiting import until


async def holds(queue: Queue, messages: int) -> bool:
    """Whether so many messages wait."""
    return (await queue.depth()).visible == messages


async def test_nothing_is_overdue_before_its_deadline(site: Site) -> None:
    waiting = await site.waiting_job()
    queued, _ = await site.queued_job()
    site.now.forward(minutes=4, seconds=59)

    assert await site.orchestrator.sweep() == 0
    assert {(await site.job(job.job_id)).redrives for job in (waiting, queued)} == {0}


async def test_a_job_without_its_object_expires(site: Site) -> None:
    job = await site.waiting_job()
    site.now.forward(minutes=6)

    assert await site.orchestrator.sweep() == 1

    assert (await site.job(job.job_id)).status is JobStatus.EXPIRED
    assert [event.status for event in await site.events()] == [JobStatus.EXPIRED]
    assert await site.open_ids() == []
    assert await site.orchestrator.sweep() == 0


async def test_a_job_that_expires_is_given_back_to_its_caller_once(site: Site) -> None:
    counter = {"id": {"S": "usage#ann#2026-11-22"}}
    table = site.settings.accounts_table
    count = {**counter, "used_jobs": {"N": "3"}, "used_bytes": {"N": "1000"}}
    await site.clients.dynamodb.put_item(TableName=table, Item=count)
    gone = "usage#ann#2026-11-01"
    charged = [replace(await site.waiting_job(), charged_to=to, source_bytes=100) for to in (counter["id"]["S"], gone)]
    for job in charged:
        await site.clients.dynamodb.put_item(TableName=site.settings.jobs_table, Item=to_item(job))
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()
    # As a sweeper does it that died before it took the job out of the index.
    for job in charged:
        assert await site.orchestrator.refunds.give_back(job)

    answer = await site.clients.dynamodb.get_item(TableName=table, Key=counter)
    assert (answer["Item"]["used_jobs"], answer["Item"]["used_bytes"]) == ({"N": "2"}, {"N": "900"})
    assert {(await site.job(job.job_id)).status for job in charged} == {JobStatus.EXPIRED}
    assert await site.open_ids() == []


async def test_an_object_that_nobody_announced_is_announced(site: Site) -> None:
    job = await site.waiting_job()
    new = await site.upload(job)
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    [announcement] = await drained(site.orchestrator.queues[QueueName.UPLOADS].queue)
    arrived = UploadArrived.model_validate_json(announcement.body)
    assert (arrived.job_id, arrived.source.key, arrived.source.version_id) == (job.job_id, new.key, new.version_id)
    await site.orchestrator.start(new, redelivered=False)
    queued = await site.job(job.job_id)
    assert (queued.status, queued.redrives) == (JobStatus.QUEUED, 0)


async def test_an_object_that_cannot_be_started_expires_in_the_end(site: Site) -> None:
    job = await site.waiting_job()
    await site.upload(job)

    for _ in range(MOST_REDRIVES + 1):
        site.now.forward(minutes=6)
        await site.orchestrator.sweep()
        await drained(site.orchestrator.queues[QueueName.UPLOADS].queue)

    assert (await site.job(job.job_id)).status is JobStatus.EXPIRED


async def test_lost_tasks_are_sent_again_for_what_is_pending(site: Site) -> None:
    job = await site.waiting_job()
    await site.with_settings(max_variants_per_task=2).start(await site.upload(job), redelivered=False)
    first, second = await site.sent_tasks()
    await site.orchestrator.finish(finished(first))
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    [task] = await site.sent_tasks()
    assert (task.variants, task.describe, task.attempt) == (second.variants, second.describe, 1)
    redriven = await site.job(job.job_id)
    assert (redriven.redrives, redriven.status) == (1, JobStatus.PROCESSING)
    assert redriven.deadline == (site.now() + WORK_PERIOD).replace(microsecond=0)


async def test_a_job_has_a_period_from_its_last_progress_on(site: Site) -> None:
    job = await site.waiting_job()
    await site.with_settings(max_variants_per_task=2).start(await site.upload(job), redelivered=False)
    first, second = await site.sent_tasks()
    site.now.forward(minutes=4)
    await site.orchestrator.begin(started(second))
    site.now.forward(seconds=30)
    await site.orchestrator.finish(finished(first))
    progressed = site.now()
    assert (await site.job(job.job_id)).deadline == job.created_at.replace(microsecond=0) + WORK_PERIOD, (
        "no step moves it"
    )
    site.now.forward(minutes=4)

    await site.orchestrator.sweep()

    found = await site.job(job.job_id)
    assert (found.redrives, await site.sent_tasks()) == (0, [])
    assert found.deadline == (progressed + WORK_PERIOD).replace(microsecond=0)
    assert await site.orchestrator.sweep() == 0
    site.now.forward(minutes=2)
    await site.orchestrator.sweep()
    assert (await site.job(job.job_id)).redrives == 1


async def test_a_presigned_job_that_gets_lost_is_found_as_soon_as_any(site: Site) -> None:
    job = await site.waiting_job()
    later = replace(job, deadline=job.created_at + timedelta(minutes=12))
    await site.clients.dynamodb.put_item(TableName=site.settings.jobs_table, Item=to_item(later))
    await site.orchestrator.start(await site.upload(job), redelivered=False)
    assert (await site.job(job.job_id)).deadline == (site.now() + WORK_PERIOD).replace(microsecond=0)


async def test_an_expired_job_is_kept_for_a_week_and_then_left_to_the_ttl_with_its_parts(site: Site) -> None:
    job = await site.waiting_job()
    site.now.forward(minutes=6)
    await site.orchestrator.sweep()

    items = (await site.clients.dynamodb.scan(TableName=site.settings.jobs_table))["Items"]
    assert {item["job_id"]["S"].removeprefix(job.job_id) for item in items} == {"", "#recipe", "#details"}
    assert {int(item["expires_at"]["N"]) for item in items} == {epoch(site.now() + EXPIRED_KEPT)}
    await site.orchestrator.delete(job.job_id)
    assert (await site.clients.dynamodb.scan(TableName=site.settings.jobs_table))["Items"] == []


async def test_a_job_that_ended_otherwise_is_kept(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task))
    await site.orchestrator.cancel((await site.waiting_job()).job_id)
    items = (await site.clients.dynamodb.scan(TableName=site.settings.jobs_table))["Items"]
    assert job.job_id in {item["job_id"]["S"] for item in items}
    assert not [item for item in items if "expires_at" in item]


async def test_a_job_that_gets_lost_again_and_again_fails_as_lost(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.begin(started(task))
    for _ in range(MOST_REDRIVES):
        site.now.forward(minutes=6)
        await site.orchestrator.sweep()
        assert len(await site.sent_tasks()) == 1
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    assert await site.sent_tasks() == []
    [delivery] = await drained(site.orchestrator.queues[QueueName.REPORTS].queue)
    await site.report(TaskReport.validate_json(delivery.body))
    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.FAILED
    assert ended.fault is not None
    assert ended.fault.code == "lost"
    assert [event.fault for event in await site.events()] == [ended.fault]


async def test_a_lost_job_keeps_what_it_has(site: Site) -> None:
    job = await site.waiting_job()
    await site.with_settings(max_variants_per_task=2).start(await site.upload(job), redelivered=False)
    first, second = await site.sent_tasks()
    await site.orchestrator.finish(finished(first))
    for _ in range(MOST_REDRIVES + 1):
        site.now.forward(minutes=6)
        await site.orchestrator.sweep()
        await site.sent_tasks()
    [delivery] = await drained(site.orchestrator.queues[QueueName.REPORTS].queue)

    await site.report(TaskReport.validate_json(delivery.body))

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.PARTIALLY_COMPLETED
    assert {state.fault.code for state in ended.variants.values() if state.fault} == {"lost"}
    assert sum(state.result is not None for state in ended.variants.values()) == len(second.variants)


async def test_sweepers_at_the_same_time_send_tasks_once(site: Site) -> None:
    jobs: list[Job] = []
    for _ in range(4):
        job, _ = await site.queued_job()
        jobs.append(job)
    site.now.forward(minutes=6)

    await asyncio.gather(*(site.orchestrator.sweep() for _ in range(4)))

    assert sorted(task.job_id for task in await site.sent_tasks()) == sorted(job.job_id for job in jobs)
    assert {(await site.job(job.job_id)).redrives for job in jobs} == {1}


async def test_the_sweeper_loses_against_progress(site: Site) -> None:
    job, [task] = await site.queued_job()
    site.now.forward(minutes=6)
    overdue = await site.job(job.job_id)
    await site.orchestrator.begin(started(task))

    assert await site.jobs.redrive(overdue) is None
    assert await site.jobs.postpone(overdue) is None


async def test_a_drop_whose_start_was_lost_is_announced_in_its_own_version(site: Site) -> None:
    new = await site.put_original("incoming/web/cat.jpg")
    await site.orchestrator.start(new, redelivered=False)
    [queued] = await site.all_jobs()
    await site.forget_start(queued)
    await site.put_original("incoming/web/cat.jpg", b"another job's")
    uploads = site.orchestrator.queues[QueueName.UPLOADS].queue
    await until(lambda: holds(uploads, 2))
    await drained(uploads)
    site.now.forward(minutes=6)

    await site.orchestrator.sweep()

    [announcement] = await drained(uploads)
    assert UploadArrived.model_validate_json(announcement.body).source.version_id == new.version_id


async def test_a_failed_part_of_a_redriven_job_stays_failed(site: Site) -> None:
    job, [task] = await site.queued_job()
    single = task.model_copy(update={"variants": task.variants[:1], "describe": False})
    name = single.variants[0].variant.name
    await site.orchestrator.finish(finished(single, failed={name: DECODER_FAULT}))
    site.now.forward(minutes=6)
    await site.orchestrator.sweep()
    [again] = await site.sent_tasks()

    await site.orchestrator.finish(finished(again))

    assert name not in {planned.variant.name for planned in again.variants}
    assert (await site.job(job.job_id)).variants[name].fault == DECODER_FAULT
