"""Tests that jobs are published at their end and afterwards, whatever fails in between."""

import pytest
from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import JobStatus, new_job_id, results_bytes
from darkroom.public_copies import public_copies
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.public_copies import PublicCopies
from tests.orchestrator.harness import Harness
from tests.orchestrator.publishing.stories import (
    FAILED,
    are_public,
    counted,
    ended_job,
    partial_job,
    swept,
    works,
)


async def get(harness: Harness, key: str) -> GetObjectOutputTypeDef:
    return await harness.s3.get_object(Bucket=harness.settings.results_bucket, Key=key)


async def test_published_job_has_a_copy_of_each_result_when_it_ends(harness: Harness) -> None:
    job = await ended_job(harness, published=True)

    assert await are_public(harness, job)
    assert len(await harness.public_keys()) == 4
    copy = await get(harness, f"public/{job.job_id}/square-64.webp")
    assert await copy["Body"].read() == b"a picture"
    assert (copy["ContentType"], copy["ContentDisposition"]) == ("image/webp", "inline")
    assert (copy["CacheControl"], copy["Metadata"]) == ("public, max-age=31536000, immutable", {})


async def test_copies_count_as_stored_bytes(harness: Harness) -> None:
    job = await ended_job(harness, published=True)
    assert job.manifest is not None
    assert job.public_bytes == results_bytes(job)
    assert job.stored_bytes == 2 * results_bytes(job) + job.manifest.size == await counted(harness)


async def test_job_that_is_not_published_has_no_copies(harness: Harness) -> None:
    job = await ended_job(harness)
    assert (job.public_bytes, await harness.public_keys()) == (0, [])


async def test_repeated_report_makes_no_second_copies(harness: Harness) -> None:
    job, [task] = await harness.queued_job(published=True)
    report = await harness.put_results(task)
    for _ in range(3):
        await harness.orchestrator.finish(report)
    assert await are_public(harness, job)


async def test_report_that_died_after_its_copies_ends_the_job_when_it_comes_again(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, [task] = await harness.queued_job(published=True)
    report = await harness.put_results(task)
    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "advance", unavailable)
        with pytest.raises(Unavailable):
            await harness.orchestrator.finish(report)

    await harness.orchestrator.finish(report)

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert set(await harness.public_keys()) == set(public_copies(ended))


async def unavailable(*_: object, **__: object) -> None:
    raise Unavailable("AWS cannot be reached.")


async def test_retry_keeps_the_copies_in_place_and_adds_the_missing_one(harness: Harness) -> None:
    job = await partial_job(harness, published=True)
    before = {key: (await get(harness, key))["VersionId"] for key in await harness.public_keys()}
    assert len(before) == 3

    await harness.orchestrator.retry(job.job_id)
    assert list(before) == await harness.public_keys()
    [task] = await harness.sent_tasks()
    await harness.orchestrator.finish(await harness.put_results(task))

    assert await are_public(harness, job)
    after = {key: (await get(harness, key))["VersionId"] for key in await harness.public_keys()}
    assert f"public/{job.job_id}/{FAILED}.webp" in after.keys() - before.keys()
    assert {key: after[key] for key in before} == before
    assert (await harness.job(job.job_id)).stored_bytes == await counted(harness)


async def test_open_job_is_published_at_its_end(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    for _ in range(2):
        await harness.orchestrator.publish(job.job_id)
    assert (await harness.job(job.job_id)).published
    assert await harness.public_keys() == []
    await harness.orchestrator.finish(await harness.put_results(task))

    assert await are_public(harness, job)


async def test_ended_job_is_published_at_once(harness: Harness) -> None:
    job = await ended_job(harness)

    for _ in range(2):
        await harness.orchestrator.publish(job.job_id)

    assert await are_public(harness, job)
    assert await works(harness) == []
    assert (await harness.job(job.job_id)).stored_bytes == await counted(harness) == job.stored_bytes + 4 * 9


async def test_sweeper_finishes_a_publication_that_broke_off(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await ended_job(harness)
    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "publish_ended", unavailable)
        await harness.orchestrator.publish(job.job_id)
    assert not (await harness.job(job.job_id)).published
    assert await works(harness) == ["publish"]

    await swept(harness)

    assert set(await harness.public_keys()) == set(public_copies(job))
    assert (await harness.job(job.job_id)).published
    assert await works(harness) == []


async def test_job_that_is_retried_before_it_is_published_is_published_at_its_end(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await partial_job(harness)
    with monkeypatch.context() as patch:
        patch.setattr(PublicCopies, "make", unavailable)
        await harness.orchestrator.publish(job.job_id)
    await harness.orchestrator.retry(job.job_id)

    await swept(harness)
    assert (await harness.job(job.job_id)).published
    for task in await harness.sent_tasks():
        await harness.orchestrator.finish(await harness.put_results(task))

    assert await are_public(harness, job)


async def test_job_that_is_deleted_before_it_is_published_leaves_no_copies(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await ended_job(harness)
    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "publish_ended", unavailable)
        await harness.orchestrator.publish(job.job_id)
    assert await harness.public_keys()

    await harness.orchestrator.delete(job.job_id)

    assert await harness.public_keys() == []
    await swept(harness)
    assert await works(harness) == []


async def test_stopped_job_cannot_be_published(harness: Harness) -> None:
    job, _ = await harness.queued_job(published=True)
    await harness.orchestrator.cancel(job.job_id)
    with pytest.raises(Conflict, match="cancelled"):
        await harness.orchestrator.publish(job.job_id)


async def test_unknown_job_cannot_be_published(harness: Harness) -> None:
    with pytest.raises(NotFound):
        await harness.orchestrator.publish(new_job_id())


async def test_result_that_somebody_has_deleted_is_left_out(harness: Harness) -> None:
    job = await ended_job(harness)
    key = job.variants["square-64"].result
    assert key is not None
    await harness.s3.delete_object(Bucket=harness.settings.results_bucket, Key=key.key)

    await harness.orchestrator.publish(job.job_id)

    assert len(await harness.public_keys()) == 3
