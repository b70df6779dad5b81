"""Delete: a job goes with all its objects, and can be taken up again where it was left."""

import pytest

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.object_keys import manifest_key
from darkroom_orchestrator.adapters import results
from tests.orchestrator.site import Site, started


async def completed_job(site: Site) -> Job:
    """A job with its source and results in the buckets."""
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(await site.put_results(task))
    return await site.job(job.job_id)


async def test_record_source_and_results_go_with_all_versions(site: Site) -> None:
    job = await completed_job(site)
    other = await completed_job(site)
    await site.upload(job, b"a second version")
    await site.s3.delete_object(Bucket=site.settings.originals_bucket, Key=job.source_key)

    await site.orchestrator.delete(job.job_id)

    assert await site.jobs.get(job.job_id) is None
    table = (await site.clients.dynamodb.scan(TableName=site.settings.jobs_table))["Items"]
    assert {item["job_id"]["S"] for item in table} == {f"{other.job_id}{part}" for part in ("", "#recipe", "#details")}
    assert await site.original_keys() == [other.source_key]
    assert len(await site.result_keys()) == 4
    assert all(other.job_id in key for key in await site.result_keys())


async def test_each_deleted_result_leaves_one_marker_which_copies_of_the_bucket_follow(site: Site) -> None:
    job, [task] = await site.queued_job()
    for _ in range(2):
        await site.orchestrator.finish(await site.put_results(task))
    job = await site.job(job.job_id)
    results = {state.result.key for state in job.variants.values() if state.result}

    await site.orchestrator.delete(job.job_id)

    assert await site.result_markers() == sorted([*results, manifest_key(job.job_id)])
    assert await site.result_keys() == await site.manifest_versions() == []


async def test_a_deletion_that_died_after_its_markers_leaves_no_second_ones(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await completed_job(site)
    with monkeypatch.context() as patch:
        patch.setattr(results, "delete_versions", unavailable)
        with pytest.raises(Unavailable):
            await site.orchestrator.delete(job.job_id)
    markers = await site.result_markers()
    assert len(markers) == len(await site.result_keys()) + 1 == 5

    await site.orchestrator.delete(job.job_id)

    assert await site.result_markers() == markers
    assert await site.result_keys() == await site.manifest_versions() == []


async def unavailable(*_: object) -> None:
    raise Unavailable("S3 cannot be reached.")


async def test_a_second_deletion_finds_nothing(site: Site) -> None:
    job = await completed_job(site)
    await site.orchestrator.delete(job.job_id)

    with pytest.raises(NotFound):
        await site.orchestrator.delete(job.job_id)


async def test_a_deletion_that_was_cut_short_is_finished_by_the_next(site: Site) -> None:
    job = await completed_job(site)
    assert job.source is not None
    assert await site.jobs.begin_deletion(job)
    await site.s3.delete_object(
        Bucket=site.settings.originals_bucket, Key=job.source_key, VersionId=job.source.version_id or ""
    )

    await site.orchestrator.delete(job.job_id)

    assert await site.jobs.get(job.job_id) is None
    assert (await site.original_keys(), await site.result_keys()) == ([], [])


async def test_a_record_without_the_mark_of_deletion_stays(site: Site) -> None:
    job = await completed_job(site)

    await site.jobs.end_deletion(job)

    assert await site.job(job.job_id) == job


async def test_an_open_job_is_not_deleted(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.begin(started(task))

    with pytest.raises(Conflict, match="cancel"):
        await site.orchestrator.delete(job.job_id)

    assert (await site.job(job.job_id)).status is JobStatus.PROCESSING
    assert await site.original_keys() == [job.source_key]


async def test_a_key_that_only_begins_alike_stays(site: Site) -> None:
    job = await completed_job(site)
    await site.put_original(f"{job.source_key}.bak")

    await site.orchestrator.delete(job.job_id)

    assert await site.original_keys() == [f"{job.source_key}.bak"]


async def test_of_a_drop_only_the_pinned_version_goes(site: Site) -> None:
    await site.orchestrator.start(await site.put_original("incoming/nonsense/cat.jpg"), redelivered=False)
    [job] = await site.all_jobs()
    newer = await site.put_original("incoming/nonsense/cat.jpg", b"another job's")

    await site.orchestrator.delete(job.job_id)

    answer = await site.s3.list_object_versions(Bucket=site.settings.originals_bucket)
    assert [version["VersionId"] for version in answer["Versions"]] == [newer.version_id]
    assert "DeleteMarkers" not in answer
