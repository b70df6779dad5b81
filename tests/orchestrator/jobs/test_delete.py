"""Tests that a job is deleted with all its objects, and that an interrupted deletion can be repeated."""

import pytest

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.object_keys import manifest_key
from darkroom_orchestrator.storage import results
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import started


async def completed_job(harness: Harness) -> Job:
    """Return a completed job whose original and results are in the buckets."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(await harness.put_results(task))
    return await harness.job(job.job_id)


async def test_deletion_removes_record_original_and_results_with_all_versions(harness: Harness) -> None:
    job = await completed_job(harness)
    other = await completed_job(harness)
    await harness.upload(job, b"a second version")
    await harness.s3.delete_object(Bucket=harness.settings.originals_bucket, Key=job.original_key)

    await harness.orchestrator.delete(job.job_id)

    assert await harness.jobs.get(job.job_id) is None
    table = (await harness.clients.dynamodb.scan(TableName=harness.settings.jobs_table))["Items"]
    assert {item["job_id"]["S"] for item in table} == {
        *(f"{other.job_id}{part}" for part in ("", "#recipe", "#details")),
        f"{job.job_id}#deleted",
    }
    [tombstone] = [item for item in table if item["job_id"]["S"].endswith("#deleted")]
    assert "expires_at" in tombstone
    assert tombstone["owner"]["S"] == job.owner
    assert await harness.original_keys() == [other.original_key]
    assert len(await harness.result_keys()) == 4
    assert all(other.job_id in key for key in await harness.result_keys())


async def test_each_deleted_result_leaves_one_marker_for_copies_of_the_bucket(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    for _ in range(2):
        await harness.orchestrator.finish(await harness.put_results(task))
    job = await harness.job(job.job_id)
    results = {state.result.key for state in job.variants.values() if state.result}

    await harness.orchestrator.delete(job.job_id)

    assert await harness.result_markers() == sorted([*results, manifest_key(job.job_id)])
    assert await harness.result_keys() == await harness.manifest_versions() == []


async def test_deletion_that_died_after_its_markers_leaves_no_second_markers(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await completed_job(harness)
    with monkeypatch.context() as patch:
        patch.setattr(results, "delete_versions", unavailable)
        with pytest.raises(Unavailable):
            await harness.orchestrator.delete(job.job_id)
    markers = await harness.result_markers()
    assert len(markers) == len(await harness.result_keys()) + 1 == 5

    await harness.orchestrator.delete(job.job_id)

    assert await harness.result_markers() == markers
    assert await harness.result_keys() == await harness.manifest_versions() == []


async def unavailable(*_: object) -> None:
    raise Unavailable("S3 cannot be reached.")


async def test_second_deletion_finds_nothing(harness: Harness) -> None:
    job = await completed_job(harness)
    await harness.orchestrator.delete(job.job_id)

    with pytest.raises(NotFound):
        await harness.orchestrator.delete(job.job_id)


async def test_next_deletion_finishes_an_interrupted_one(harness: Harness) -> None:
    job = await completed_job(harness)
    assert job.original is not None
    assert await harness.jobs.begin_deletion(job)
    await harness.s3.delete_object(
        Bucket=harness.settings.originals_bucket, Key=job.original_key, VersionId=job.original.version_id or ""
    )

    await harness.orchestrator.delete(job.job_id)

    assert await harness.jobs.get(job.job_id) is None
    assert (await harness.original_keys(), await harness.result_keys()) == ([], [])


async def test_record_without_the_mark_of_deletion_stays(harness: Harness) -> None:
    job = await completed_job(harness)

    await harness.jobs.end_deletion(job)

    assert await harness.job(job.job_id) == job


async def test_open_job_is_not_deleted(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))

    with pytest.raises(Conflict, match="cancel"):
        await harness.orchestrator.delete(job.job_id)

    assert (await harness.job(job.job_id)).status is JobStatus.PROCESSING
    assert await harness.original_keys() == [job.original_key]


async def test_object_whose_key_has_the_same_prefix_stays(harness: Harness) -> None:
    job = await completed_job(harness)
    await harness.put_original(f"{job.original_key}.bak")

    await harness.orchestrator.delete(job.job_id)

    assert await harness.original_keys() == [f"{job.original_key}.bak"]


async def test_deletion_of_a_drop_removes_only_the_pinned_version(harness: Harness) -> None:
    await harness.orchestrator.start(await harness.put_original("incoming/nonsense/cat.jpg"), redelivered=False)
    [job] = await harness.all_jobs()
    newer = await harness.put_original("incoming/nonsense/cat.jpg", b"another job's")

    await harness.orchestrator.delete(job.job_id)

    answer = await harness.s3.list_object_versions(Bucket=harness.settings.originals_bucket)
    assert [version["VersionId"] for version in answer["Versions"]] == [newer.version_id]
    assert "DeleteMarkers" not in answer
