"""Tests which originals expire and which last as long as their jobs, whatever fails in between."""

import asyncio

import pytest

from darkroom.errors import Unavailable
from darkroom.jobs import JobStatus
from darkroom.object_keys import upload_key
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.composition import Composition
from darkroom_orchestrator.storage.originals import Originals
from tests.orchestrator.harness import PRESETS, RECIPE, Harness

KEEPING = RECIPE.model_copy(update={"keep_original": True})
EXPIRES = {"expire": "7"}


def with_keeping_preset(harness: Harness) -> Composition:
    """Compose an orchestrator whose preset `web` keeps originals."""
    presets = {**PRESETS, "web": KEEPING}
    return Composition(harness.settings, harness.clients, presets, now=harness.now)


async def put_drop(harness: Harness, body: bytes = b"dropped") -> AnnouncedObject:
    return await harness.put_original("incoming/web/cat.jpg", body)


@pytest.mark.parametrize("direct", [False, True])
async def test_original_of_a_job_that_keeps_it_loses_its_tag(harness: Harness, *, direct: bool) -> None:
    job = await harness.waiting_job(direct=direct, keep_original=True)
    new = await harness.upload(job)
    assert await harness.tags_of(new.key, new.version_id) == EXPIRES

    await harness.orchestrator.start(new, redelivered=False)

    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED
    assert await harness.tags_of(new.key, new.version_id) == {}


async def test_other_originals_expire(harness: Harness) -> None:
    job = await harness.waiting_job()
    new = await harness.upload(job)

    await harness.orchestrator.start(new, redelivered=False)

    assert await harness.tags_of(new.key, new.version_id) == EXPIRES


async def test_refused_upload_expires(harness: Harness) -> None:
    job = await harness.waiting_job(keep_original=True)
    new = await harness.upload(job, b"")

    await harness.orchestrator.start(new, redelivered=False)

    assert await harness.tags_of(new.key, new.version_id) == EXPIRES


@pytest.mark.parametrize("redelivered", [False, True])
async def test_second_upload_to_an_address_expires_and_the_kept_one_stays(
    harness: Harness, *, redelivered: bool
) -> None:
    job = await harness.waiting_job(direct=True, keep_original=True)
    first = await harness.upload(job, b"first")
    await harness.orchestrator.start(first, redelivered=False)
    second = await harness.upload(job, b"second")

    await harness.orchestrator.start(second, redelivered=redelivered)

    assert await harness.tags_of(first.key, first.version_id) == {}
    assert await harness.tags_of(second.key, second.version_id) == EXPIRES


async def test_original_expires_if_its_job_was_cancelled_while_it_was_being_kept(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await harness.waiting_job(keep_original=True)
    new = await harness.upload(job)
    slots_for = harness.orchestrator.slots.slots_for

    async def cancelled_meanwhile(ready: object) -> object:
        assert await harness.tags_of(new.key, new.version_id) == {}
        await harness.orchestrator.cancel(job.job_id)
        return await slots_for(ready)  # type: ignore[arg-type]  # It is the job.

    monkeypatch.setattr(type(harness.orchestrator.slots), "slots_for", lambda _, ready: cancelled_meanwhile(ready))
    await harness.orchestrator.start(new, redelivered=False)

    assert (await harness.job(job.job_id)).status is JobStatus.CANCELLED
    assert await harness.tags_of(new.key, new.version_id) == EXPIRES


async def test_redelivery_lets_an_original_expire_that_a_crash_left_without_a_job(harness: Harness) -> None:
    job = await harness.waiting_job(keep_original=True)
    new = await harness.upload(job)
    await harness.s3.delete_object_tagging(
        Bucket=harness.settings.originals_bucket, Key=new.key, VersionId=new.version_id or ""
    )
    await harness.orchestrator.cancel(job.job_id)

    await harness.orchestrator.start(new, redelivered=True)

    assert await harness.tags_of(new.key, new.version_id) == EXPIRES


async def test_drop_that_is_kept_is_copied_before_its_job_begins_and_then_deleted(harness: Harness) -> None:
    orchestrator, drop = with_keeping_preset(harness), await put_drop(harness)

    await orchestrator.start(drop, redelivered=False)

    [job] = await harness.all_jobs()
    assert (job.status, job.keep_original) == (JobStatus.QUEUED, True)
    assert job.original is not None
    assert job.original.key == job.original_key == upload_key(job.job_id, "cat.jpg")
    assert await harness.original_keys() == [job.original_key]
    assert await harness.tags_of(job.original.key, job.original.version_id) == {}
    [task] = await harness.sent_tasks()
    assert task.original == job.original


async def test_drops_of_presets_that_keep_nothing_are_not_copied(harness: Harness) -> None:
    await harness.orchestrator.start(await put_drop(harness), redelivered=False)

    assert await harness.original_keys() == ["incoming/web/cat.jpg"]


async def test_simultaneous_announcements_of_a_kept_drop_leave_one_copy(harness: Harness) -> None:
    orchestrator, drop = with_keeping_preset(harness), await put_drop(harness)

    await asyncio.gather(*(orchestrator.start(drop, redelivered=False) for _ in range(6)))

    [job] = await harness.all_jobs()
    assert job.original is not None
    assert await harness.original_versions("") == [job.original.version_id]
    assert len(await harness.sent_tasks()) == 1


async def test_refused_drop_of_a_keeping_preset_stays_where_it_is_and_goes_with_its_job(harness: Harness) -> None:
    orchestrator, drop = with_keeping_preset(harness), await put_drop(harness, b"")

    await orchestrator.start(drop, redelivered=False)

    [job] = await harness.all_jobs()
    assert job.status is JobStatus.FAILED
    assert await harness.original_keys() == ["incoming/web/cat.jpg"]
    await orchestrator.delete(job.job_id)
    assert await harness.original_keys() == []


async def test_sweeper_requests_the_copy_of_a_drop_whose_start_broke_off(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestrator, drop = with_keeping_preset(harness), await put_drop(harness)

    async def away(*_: object) -> None:
        raise Unavailable("S3 cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(Originals, "copy", away)
        with pytest.raises(Unavailable):
            await orchestrator.start(drop, redelivered=False)
    await harness.requested()
    harness.now.forward(minutes=6)
    await orchestrator.sweep()

    [request] = await harness.requested()
    [job] = await harness.all_jobs()
    assert f'"job_id":"{job.job_id}"' in request.body
    await orchestrator.begin_copy.of(job.job_id, redelivered=False)
    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED
    assert await harness.original_keys() == [job.original_key]
