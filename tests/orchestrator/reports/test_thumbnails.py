"""Tests that a job names its thumbnail, counts it, and leaves none that it does not name."""

import pytest

from darkroom.jobs import Job, JobStatus, Thumbnail
from darkroom.messages import ProcessTask, TaskFinished
from darkroom.object_keys import thumbnail_key
from darkroom.recipes import Recipe
from darkroom.tables.storage_counter import stored_size
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished

THUMBNAIL = Thumbnail(width=320, height=240, size=5)
ONLY_METADATA = Recipe(variants=())


async def reported(harness: Harness, task: ProcessTask) -> TaskFinished:
    """Store the thumbnail of a task as a processor does, and return its report."""
    assert task.thumbnail_key
    await harness.s3.put_object(Bucket=harness.settings.results_bucket, Key=task.thumbnail_key, Body=b"small")
    return finished(task).model_copy(update={"thumbnail": THUMBNAIL})


async def described_job(harness: Harness) -> Job:
    job, [task] = await harness.queued_job(ONLY_METADATA)
    await harness.orchestrator.finish(await reported(harness, task))
    return await harness.job(job.job_id)


async def test_job_names_the_thumbnail_and_counts_its_bytes(harness: Harness) -> None:
    job = await described_job(harness)
    assert job.thumbnail == THUMBNAIL
    assert job.manifest
    assert job.stored_bytes == stored_size(job) == job.manifest.size + THUMBNAIL.size


async def test_only_the_task_that_describes_makes_the_thumbnail(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=1).start(await harness.upload(job), redelivered=False)
    first, *others = await harness.sent_tasks()
    assert (first.describe, first.thumbnail_key) == (True, thumbnail_key(job.job_id))
    assert {task.thumbnail_key for task in others} == {None}


async def test_installation_without_thumbnails_asks_for_none(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(thumbnails=False).start(await harness.upload(job), redelivered=False)
    [task] = await harness.sent_tasks()
    assert task.describe
    assert task.thumbnail_key is None


async def test_repeated_report_keeps_the_thumbnail(harness: Harness) -> None:
    job, [task] = await harness.queued_job(ONLY_METADATA)
    for _ in range(3):
        await harness.orchestrator.finish(await reported(harness, task))
    assert set(await harness.result_keys()) == {thumbnail_key(job.job_id)}
    assert (await harness.job(job.job_id)).thumbnail == THUMBNAIL


@pytest.mark.parametrize("delete", [False, True], ids=["cancelled", "deleted"])
async def test_thumbnail_that_comes_after_a_job_was_stopped_is_deleted(harness: Harness, *, delete: bool) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.cancel(job.job_id)
    if delete:
        await harness.orchestrator.delete(job.job_id)
    await harness.orchestrator.finish(await reported(harness, task))
    assert await harness.result_keys() == []
    assert thumbnail_key(job.job_id) in await harness.result_markers()


async def test_cancelled_job_keeps_and_counts_the_thumbnail_that_it_has(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=1).start(await harness.upload(job), redelivered=False)
    first, *_ = await harness.sent_tasks()
    seen = await harness.job(job.job_id)
    report = (await reported(harness, first)).model_copy(update={"outcomes": ()})
    await harness.orchestrator.finish(report)
    assert await harness.jobs.cancel(seen) is None, "the thumbnail came after the job was read"
    await harness.orchestrator.cancel(job.job_id)
    cancelled = await harness.job(job.job_id)
    assert cancelled.status is JobStatus.CANCELLED
    assert cancelled.stored_bytes == THUMBNAIL.size
    assert await harness.result_keys() == [thumbnail_key(job.job_id)]


async def test_deletion_removes_the_thumbnail(harness: Harness) -> None:
    job = await described_job(harness)
    await harness.orchestrator.delete(job.job_id)
    assert await harness.result_keys() == []
    assert thumbnail_key(job.job_id) in await harness.result_markers()


async def test_retry_keeps_the_thumbnail(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await reported(harness, task)
    failed = finished(task, failed={"square-64": DECODER_FAULT})
    await harness.orchestrator.finish(failed.model_copy(update={"thumbnail": THUMBNAIL}))
    await harness.orchestrator.retry(job.job_id)
    [again] = await harness.sent_tasks()
    assert again.thumbnail_key is None
    await harness.orchestrator.finish(finished(again))
    assert (await harness.job(job.job_id)).thumbnail == THUMBNAIL
    assert thumbnail_key(job.job_id) in await harness.result_keys()
