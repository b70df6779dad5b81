"""Tests how jobs begin whose originals are copies of others, whatever fails in between."""

import asyncio

import pytest

from darkroom.errors import OriginalGone, Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.messages import CopyRequested
from darkroom_orchestrator.jobs.sweep import MOST_REDRIVES
from tests.orchestrator.harness import Harness

EXPIRES = {"expire": "7"}


async def second_run(harness: Harness, *, keep_original: bool = False) -> tuple[Job, Job]:
    """Return a job with an original, and a job that awaits a copy of it."""
    source, _ = await harness.queued_job()
    job = await harness.waiting_job(original_of=source.job_id, copied_from=source.original, keep_original=keep_original)
    return source, job


@pytest.mark.parametrize("keep_original", [False, True])
async def test_copy_has_its_own_version_and_lifetime(harness: Harness, *, keep_original: bool) -> None:
    source, waiting = await second_run(harness, keep_original=keep_original)

    await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=False)

    job = await harness.job(waiting.job_id)
    assert (job.status, source.original is not None) == (JobStatus.QUEUED, True)
    assert job.original is not None
    assert source.original is not None
    assert (job.original.key, job.original.size) == (job.original_key, source.original.size)
    copied = await harness.s3.get_object(
        Bucket=harness.settings.originals_bucket, Key=job.original.key, VersionId=job.original.version_id or ""
    )
    assert await copied["Body"].read() == b"bytes of an image"
    assert (copied["ContentType"], copied["Metadata"]) == ("image/jpeg", {"job-id": job.job_id})
    tags = await harness.tags_of(job.original.key, job.original.version_id)
    assert tags == ({} if keep_original else EXPIRES)
    assert [task.original for task in await harness.sent_tasks()] == [job.original]


async def test_each_job_is_deleted_without_the_others_original(harness: Harness) -> None:
    source, waiting = await second_run(harness)
    await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=False)

    await harness.orchestrator.cancel(source.job_id)
    await harness.orchestrator.delete(source.job_id)
    assert await harness.original_keys() == [waiting.original_key]

    await harness.orchestrator.cancel(waiting.job_id)
    await harness.orchestrator.delete(waiting.job_id)
    assert await harness.original_keys() == []


async def test_job_fails_if_the_original_is_gone_before_it_is_copied(harness: Harness) -> None:
    source, waiting = await second_run(harness, keep_original=True)
    await harness.orchestrator.cancel(source.job_id)
    await harness.orchestrator.delete(source.job_id)

    for redelivered in (False, True):
        await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=redelivered)

    job = await harness.job(waiting.job_id)
    assert (job.status, job.original) == (JobStatus.FAILED, None)
    assert job.fault is not None
    assert job.fault.code == OriginalGone.code
    assert JobStatus.FAILED in [event.status for event in await harness.events()]


async def test_kept_original_of_another_job_stays_kept_whatever_happens_to_its_copy(harness: Harness) -> None:
    source = await harness.waiting_job(keep_original=True)
    await harness.orchestrator.start(await harness.upload(source), redelivered=False)
    source = await harness.job(source.job_id)
    assert source.original is not None
    cancelled = await harness.waiting_job(original_of=source.job_id, copied_from=source.original, keep_original=True)
    await harness.orchestrator.cancel(cancelled.job_id)

    await harness.orchestrator.begin_copy.of(cancelled.job_id, redelivered=True)
    await harness.orchestrator.delete(cancelled.job_id)

    assert await harness.tags_of(source.original.key, source.original.version_id) == {}
    assert await harness.original_keys() == [source.original_key]


async def test_simultaneous_requests_leave_one_copy_and_send_the_tasks_once(harness: Harness) -> None:
    _, waiting = await second_run(harness, keep_original=True)

    await asyncio.gather(*(harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=False) for _ in range(6)))

    job = await harness.job(waiting.job_id)
    assert job.original is not None
    assert await harness.original_versions(job.original_key) == [job.original.version_id]
    assert await harness.tags_of(job.original.key, job.original.version_id) == {}
    assert len(await harness.sent_tasks()) == 1


async def test_copy_that_broke_off_is_found_and_not_made_again(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, waiting = await second_run(harness)

    async def away(*_: object) -> None:
        raise Unavailable("DynamoDB cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(type(harness.orchestrator.slots), "slots_for", away)
        with pytest.raises(Unavailable):
            await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=False)
    [version] = await harness.original_versions(waiting.original_key)

    await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=True)

    job = await harness.job(waiting.job_id)
    assert (job.status, job.original and job.original.version_id) == (JobStatus.QUEUED, version)


async def test_redelivery_deletes_the_copy_that_another_handler_left(harness: Harness) -> None:
    source, waiting = await second_run(harness)
    await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=False)
    await harness.put_original(waiting.original_key)
    await harness.sent_tasks()

    await harness.orchestrator.begin_copy.of(waiting.job_id, redelivered=True)

    job = await harness.job(waiting.job_id)
    assert job.original is not None
    assert await harness.original_versions(waiting.original_key) == [job.original.version_id]
    assert len(await harness.original_versions(source.original_key)) == 1
    assert [task.job_id for task in await harness.sent_tasks()] == [job.job_id]


async def test_sweeper_requests_a_copy_five_times_and_then_lets_the_job_expire(harness: Harness) -> None:
    _, waiting = await second_run(harness)
    for _ in range(MOST_REDRIVES):
        harness.now.forward(minutes=6)
        await harness.orchestrator.sweep()
        bodies = [one.body for one in await harness.requested()]
        assert bodies == [CopyRequested(job_id=waiting.job_id).model_dump_json()]

    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()

    assert await harness.requested() == []
    assert (await harness.job(waiting.job_id)).status is JobStatus.EXPIRED


async def test_requests_for_unknown_jobs_and_other_jobs_do_nothing(harness: Harness) -> None:
    job = await harness.waiting_job()
    for job_id in (job.job_id, "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"):
        await harness.orchestrator.begin_copy.of(job_id, redelivered=False)

    assert (await harness.job(job.job_id)).status is JobStatus.AWAITING_UPLOAD
    assert await harness.original_keys() == []
