"""Tests that a job that ended by itself has one manifest, which says how it ended."""

import asyncio

import pytest

from darkroom.clock import iso
from darkroom.errors import Unavailable
from darkroom.jobs import JobStatus
from darkroom.messages import TaskFinished
from darkroom_orchestrator.records.job_store import JobStore
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import DECODER_FAULT, DESCRIPTION, ENGINE, SOURCE_SHA256, finished, undecodable


async def test_manifest_says_what_was_made_from_which_original_how_and_by_what(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    report = finished(task, failed={"square-64": DECODER_FAULT})

    await harness.orchestrator.finish(report)

    ended = await harness.job(job.job_id)
    manifest = await harness.manifest(ended)
    assert (manifest["version"], manifest["job_id"], manifest["attempt"]) == (1, job.job_id, 1)
    assert (manifest["status"], manifest["error"]) == ("partially_completed", None)
    assert manifest["recipe"]["name"] == "thumbnails"
    assert manifest["recipe"]["document"] == RECIPE.model_dump(mode="json")
    assert manifest["source"] == {
        "filename": "cat.jpg",
        "key": job.original_key,
        "version_id": job.original and job.original.version_id,
        "bytes": job.original and job.original.size,
        "sha256": SOURCE_SHA256,
        "description": DESCRIPTION.model_dump(mode="json"),
    }
    failed, made, *_ = manifest["outputs"]
    assert (failed["name"], failed["key"], failed["error"]) == ("square-64", None, DECODER_FAULT.model_dump())
    state = ended.variants["square-128"].result
    assert state is not None
    assert (made["key"], made["sha256"], made["bytes"]) == (state.key, state.sha256, state.size)
    assert (made["content_type"], made["width"], made["height"]) == ("image/webp", 64, 64)
    assert manifest["engine"] == ENGINE
    assert manifest["timings"] == {
        "created_at": iso(job.created_at),
        "queued_at": iso(ended.queued_at or job.created_at),
        "started_at": iso(report.started_at),
        "finished_at": iso(report.finished_at),
    }
    assert manifest["cost"] == ended.cost.model_dump()


async def test_manifest_has_the_results_of_all_tasks(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.with_settings(max_variants_per_task=1).start(await harness.upload(job), redelivered=False)
    tasks = await harness.sent_tasks()

    await asyncio.gather(*(harness.orchestrator.finish(finished(task)) for task in tasks))

    ended = await harness.job(job.job_id)
    manifest = await harness.manifest(ended)
    assert [output["key"] for output in manifest["outputs"]] == [
        state.result and state.result.key for state in ended.variants.values()
    ]
    assert manifest["cost"]["cpu_ms"] == ended.cost.cpu_ms == 10 * len(tasks)
    assert manifest["source"]["description"] == DESCRIPTION.model_dump(mode="json")


async def test_failed_job_has_a_manifest_too(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    await harness.orchestrator.finish(undecodable(task))

    manifest = await harness.manifest(await harness.job(job.job_id))
    assert (manifest["status"], manifest["error"]) == ("failed", DECODER_FAULT.model_dump())


async def test_duplicate_reports_leave_one_version_of_the_manifest(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    report = finished(task)

    for _ in range(3):
        await harness.orchestrator.finish(report)

    named = (await harness.job(job.job_id)).manifest
    assert named is not None
    assert await harness.manifest_versions() == [named.version_id]


async def test_manifest_is_that_of_the_report_that_ended_the_job(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    good, bad = finished(task), finished(task, failed={"square-64": DECODER_FAULT})

    await asyncio.gather(harness.orchestrator.finish(good), harness.orchestrator.finish(bad))

    ended = await harness.job(job.job_id)
    assert (await harness.manifest(ended))["status"] == ended.status.value
    assert len(await harness.manifest_versions()) == 1


async def test_retry_replaces_the_manifest(harness: Harness) -> None:
    job, [first] = await harness.queued_job()
    await harness.orchestrator.finish(finished(first, failed={"square-64": DECODER_FAULT}))
    await harness.orchestrator.retry(job.job_id)
    [second] = await harness.sent_tasks()

    await harness.orchestrator.finish(finished(first))
    assert (await harness.manifest(await harness.job(job.job_id)))["attempt"] == 1
    await harness.orchestrator.finish(finished(second))

    manifest = await harness.manifest(await harness.job(job.job_id))
    assert (manifest["attempt"], manifest["status"]) == (2, "completed")
    assert [output["error"] for output in manifest["outputs"]] == [None] * 4
    assert len(await harness.manifest_versions()) == 1


async def test_end_that_is_interrupted_after_the_manifest_is_completed_later(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, [task] = await harness.queued_job()
    await _report_without_writes(harness, finished(task), monkeypatch)
    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED

    await harness.orchestrator.finish(finished(task))

    assert (await harness.manifest(await harness.job(job.job_id)))["status"] == "completed"


@pytest.mark.parametrize("deleted", [False, True])
async def test_interrupted_end_leaves_no_manifest_to_a_job_that_was_stopped(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, *, deleted: bool
) -> None:
    job, [task] = await harness.queued_job()
    await _report_without_writes(harness, finished(task), monkeypatch)
    assert len(await harness.manifest_versions()) == 1
    await harness.orchestrator.cancel(job.job_id)
    if deleted:
        await harness.orchestrator.delete(job.job_id)

    await harness.orchestrator.finish(finished(task))

    assert await harness.manifest_versions() == []


async def test_manifest_is_deleted_with_its_job(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(await harness.put_results(task))

    await harness.orchestrator.delete(job.job_id)

    assert await harness.manifest_versions() == []


async def _report_without_writes(harness: Harness, report: TaskFinished, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pass a report while the table refuses all writes."""

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("DynamoDB cannot be reached.")

    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "advance", away)
        with pytest.raises(Unavailable):
            await harness.orchestrator.finish(report)
