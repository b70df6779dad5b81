"""Tests that nothing stays public of a job that is unpublished, cancelled or deleted, whatever fails in between."""

import pytest

from darkroom.errors import NotFound, Unavailable
from darkroom.jobs import JobStatus, new_job_id
from darkroom.public_copies import public_copies
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.public_copies import PublicCopies
from tests.orchestrator.harness import Harness
from tests.orchestrator.publishing.stories import are_public, counted, ended_job, partial_job, swept, works


async def unavailable(*_: object, **__: object) -> None:
    raise Unavailable("AWS cannot be reached.")


async def test_unpublished_job_loses_its_copies_and_keeps_its_results(harness: Harness) -> None:
    job = await ended_job(harness, published=True)

    for _ in range(2):
        await harness.orchestrator.unpublish(job.job_id)

    after = await harness.job(job.job_id)
    assert (after.published, after.public_bytes, await harness.public_keys()) == (False, 0, [])
    assert len(await harness.result_keys()) == 4
    assert after.stored_bytes == await counted(harness) == job.stored_bytes - job.public_bytes
    assert set(public_copies(job)) <= set(await harness.result_markers()), "copies of the bucket forget them too"


async def test_withdrawal_ends_a_period_later(harness: Harness) -> None:
    job = await ended_job(harness, published=True)
    await harness.orchestrator.unpublish(job.job_id)
    assert await works(harness) == ["withdraw"]
    await harness.events()

    await swept(harness)

    assert await works(harness) == []
    assert await harness.events() == [], "the end of the job is not announced again"


async def test_job_that_was_never_published_has_nothing_to_withdraw(harness: Harness) -> None:
    job = await ended_job(harness)
    await harness.orchestrator.unpublish(job.job_id)
    assert await works(harness) == []
    assert await harness.job(job.job_id) == job


async def test_unknown_job_cannot_be_unpublished(harness: Harness) -> None:
    with pytest.raises(NotFound):
        await harness.orchestrator.unpublish(new_job_id())


async def test_sweeper_finishes_a_withdrawal_that_broke_off(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await ended_job(harness, published=True)
    with monkeypatch.context() as patch:
        patch.setattr(PublicCopies, "remove", unavailable)
        with pytest.raises(Unavailable):
            await harness.orchestrator.unpublish(job.job_id)
    assert not (await harness.job(job.job_id)).published

    await swept(harness)

    assert (await harness.public_keys(), await works(harness)) == ([], [])


async def test_sweeper_finds_copies_that_a_late_report_has_stored(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, [task] = await harness.queued_job(published=True)
    report, advance = await harness.put_results(task), JobStore.advance

    async def withdrawn_first(self: JobStore, *arguments: object, **more: object) -> object:
        monkeypatch.undo()
        await harness.orchestrator.unpublish(job.job_id)
        await copy_again(harness, job.job_id)
        return await advance(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(JobStore, "advance", withdrawn_first)
    await harness.orchestrator.finish(report)

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.published, ended.public_bytes) == (JobStatus.COMPLETED, False, 0)
    assert await harness.public_keys() != []
    await swept(harness)
    assert await harness.public_keys() == []


async def copy_again(harness: Harness, job_id: str) -> None:
    """Store a copy, as a report does that has read the job before it was unpublished."""
    bucket = harness.settings.results_bucket
    await harness.s3.put_object(Bucket=bucket, Key=f"public/{job_id}/square-64.webp", Body=b"a picture")


async def test_unpublished_while_a_retry_runs(harness: Harness) -> None:
    job = await partial_job(harness, published=True)
    await harness.orchestrator.retry(job.job_id)
    [task] = await harness.sent_tasks()

    await harness.orchestrator.unpublish(job.job_id)
    assert await harness.public_keys() == []
    await harness.orchestrator.finish(await harness.put_results(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.published, await harness.public_keys()) == (JobStatus.COMPLETED, False, [])
    assert ended.stored_bytes == await counted(harness)


async def test_cancelled_job_leaves_no_copies(harness: Harness) -> None:
    job = await partial_job(harness, published=True)
    await harness.orchestrator.retry(job.job_id)

    cancelled = await harness.orchestrator.cancel(job.job_id)

    assert (cancelled.published, await harness.public_keys()) == (False, [])
    assert (await harness.job(job.job_id)).stored_bytes == await counted(harness)
    await swept(harness)
    assert await works(harness) == []


async def test_deleted_job_leaves_no_copies(harness: Harness) -> None:
    job = await ended_job(harness, published=True)

    await harness.orchestrator.delete(job.job_id)

    assert (await harness.public_keys(), await harness.result_keys(), await counted(harness)) == ([], [], 0)
    assert await works(harness) == ["withdraw"], "it outlives the record"
    await swept(harness)
    assert (await works(harness), await harness.jobs.get(job.job_id)) == ([], None)


async def test_deletion_does_not_wait_for_a_withdrawal(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await ended_job(harness, published=True)
    with monkeypatch.context() as patch:
        patch.setattr(PublicCopies, "remove", unavailable)
        await harness.orchestrator.delete(job.job_id)
    assert await harness.jobs.get(job.job_id) is None

    await swept(harness)

    assert (await harness.public_keys(), await works(harness)) == ([], [])


async def test_job_published_again_during_its_withdrawal_is_published_after_it(harness: Harness) -> None:
    job = await ended_job(harness, published=True)
    await harness.orchestrator.unpublish(job.job_id)

    await harness.orchestrator.publish(job.job_id)
    assert (await harness.public_keys(), await works(harness)) == ([], ["withdraw"])
    await swept(harness)

    assert await are_public(harness, job)
    assert await works(harness) == []


async def test_last_wish_counts(harness: Harness) -> None:
    job = await ended_job(harness, published=True)
    for _ in range(2):
        await harness.orchestrator.unpublish(job.job_id)
        await harness.orchestrator.publish(job.job_id)
    await harness.orchestrator.unpublish(job.job_id)

    for _ in range(2):
        await swept(harness)

    assert (await harness.public_keys(), await works(harness)) == ([], [])
    assert not (await harness.job(job.job_id)).published
